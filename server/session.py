"""One conversation, as a state table. PROTOCOL.md, section 2, is its picture.

    GREETING   a link is open, nobody has said who they are
    WAITING    they have, with a token whose key is being fetched
    BROWSING   welcomed: in the lobby, without a seat
    PLAYING    welcomed: in a room, as a player or a spectator
    ENDED      said bye, or lost; whatever still arrives is ignored

Whatever a client sends, `receive` returns: a `Violation` becomes `bye` and a close, or `error` when the
conversation can go on. Other sessions notice nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum, auto
from functools import partial
from typing import TYPE_CHECKING, Any

from protocol import limits
from protocol.errors import GENTLE, Code, Violation
from protocol.messages import (
    Browse,
    Bye,
    Chat,
    ClientMessage,
    Enter,
    Error,
    Hello,
    Inputs,
    Leave,
    Open,
    Ping,
    Pong,
    Rename,
    Resync,
    ServerMessage,
    Watch,
)
from server import moves, naming, spectators
from server.build import talk
from server.chat.speaker import Speaker
from server.hearing import Hearing
from server.inputs import InputBuffer
from server.link import Link
from server.restrictions import key_of, keys_of
from server.roles import GUEST, TABLE, Role
from server.standings.guests import account_of
from server.tokens import UnknownKey

if TYPE_CHECKING:
    from server.lobby import Lobby
    from server.seats import Seat

CLOSED_NORMALLY = 1000


class State(IntEnum):
    GREETING = auto()
    WAITING = auto()
    BROWSING = auto()
    PLAYING = auto()
    ENDED = auto()


class Session:
    """The server's end of one conversation over `link`."""

    __slots__ = (
        "_seat",
        "bot",
        "hearing",
        "identity",
        "knows_lobby",
        "link",
        "lobby",
        "may",
        "name",
        "opened_s",
        "speaker",
        "state",
        "ticket",
    )

    def __init__(self, link: Link, lobby: Lobby, now_s: float) -> None:
        self.link, self.lobby = link, lobby
        self.state = State.GREETING
        self.hearing = Hearing.begin(now_s)
        self._seat: Seat | None = None
        self.speaker: Speaker | None = None
        """As chat knows them, from coming in to the end."""
        self.ticket = ""
        """Under which a seat is kept for us in rooms of other processes; "": we have asked for none."""
        self.identity = GUEST
        self.name, self.bot = "", False
        self.knows_lobby = False
        """Whether it has come as a visitor, or been led here, or gone from room to room: when its room ends, it isn't
        the end."""
        self.may = TABLE[Role.SPECTATOR]
        """What is allowed here: of `server.roles`, by who they are and whether they play or watch."""
        self.opened_s = now_s
        lobby.sessions.add(self)

    def receive(self, wire: bytes | str, now_s: float) -> None:
        """Take one message off the wire. Bad ones are answered, never raised."""
        if self.state is State.ENDED:
            return
        try:
            if not self.hearing.hear(now_s):
                raise Violation(Code.TOO_MANY_MESSAGES, f"more than {limits.MESSAGES_PER_SECOND_MAX} messages a second")
            message = self.link.codec.decode_client(wire)
            answer = _TABLE.get((self.state, message.number), _unexpected)
            answer(self, message, now_s)
        except Violation as violation:
            self.refuse(violation)

    def expire(self, now_s: float) -> None:
        """End the conversation when a deadline has passed or the client doesn't keep up."""
        silence_s_max = limits.LOBBY_SILENCE_S_MAX if self.state is State.BROWSING else limits.SILENCE_S_MAX
        if self.state < State.BROWSING and now_s - self.opened_s > limits.HELLO_DEADLINE_S:
            self.end(Code.HELLO_TIMEOUT, f"no hello, or no answer to it, within {limits.HELLO_DEADLINE_S:g} s")
        elif self.state is not State.ENDED and now_s - self.hearing.heard_s > silence_s_max:
            self.end(Code.SILENT, f"nothing said for {silence_s_max:g} s")
        elif self.state is State.PLAYING and (why := self.seated.why_too_slow()) is not None:
            self.lobby.too_slow += 1
            self.end(Code.TOO_SLOW, why)

    def excuse(self, absent_s: float, now_s: float) -> None:
        """The server itself was away for so long, until now: no deadline counts that."""
        self.opened_s = min(self.opened_s + absent_s, now_s)
        self.hearing.excuse(absent_s, now_s)

    def end(self, code: int, sentence: str) -> None:
        """Say bye and begin to close. Idempotent."""
        if self.state is State.ENDED:
            return
        self.state, self.speaker = State.ENDED, None
        self._feed(None)
        self.post(Bye(code, sentence))
        self.link.close(code, sentence)

    def lost(self, now_s: float) -> None:
        """The connection is gone, whoever ended it: the seat is kept for a while. Idempotent."""
        self.state = State.ENDED
        self._feed(None)
        self.lobby.part(self, now_s)

    def come_to_lobby(self) -> None:
        """The room is no more, or left behind: there is no seat."""
        self.seat, self.state, self.may = None, State.BROWSING, TABLE[self.identity.role]

    # the table ---------------------------------------------------------------------------------------------

    def _hello(self, message: Hello, now_s: float) -> None:
        if message.version != limits.PROTOCOL_VERSION:
            sentence = f"this server speaks version {limits.PROTOCOL_VERSION}, not {message.version}"
            raise Violation(Code.WRONG_VERSION, sentence)
        naming.checked(message.name)
        try:
            self.identity = self.lobby.gate.identify(message.token)
        except UnknownKey:
            if not self.lobby.gate.wait_for_keys(partial(self.hello_again, message)):
                raise
            self.state = State.WAITING
            return
        self._come_in(message, now_s)

    def hello_again(self, message: Hello, now_s: float) -> None:
        """There may be a key now for the token of `message`."""
        if self.state is not State.WAITING:
            return
        try:
            self.identity = self.lobby.gate.identify(message.token)
            self._come_in(message, now_s)
        except Violation as violation:
            self.refuse(violation)

    def _come_in(self, message: Hello, now_s: float) -> None:
        if ban := self.lobby.bans.find_any(keys_of(self.identity, self.link.address, message.name), now_s):
            raise Violation(Code.BANNED, ban.sentence(now_s))
        self.check_role(message.role)
        self.name, self.bot = message.name, message.bot
        self.knows_lobby = message.role == "visitor" or message.seat is not None
        self.speaker = self.lobby.talk.welcome(message.name, self.key, self.identity.subject is None)
        self.lobby.receive(self, message, now_s)
        self.arrive()

    def check_role(self, role: str) -> None:
        """Raises Violation when who they are can't join so."""
        may = TABLE[self.identity.role]
        if not (may.play if role == "player" else may.watch):
            raise Violation(Code.NOT_ALLOWED, f"the role {self.identity.role} can't join as a {role}")

    def arrive(self) -> None:
        """In a room, if the lobby has given us a seat."""
        if self.seat is not None:
            self.may = TABLE[self.identity.role if self.seat.player is not None else Role.SPECTATOR]
            self.state = State.PLAYING
            if self.seat.player is not None and self.may.play:
                self._feed(self.seat.player.inputs)
            self.lobby.talk.catch_up(self)

    @property
    def seat(self) -> Seat | None:
        """Where we sit. In another one, or in none, nothing goes to the old one's player."""
        return self._seat

    @seat.setter
    def seat(self, seat: Seat | None) -> None:
        self._seat = seat
        self._feed(None)

    def _feed(self, inputs: InputBuffer | None) -> None:
        """Inputs may go there, past `receive`, as long as it would do nothing else with them; or no more."""
        self.hearing.share(inputs)
        self.link.feed(inputs)

    def _inputs(self, message: Inputs, now_s: float) -> None:
        seat = self.seat
        assert seat is not None, "PLAYING has a seat"
        if seat.player is None or not self.may.play:
            raise Violation(Code.NOT_ALLOWED, "a spectator has no inputs")
        seat.room.hear(seat.player, message, now_s)

    def _ping(self, message: Ping, now_s: float) -> None:
        self._count_ping(message, now_s)
        seat = self.seated
        if seat.player is not None:
            seat.player.rtt_ms = message.rtt_ms
        self.post(Pong(message.nonce, seat.tick))

    def _count_ping(self, message: Ping, now_s: float) -> None:
        if not self.may_say(message, limits.PINGS_PER_SECOND_MAX, limits.PINGS_BURST_MAX, now_s):
            raise Violation(Code.TOO_MANY_MESSAGES, f"more than {limits.PINGS_PER_SECOND_MAX} pings a second")

    def _chat(self, message: Chat, now_s: float) -> None:
        self.lobby.talk.hear(self, message, now_s)

    def _resync(self, message: Resync, now_s: float) -> None:
        if not self.may_say(message, limits.RESYNCS_PER_SECOND_MAX, limits.RESYNCS_BURST_MAX, now_s):
            raise Violation(Code.TOO_MANY_MESSAGES, f"more than {limits.RESYNCS_PER_SECOND_MAX} resyncs a second")
        seat = self.seated
        seat.room.statistics.checksum_mismatches += seat.viewer.forget(message.cell)

    def _leave(self, message: Leave, now_s: float) -> None:
        self.lobby.leave(self)
        self.end(CLOSED_NORMALLY, "goodbye")

    def _ping_in_lobby(self, message: Ping, now_s: float) -> None:
        self._count_ping(message, now_s)
        self.post(Pong(message.nonce, 0))

    def _too_late(self, message: ClientMessage, now_s: float) -> None:
        """For a room that we are no longer in; it was under way."""

    def _hello_twice(self, message: Hello, now_s: float) -> None:
        raise Violation(Code.HELLO_TWICE, "hello is said once")

    def is_known_as(self, key: str) -> bool:
        """Whether bans and mutes of `key` are about us, who have said hello."""
        return self.is_in and self.key == key

    @property
    def is_in(self) -> bool:
        """Whether we are welcome and here still."""
        return self.state in (State.BROWSING, State.PLAYING)

    @property
    def key(self) -> str:
        """What bans and mutes know them by."""
        return key_of(self.identity, self.link.address)

    @property
    def account(self) -> str:
        """What standings know them by; "": they don't."""
        return account_of(self.identity, self.link.guest)

    def hand(self, *encoded: bytes) -> bool:
        """Messages that are encoded already; False: missed. A viewer's queue overtakes and loses nothing."""
        if self.seat is not None:
            for message in encoded:
                self.seat.viewer.owe(message)
        elif self.link.blocked:
            return False
        else:
            self.link.post(*encoded)
        return True

    # -------------------------------------------------------------------------------------------------------

    @property
    def seated(self) -> Seat:
        """Where we sit while PLAYING."""
        assert self.seat is not None, "PLAYING has a seat"
        return self.seat

    def may_say(self, message: ClientMessage, rate: float, burst: float, now_s: float) -> bool:
        """A token for a message of its kind; False when there is none."""
        return self.hearing.hear_one(message.number, rate, burst, now_s)

    def refuse_gently(self, code: Code, sentence: str) -> None:
        """Say that something is refused; the conversation goes on."""
        self.post(Error(code, sentence))

    def refuse(self, violation: Violation) -> None:
        """Say so, and end the conversation unless it is a gentle one."""
        if violation.code in GENTLE and self.is_in:
            self.refuse_gently(violation.code, violation.sentence)
        else:
            self.lobby.refused += 1
            self.end(violation.code, violation.sentence)

    def post(self, message: ServerMessage) -> None:
        """At once, as far as the socket takes it."""
        self.hand(self.link.codec.encode(message))
        if self.seat is not None:
            self.seat.viewer.pay()


