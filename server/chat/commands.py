"""What begins with a slash: `/help` and the rest, in one table. Each is answered by notices, or refused in a sentence.

A command is heard by nobody else, but for what it says in a channel (`/team`, `/me`), which goes the way of any line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from protocol.errors import Code, Violation
from protocol.limits import PERSONAL_MUTES_MAX
from server.chat import names
from server.chat.speaker import Named, Person, Speaker
from server.restrictions import REASON_CHARS_MAX
from server.roles import TABLE

if TYPE_CHECKING:
    from server.chat.channel import Kind
    from server.chat.talk import Moderator, Talk

WHO_NAMES_MAX: Final = 40
NOTICE_CHARS_MAX: Final = 200
SILENCE_MINUTES: Final = 60.0
SILENCE_MINUTES_MAX: Final = 60.0 * 24 * 30
WORD_SHOWN_MAX: Final = 20


class Told(Struct, frozen=True):
    """One command, as it was given."""

    talk: Talk
    person: Person
    speaker: Speaker
    words: str
    to: Kind
    now_s: float

    def answer(self, text: str) -> None:
        self.talk.notify(self.person, text)

    def whom(self) -> tuple[Named, str]:
        """Who is meant, somebody else, and the rest. Raises Violation."""
        named, rest = self.talk.find(self.person, self.words)
        if named.number == self.speaker.named.number:
            raise _refusal("that is you")
        return named, rest


class Command(Struct, frozen=True):
    obey: Callable[[Told], None]
    usage: str
    does: str
    moderates: bool = False
    """Only for those who may, by `server.roles`."""


def obey(talk: Talk, person: Person, text: str, to: Kind, now_s: float) -> None:
    """Do what `text`, which begins with a slash, says. Raises Violation."""
    speaker = person.speaker
    assert speaker is not None, "whoever has come in is somebody"
    if not speaker.commands.take(now_s):
        raise _refusal("too many commands at once: one a second")
    word, _, words = text[1:].partition(" ")
    command = COMMANDS.get(word.casefold())
    if command is None or (command.moderates and not may_moderate(person)):
        raise _refusal(f"there is no command /{word[:WORD_SHOWN_MAX]}; /help tells which there are")
    command.obey(Told(talk, person, speaker, words.strip(), to, now_s))


# said in a channel -----------------------------------------------------------------------------------------


def _say_to(to: Kind) -> Callable[[Told], None]:
    def say(told: Told) -> None:
        if not told.words:
            raise _refusal(f"say what: /{to} TEXT")
        told.talk.say(told.person, to, told.words, told.now_s)

    return say


def _me(told: Told) -> None:
    if not told.words:
        raise _refusal("say what you do: /me DEED")
    told.talk.say(told.person, told.to, f"*{told.words}*", told.now_s)


# answered --------------------------------------------------------------------------------------------------


def _help(told: Told) -> None:
    for command in COMMANDS.values():
        if not command.moderates or may_moderate(told.person):
            told.answer(f"{command.usage}: {command.does}")


def _who(told: Told) -> None:
    seat = told.person.seat
    if seat is not None:
        called = seat.room.card.title or seat.room.name  # a private one's name is its key
        _tell_names(told, f"In {called}", told.talk.in_room(seat.room))
    else:
        _tell_names(told, "In the lobby", [person for person in told.talk.people() if person.seat is None])
    count = sum(not _is_bot(person) for person in told.talk.people())
    elsewhere = f", and {told.talk.afar.people} on others" if told.talk.afar.people else ""
    told.answer(f"{count} {'is' if count == 1 else 'are'} on this server{elsewhere}")


def _tell_names(told: Told, where: str, people: list[Person]) -> None:
    bots = [person for person in people if _is_bot(person)]
    named = [person.speaker.named for person in people if person.speaker and person not in bots]
    shown = [_shown(one) for one in sorted(named, key=lambda one: one.number)]
    more = [f"and {len(shown) - WHO_NAMES_MAX} more"] if len(shown) > WHO_NAMES_MAX else []
    more += [f"{len(bots)} {'bot' if len(bots) == 1 else 'bots'}"] if bots else []
    for text in _lines(f"{where}: ", [*shown[:WHO_NAMES_MAX], *more] or ["nobody"]):
        told.answer(text)


def _is_bot(person: Person) -> bool:
    return person.seat is not None and person.seat.player is not None and person.seat.player.bot


def _mute(told: Told) -> None:
    named, _ = told.whom()
    mutes = told.speaker.mutes
    if named.mark not in mutes and len(mutes) >= PERSONAL_MUTES_MAX:
        raise _refusal(f"you have muted {PERSONAL_MUTES_MAX} people; /unmute one first")
    told.speaker.mute(named)
    told.answer(f"You don't hear {_shown(named)} any more; /unmute {named.name} undoes it")


def _unmute(told: Told) -> None:
    mutes = told.speaker.mutes
    if not mutes:
        raise _refusal("you have muted nobody")
    named, _ = names.find(
        told.words, mutes.values(), nobody="you have muted nobody called {}; /muted tells whom you have"
    )
    told.speaker.unmute(named)
    told.answer(f"You hear {_shown(named)} again")


def _muted(told: Told) -> None:
    shown = [_shown(named) for named in told.speaker.mutes.values()]
    for text in _lines("You don't hear: ", shown or ["nobody, you hear everybody"]):
        told.answer(text)


def _report(told: Told) -> None:
    named, reason = told.whom()
    if not reason:
        raise _refusal("say why: /report NAME REASON")
    if not told.speaker.reports.take(told.now_s):
        raise _refusal("too many reports at once: three a minute")
    told.talk.report(told.person, named, reason[:REASON_CHARS_MAX], told.now_s)
    told.answer(f"Reported {_shown(named)} to the admins; /mute #{named.number} and you don't hear them any more")


# of admins -------------------------------------------------------------------------------------------------


def _kick(told: Told) -> None:
    named, reason = told.whom()
    for person in told.talk.people():
        if person.speaker and person.speaker.named.number == named.number:
            told.answer(_moderator(told).send_away(person, told.person, reason[:REASON_CHARS_MAX]))
            return
    if not told.talk.strangers.has(named.number):
        raise _refusal(f"{_shown(named)} has left already")
    told.answer(_moderator(told).send_away_afar(named, told.person, reason[:REASON_CHARS_MAX]))


def _silence(told: Told) -> None:
    named, rest = told.whom()
    told.answer(_moderator(told).silence(named, told.person, _minutes(rest) * 60.0, told.now_s))


def _moderator(told: Told) -> Moderator:
    assert told.talk.moderator is not None, "a server that has admins can do what they say"
    return told.talk.moderator


def _minutes(rest: str) -> float:
    if not rest:
        return SILENCE_MINUTES
    if not (rest.isascii() and rest.isdigit() and 1 <= len(rest) <= 6 and 0 < int(rest) <= SILENCE_MINUTES_MAX):
        raise _refusal(f"minutes are a whole number, at most {SILENCE_MINUTES_MAX:.0f}: /silence NAME MINUTES")
    return float(rest)


COMMANDS: Final[dict[str, Command]] = {
    "help": Command(_help, "/help", "which commands there are"),
    "who": Command(_who, "/who", "who is here, with their numbers"),
    "room": Command(_say_to("room"), "/room TEXT", "say it to everyone in the room"),
    "team": Command(_say_to("team"), "/team TEXT", "say it to your team"),
    "lobby": Command(_say_to("lobby"), "/lobby TEXT", "say it to everyone, in all rooms"),
    "me": Command(_me, "/me DEED", "say what you do"),
    "mute": Command(_mute, "/mute NAME", "hear no more of somebody; #12 in place of a name is a number"),
    "unmute": Command(_unmute, "/unmute NAME", "hear them again"),
    "muted": Command(_muted, "/muted", "whom you have muted"),
    "report": Command(_report, "/report NAME REASON", "tell the admins, with the last lines"),
    "kick": Command(_kick, "/kick NAME REASON", "send somebody away; they may come back", moderates=True),
    "silence": Command(_silence, "/silence NAME MINUTES", "let nobody hear somebody, for a while", moderates=True),
}


def may_moderate(person: Person) -> bool:
    return TABLE[person.identity.role].moderate


def _shown(named: Named) -> str:
    return f"{named.name} #{named.number}"


def _lines(head: str, parts: list[str]) -> Iterator[str]:
    """`head` and the parts with commas, in as many notices as that takes."""
    text = head
    for part in parts:
        longer = f"{text}, {part}" if text != head else head + part
        if len(longer) > NOTICE_CHARS_MAX:
            yield text
            head = text = "… "
            longer = head + part
        text = longer
    yield text


def _refusal(sentence: str) -> Violation:
    return Violation(Code.CHAT_REFUSED, sentence)
