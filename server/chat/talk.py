"""What becomes of a line: who may say it, what is remembered of it, who hears it.

`Talk.hear` is the way in, `Talk.catch_up` the way in for a newcomer; either is called between ticks and returns at
once. A line in a channel costs one encoding per subprotocol. Those who play in a room hear it as they hear all that is
said to everybody there (`owed`); there is one queue entry for each of the others, and for whoever has muted somebody.
"""

import secrets
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import partial
from typing import Protocol

import structlog
from msgspec import Struct
from msgspec.structs import replace

from protocol.errors import Code, Violation
from protocol.limits import CHANNEL_LINES_BURST_MAX, CHANNEL_LINES_PER_SECOND_MAX, CHAT_REPEAT_S_MIN
from protocol.messages import Chat, ChatLine, is_good_chat
from server.bucket import Bucket
from server.chat import commands, names
from server.chat.channel import Channel, Kind, Line
from server.chat.reports import Reports
from server.chat.speaker import Muted, Named, Person, Place, Speaker
from server.chat.strangers import Strangers
from server.chat.word_filter import WordFilter
from server.game import Player
from server.restrictions import Restrictions
from server.roles import TABLE, May
from server.room import Room
from server.statistics import ChatStatistics

log = structlog.get_logger("ricochet.chat")


class Moderator(Protocol):
    """What the commands of admins need."""

    def send_away(self, person: Person, by: Person, reason: str) -> str:
        """End their conversation; the sentence says what was done."""

    def send_away_afar(self, named: Named, by: Person, reason: str) -> str:
        """Have it done by the process where they are. Raises Violation."""

    def silence(self, named: Named, by: Person, seconds: float, now_s: float) -> str:
        """Let nobody hear them, for so long. Raises Violation."""


class Desk(Protocol):
    """Asks the word filter elsewhere."""

    def put(self, speaker: Speaker, text: str, done: Callable[[str | Violation, float], None]) -> None:
        """Have it asked about `text`; `done` is told what is said in its place, or why nothing is, and when that is
        known. Raises Violation."""


class Afar(Struct):
    """Who is in other processes, bots not counted."""

    people: int = 0
    visitors: int = 0
    """Of them, in the lobby."""


