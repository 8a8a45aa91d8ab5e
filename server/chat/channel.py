"""A channel: one conversation of many. What was said last in it, and how much may be said in it by all together."""

from collections import deque
from collections.abc import Iterator
from typing import Final, Literal

from msgspec import Struct, field
from msgspec.structs import replace

from protocol import limits
from protocol.codec import Codec
from protocol.messages import ChatLine
from server.bucket import Bucket
from server.chat.speaker import Named
from server.restrictions import mark_of

Kind = Literal["room", "team", "lobby"]
HELD_LINES_MAX: Final = 2048
"""More than a channel bears in the longest time by which spectators are late."""


class Line(Struct, frozen=True, eq=False):
    """Something that was said."""

    order: int
    """Of two lines the later has the larger."""
    by: Named
    player: int
    """Their number in the room; 0: said in the lobby."""
    to: Kind
    text: str
    _old: dict[str, bytes] = field(default_factory=dict)
    """As history, by subprotocol: encoded once for all who come."""

    @property
    def fresh(self) -> ChatLine:
        """For those who are there."""
        return ChatLine(self.player, self.text, self.to, self.by.name, False, self.by.number)

    def old(self, codec: Codec) -> bytes:
        """For those who come later."""
        encoded = self._old.get(codec.subprotocol)
        if encoded is None:
            encoded = self._old[codec.subprotocol] = codec.encode(replace(self.fresh, old=True))
        return encoded


class Channel:
    """One channel, with the CHANNEL_HISTORY_LINES_MAX last lines."""

    def __init__(self, kind: Kind) -> None:
        self.kind: Kind = kind
        self.lines: deque[Line] = deque(maxlen=limits.CHANNEL_HISTORY_LINES_MAX)
        self._held: deque[tuple[int, Line]] = deque(maxlen=HELD_LINES_MAX)
        """What those who see the room late are yet to hear, and the ticks that they are to have seen by then."""
        self._bucket = Bucket.full(limits.CHANNEL_LINES_PER_SECOND_MAX, limits.CHANNEL_LINES_BURST_MAX, 0.0)

    def take(self, now_s: float) -> bool:
        """Whether one more line is bearable: it is sent to everybody."""
        return self._bucket.take(now_s)

    def hold(self, line: Line, tick: int) -> None:
        """Those who see the room late are to hear it when they have seen `tick`."""
        self._held.append((tick, line))

    def due(self, tick: int) -> list[Line]:
        """What is held for them no longer, now that they have seen `tick`."""
        lines: list[Line] = []
        while self._held and self._held[0][0] <= tick:
            lines.append(self._held.popleft()[1])
        return lines

    def heard_late(self) -> list[Line]:
        """Of what is remembered, what is held no longer."""
        return [line for line in self.lines if not self._held or line.order < self._held[0][1].order]

    def expunge(self, key: str) -> int:
        """Forget what was said by whoever is known by `key`, marked so, or was called so; how many lines that was."""
        held = [(tick, line) for tick, line in self._held if key not in _keys_of(line.by)]
        self._held = deque(held, maxlen=HELD_LINES_MAX)
        kept = [line for line in self.lines if key not in _keys_of(line.by)]
        gone = len(self.lines) - len(kept)
        if gone:
            self.lines.clear()
            self.lines.extend(kept)
        return gone


def _keys_of(by: Named) -> tuple[str, str, str]:
    return by.key, by.mark, mark_of(by.key, by.name, is_guest=True)


class RoomChannels:
    """Those of one room: everyone's, and each team's. A room has its own, so they go with it."""

    def __init__(self) -> None:
        self.everyone = Channel("room")
        self._teams: dict[int, Channel] = {}

    def team(self, team: int) -> Channel:
        """Teams are numbered by the room, from 1 on, so there are as many as its game has."""
        assert team > 0
        return self._teams.setdefault(team, Channel("team"))

    def __iter__(self) -> Iterator[Channel]:
        yield self.everyone
        yield from self._teams.values()
