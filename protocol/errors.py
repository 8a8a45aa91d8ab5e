"""Errors, by whose fault they are.

    UserError       the person at the terminal: one sentence on stderr, exit status 2
      ArenaError    a map that doesn't hold together; names the place
      ReplayError   a file that can't be played; says why
    Violation       the other end of the wire: one sentence and a close code, said in `bye` and in the close frame
    AssertionError  ours: a broken contract. The wire can't reach one.

A refusal that does not end the conversation travels as an `error` message with the same codes.
"""

from enum import IntEnum
from typing import Final

OUR_MISTAKE: Final = "the server made a mistake; it is logged"
"""What is said with SERVER_FAULT when our own code, or a game's, has failed with what somebody asked for."""


class UserError(Exception):
    """The person who started the program can mend this; `str(error)` is one clear sentence."""


class ArenaError(UserError):
    """A map is wrong; the sentence begins with the file and the place in it."""


class ReplayError(UserError):
    """A replay can't be played; the sentence says why."""


class Code(IntEnum):
    """Why the server ends a conversation or refuses a message: WebSocket close codes of the private range.

    PROTOCOL.md lists the same codes. 1009 (a message too long) and 1002 (a broken frame)
    come from the WebSocket layer itself.
    """

    MALFORMED = 4000
    UNKNOWN_TYPE = 4001
    INVALID_FIELD = 4002
    WRONG_VERSION = 4003
    HELLO_EXPECTED = 4004
    HELLO_TWICE = 4005
    HELLO_TIMEOUT = 4006
    INVALID_NAME = 4007
    INPUT_TOO_FAR = 4008
    TOO_MANY_MESSAGES = 4009
    ROOM_NOT_FOUND = 4010
    ROOM_FULL = 4011
    SERVER_FULL = 4012
    TOO_SLOW = 4013
    SILENT = 4014
    RESUME_REFUSED = 4015
    WRONG_ENCODING = 4016
    NOT_ALLOWED = 4017
    CHAT_REFUSED = 4018
    OPEN_REFUSED = 4019
    NOT_AUTHENTICATED = 4020
    BANNED = 4021
    KICKED = 4022
    CHAT_TIMED_OUT = 4023
    REPLACED = 4030
    ROOM_CLOSED = 4031
    SERVER_STOPPING = 4032
    SERVER_FAULT = 4033
    MOVED = 4034
    ROOM_RETURNING = 4035


GENTLE = frozenset(
    {
        Code.INVALID_NAME,
        Code.INPUT_TOO_FAR,
        Code.ROOM_NOT_FOUND,
        Code.ROOM_FULL,
        Code.RESUME_REFUSED,
        Code.NOT_ALLOWED,
        Code.CHAT_REFUSED,
        Code.CHAT_TIMED_OUT,
        Code.OPEN_REFUSED,
        Code.SERVER_STOPPING,
        Code.SERVER_FAULT,
        Code.ROOM_RETURNING,
    }
)
"""Refusals after which the conversation goes on, once hello is over."""


class Violation(Exception):
    """The other end broke the protocol.

    `code` is the close code, `sentence` what a person should read; it fits a close frame (123 bytes).
    """

    def __init__(self, code: Code, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = clip_reason(sentence)


def clip_reason(sentence: str) -> str:
    """`sentence` cut to the 123 bytes of UTF-8 that a close frame carries (RFC 6455, 5.5)."""
    encoded = sentence.encode()
    if len(encoded) <= 123:
        return sentence
    return encoded[:120].decode(errors="ignore") + "..."


def place_of(error: Exception) -> tuple[str, str]:
    """(where, what is wrong there) of a `msgspec.ValidationError`: `.rocks[0].angle`, or "" for the whole."""
    what, _, place = str(error).partition(" - at `$")
    return place.rstrip("`"), what