class Talk:
    """All chat of one process. `sessions` are those of its lobby; `silenced` are those whom admins have muted."""

    def __init__(self, sessions: Collection[Person], silenced: Restrictions) -> None:
        self._sessions = sessions
        self.word_filter = WordFilter()
        self.desk: Desk | None = None
        """Where it is asked, if that may take long; None: here and now."""
        self.moderator: Moderator | None = None
        self.lobby = Channel("lobby")
        self.reports = Reports()
        self._silenced = silenced
        self.counted = ChatStatistics()
        self.run = secrets.token_hex(2)
        """Tells our numbers of people from those of before a restart."""
        self.afar = Afar()
        self.on_lobby_line: Callable[[Line], None] = lambda line: None
        """Called with each that is said in the lobby here: others may be to hear it elsewhere."""
        self._lines = 0
        self._speakers = 0
        self.strangers = Strangers(self._next_number)
        self._from_afar = Bucket.full(CHANNEL_LINES_PER_SECOND_MAX, CHANNEL_LINES_BURST_MAX, 0.0)

    def welcome(self, name: str, key: str, is_guest: bool) -> Speaker:
        """Somebody has come in, for the first time."""
        return Speaker(self._next_number(), name, key, is_guest)

    def welcome_back(self, speaker: Speaker, name: str, mark: str, mutes: Iterable[Muted]) -> None:
        """`speaker` has resumed a seat of before a restart, in which they were called and known so, and had muted
        some. Those have other numbers now."""
        speaker.rename(name, mark)
        for muted in mutes:
            speaker.mute(Named(self._next_number(), muted.name, muted.key, muted.mark))

    def _next_number(self) -> int:
        self._speakers += 1
        return self._speakers

    def hear(self, person: Person, message: Chat, now_s: float) -> None:
        """Do with a message what is to be done. Raises Violation when it isn't."""
        try:
            self._hear(person, message, now_s)
        except Violation:
            self.counted.chat_refused += 1
            raise

    def _hear(self, person: Person, message: Chat, now_s: float) -> None:
        text = message.text.strip()
        if not is_good_chat(text):
            raise refusal("a line of chat is printable text on one line")
        if text.startswith("/") and not text.startswith("//"):
            self.counted.chat_commands += 1
            commands.obey(self, person, text, message.to, now_s)
        else:
            self.say(person, message.to, text.removeprefix("/"), now_s)

    def say(self, person: Person, to: Kind, text: str, now_s: float) -> None:
        """Say a line in a channel. Raises Violation."""
        speaker, seat, channel = speaker_of(person), person.seat, self._channel(person, to)
        self._check_silenced(speaker, now_s)
        if not speaker.lines.take(now_s):
            raise refusal("too many lines at once: one a second")
        if speaker.has_just_said(text, now_s):
            raise refusal(f"you have just said that; say it again after {CHAT_REPEAT_S_MIN:g} s")
        if self.desk is None:
            self._pass_on(person, to, self.word_filter(text), now_s)
            speaker.note(text, now_s)
        else:
            self.desk.put(speaker, text, partial(self._answered, person, seat, channel, text))
            speaker.note(text, now_s)

    def _answered(
        self, person: Person, seat: Place | None, channel: Channel, text: str, verdict: str | Violation, now_s: float
    ) -> None:
        """The filter has said what becomes of a line, some time after it was to be said there."""
        speaker, to = person.speaker, channel.kind
        if speaker is None or person not in self._sessions:
            return  # they have gone; nobody is there to be told
        try:
            if isinstance(verdict, Violation):
                raise verdict
            if to != "lobby" and (person.seat is not seat or self._channel(person, to) is not channel):
                raise refusal("you have left where you said that; it was not heard")
            self._check_silenced(speaker, now_s)
            self._pass_on(person, to, verdict, now_s)
        except Violation as violation:
            speaker.forget(text)
            self.counted.chat_refused += 1
            person.refuse_gently(violation.code, violation.sentence)

    def _check_silenced(self, speaker: Speaker, now_s: float) -> None:
        if self._silenced.find_any(speaker.keys, now_s):
            raise refusal("an admin has muted you for a while")

    def _pass_on(self, person: Person, to: Kind, passed: str, now_s: float) -> None:
        """The filter lets it through so: say it. Raises Violation."""
        channel = self._channel(person, to)
        if not channel.take(now_s):
            raise refusal(f"too many talk at once: {CHANNEL_LINES_PER_SECOND_MAX:g} lines a second are all that go")
        player = person.seat.player if to != "lobby" and person.seat is not None else None
        line = self._remember(channel, speaker_of(person).named, player.id if player else 0, passed)
        self.counted.chat_lines += 1
        self._deliver(line, self._listeners(person, to))
        if to == "room" and person.seat is not None and person.seat.room.watching.late_ticks:
            channel.hold(line, person.seat.room.tick)
        if to == "lobby":
            self.on_lobby_line(line)

    def overhear(self, process: str, named: Named, text: str, now_s: float) -> None:
        """Somebody in the lobby of another process has said so there, where it was checked. How much of it people here
        are to bear is limited all the same."""
        is_line = is_good_chat(text) and named.name.isprintable()
        if not is_line or self._silenced.find_any((named.key, named.mark), now_s) or not self._from_afar.take(now_s):
            self.counted.chat_not_overheard += 1
            return
        self.counted.chat_overheard += 1
        number = self.strangers.number_of(process, named.number)
        line = self._remember(self.lobby, replace(named, number=number), 0, text)
        self._deliver(line, self.people())

    def _remember(self, channel: Channel, by: Named, player: int, text: str) -> Line:
        self._lines += 1
        line = Line(self._lines, by, player, channel.kind, text)
        channel.lines.append(line)
        return line

    def sweep(self, rooms: Iterable[Room]) -> None:
        """Twice a second: who sees a room late hears now what was said when that was which they see by now."""
        for room in rooms:
            if lines := room.channels.everyone.due(room.watching.tick_at(room.tick)):
                listeners = [one for one in self.in_room(room) if hears_late(one)]
                for line in lines:
                    self._deliver(line, listeners)

    def catch_up(self, person: Person) -> None:
        """Tell somebody who has just come in, or back, what was said before."""
        if lines := self.heard_by(person):
            self._hand(person, *(line.old(person.link.codec) for line in lines))

    def notify(self, person: Person, text: str) -> None:
        """A notice, to one alone."""
        self._hand(person, person.link.codec.encode(ChatLine(0, text, "notice")))

    def people(self) -> list[Person]:
        """Those who have come in."""
        return [person for person in self._sessions if person.speaker is not None]

    # who hears what ----------------------------------------------------------------------------------------

    def _channel(self, person: Person, to: Kind) -> Channel:
        """Where a line of theirs goes. Raises Violation."""
        if to == "lobby":
            if not rights_of(person).chat:
                raise Violation(Code.NOT_ALLOWED, "your role may not chat here")
            return self.lobby
        seat = person.seat
        if seat is None:
            raise refusal("you are in no room: the lobby hears you")
        if seat.player is None or not rights_of(person).chat:
            raise Violation(Code.NOT_ALLOWED, "a spectator can't chat here")
        if to == "room":
            return seat.room.channels.everyone
        if seat.player.team == 0:
            raise refusal("there are no teams here")
        return seat.room.channels.team(seat.player.team)

    def _listeners(self, person: Person, to: Kind) -> list[Person]:
        seat = person.seat
        if to == "lobby" or seat is None:
            return self.people()
        there = [one for one in self.in_room(seat.room) if not hears_late(one)]
        if to == "room" or seat.player is None:
            return there
        team = seat.player.team
        return [one for one in there if one.seat and one.seat.player and one.seat.player.team == team]

    def in_room(self, room: Room) -> list[Person]:
        """Who plays or watches there."""
        return [one for one in self.people() if (seat := one.seat) is not None and seat.room is room]

    def channels_of(self, person: Person) -> Iterator[Channel]:
        """Those that they hear."""
        yield self.lobby
        seat = person.seat
        if seat is not None:
            yield seat.room.channels.everyone
            if seat.player is not None and seat.player.team:
                yield seat.room.channels.team(seat.player.team)

    def heard_by(self, person: Person) -> list[Line]:
        """What is remembered of their channels, without those whom they have muted; the oldest first."""
        speaker, is_late = speaker_of(person), hears_late(person)
        told = [channel.heard_late() if is_late else channel.lines for channel in self.channels_of(person)]
        lines = [line for lines in told for line in lines if speaker.hears(line.by.mark)]
        return sorted(lines, key=lambda line: line.order)

    def find(self, person: Person, words: str) -> tuple[Named, str]:
        """Who is meant, as `person` says it, and the rest. Raises Violation."""
        seat = person.seat
        beside = self.in_room(seat.room) if seat is not None else self.people()
        here = {named.number: named for named in (speaker_of(other).named for other in self.people())}
        spoke = [line.by for channel in self.channels_of(person) for line in channel.lines]
        they = [here[by.number] for by in spoke if by.number in here]  # who may have come back from elsewhere since
        return names.find(words, [*(speaker_of(other).named for other in beside), *they, *spoke], here.values())

    def _deliver(self, line: Line, listeners: Iterable[Person]) -> None:
        """To all of them who want to hear it."""
        fresh, mark, encoded = line.fresh, line.by.mark, dict[str, bytes]()
        deaf: dict[Room, list[Player]] = {}
        """By the room of which all players listen."""
        for person in listeners:
            hears, seat = speaker_of(person).hears(mark), person.seat
            if seat is not None and seat.player is not None and line.to != "team":
                players = deaf.setdefault(seat.room, [])
                if not hears:
                    players.append(seat.player)
            elif hears:
                subprotocol = person.link.codec.subprotocol
                if subprotocol not in encoded:
                    encoded[subprotocol] = person.link.codec.encode(fresh)
                self._hand(person, encoded[subprotocol])
        for room, players in deaf.items():
            room.tell_players(fresh, but=players)

    def _hand(self, person: Person, *encoded: bytes) -> None:
        if not person.hand(*encoded):
            self.counted.chat_missed += len(encoded)

    # admins ------------------------------------------------------------------------------------------------

    def report(self, person: Person, about: Named, reason: str, now_s: float) -> None:
        """Tell the admins. Raises Violation."""
        by, seat = speaker_of(person).named, person.seat
        room = seat.room.name if seat is not None else None
        heard = [line for channel in self.channels_of(person) for line in channel.lines]
        report = self.reports.add(about, by, room, reason, heard, now_s)
        self.counted.chat_reported += 1
        log.warning(
            "reported",
            report=report.number,
            name=about.name,
            known_as=about.key,
            by=by.name,
            by_known_as=by.key,
            room=room,
            reason=reason,
        )

    def expunge(self, key: str, rooms: Iterable[Room]) -> int:
        """Whoever is known by `key` is no longer to be heard: nor is what they have said. How many lines that was."""
        channels = [self.lobby, *(channel for room in rooms for channel in room.channels)]
        return sum(channel.expunge(key) for channel in channels)

    def statistics(self, rooms: Iterable[Room]) -> ChatStatistics:
        """At this moment."""
        counted, channels = self.counted, [self.lobby]
        channels += [channel for room in rooms for channel in room.channels]
        counted.chat_remembered = sum(len(channel.lines) for channel in channels)
        counted.chat_mutes = sum(len(person.speaker.mutes) for person in self.people() if person.speaker)
        counted.chat_reports = len(self.reports)
        counted.chat_filter_failed = self.word_filter.failed
        return counted


def speaker_of(person: Person) -> Speaker:
    assert person.speaker is not None, "whoever has come in is somebody"
    return person.speaker


def hears_late(person: Person) -> bool:
    """Whether they watch a room that they see late: what is said there they hear when they see what it is about."""
    seat = person.seat
    return seat is not None and seat.player is None and seat.room.watching.late_ticks > 0


def rights_of(person: Person) -> May:
    """What who they are may do, whether they play or watch."""
    return TABLE[person.identity.role]


def refusal(sentence: str) -> Violation:
    """The conversation goes on after it."""
    return Violation(Code.CHAT_REFUSED, sentence)