LATE = (Inputs.number, Resync.number, Watch.number)
_TABLE: dict[tuple[State, int], Callable[[Session, Any, float], None]] = {
    (State.GREETING, Hello.number): Session._hello,
    (State.WAITING, Hello.number): Session._hello_twice,
    (State.PLAYING, Hello.number): Session._hello_twice,
    (State.PLAYING, Inputs.number): Session._inputs,
    (State.PLAYING, Ping.number): Session._ping,
    (State.PLAYING, Chat.number): Session._chat,
    (State.PLAYING, Rename.number): naming.rename,
    (State.PLAYING, Resync.number): Session._resync,
    (State.PLAYING, Leave.number): Session._leave,
    (State.PLAYING, Enter.number): moves.enter,
    (State.PLAYING, Open.number): moves.open_room,
    (State.PLAYING, Browse.number): moves.browse,
    (State.PLAYING, Watch.number): spectators.turn,
    **{(State.PLAYING, number): answer for number, answer in talk.TABLE.items()},
    (State.BROWSING, Hello.number): Session._hello_twice,
    **dict.fromkeys(((State.BROWSING, late) for late in (*LATE, *talk.TABLE)), Session._too_late),
    (State.BROWSING, Ping.number): Session._ping_in_lobby,
    (State.BROWSING, Chat.number): Session._chat,
    (State.BROWSING, Rename.number): naming.rename,
    (State.BROWSING, Leave.number): Session._leave,
    (State.BROWSING, Enter.number): moves.enter,
    (State.BROWSING, Open.number): moves.open_room,
    (State.BROWSING, Browse.number): moves.browse,
}


def _unexpected(session: Session, message: ClientMessage, now_s: float) -> None:
    raise Violation(Code.HELLO_EXPECTED, f"hello comes first, not {type(message).__name__.lower()}")
