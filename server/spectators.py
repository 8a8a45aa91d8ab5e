"""Who watches a room without playing, and where each of them looks: along with a player, or at a place of the arena.

Whoever says nothing looks at the arena's middle. A player who is followed is looked at where they last looked from
themselves, with a ship or without; when they have gone, the gaze stays where they were. What a spectator sees is what
is shown to a player there, at the same time (SECURITY.md says what that means); `late` holds it back for a while.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from protocol import limits
from protocol.cells import Grid, is_within
from protocol.errors import Code, Violation
from protocol.messages import Message, Watch, Welcome
from server.bulletin import Bulletin
from server.game import Player
from server.owed import Encoded, owe
from server.statistics import RoomStatistics
from server.viewers import Viewer

if TYPE_CHECKING:
    from server.session import Session

NOBODY = 0
"""No player's number: a spectator's, for as long as its game greets it; and that of who follows nobody."""


class Gaze(Struct):
    """Where one of them looks."""

    viewer: Viewer
    eye: tuple[float, float]
    followed: int = NOBODY


class Spectators:
    """Of one room, whose `players` they may follow."""

    def __init__(
        self,
        grid: Grid,
        middle: tuple[float, float],
        players: Mapping[int, Player],
        statistics: RoomStatistics | None = None,
    ) -> None:
        self._grid, self._middle, self._players = grid, middle, players
        self._statistics = statistics or RoomStatistics()
        self._gazes: list[Gaze] = []
        self.late_ticks = 0
        """How far behind the room they are."""
        self.held_bytes = 0
        """What is kept for them of what was published."""

    def __iter__(self) -> Iterator[Viewer]:
        return (gaze.viewer for gaze in self._gazes)

    def __len__(self) -> int:
        return len(self._gazes)

    def tick_at(self, tick: int) -> int:
        """What they are shown at `tick` of the room."""
        return max(0, tick - self.late_ticks)

    def welcome(self, now: Welcome) -> Welcome:
        """One of them's, of what they are shown; `now` is that of the room."""
        return now

    def add(self, viewer: Viewer, greet: Callable[[], None]) -> None:
        """`greet` brings it up to date with what is so now."""
        greet()
        self._gazes.append(Gaze(viewer, self._middle))

    def remove(self, viewer: Viewer) -> None:
        """Nothing happens to who is none of them."""
        self._gazes = [gaze for gaze in self._gazes if gaze.viewer is not viewer]

    def look(self, viewer: Viewer, player: int, x: float, y: float) -> None:
        """From now on along with `player`; with NOBODY at (x, y), or as near to it as the arena has something."""
        for gaze in self._gazes:
            if gaze.viewer is viewer:
                gaze.followed = player
                if player == NOBODY:
                    gaze.eye = min(max(0.0, x), self._grid.width), min(max(0.0, y), self._grid.height)

    def hear(self, message: Message, encoded: Encoded, may_be_lost: bool = False) -> None:
        """All of them; `encoded` is what is already, for players."""
        owe(message, [one for one in self if not (may_be_lost and one.link.blocked)], encoded)

    def hear_near(self, message: Message, encoded: Encoded, x: float, y: float, half_units: float) -> None:
        """Those who look from within a square of twice `half_units` around a point."""
        owe(message, self._near(x, y, half_units), encoded)

    def show(self, bulletin: Bulletin) -> None:
        """Post the snapshot of the bulletin's tick to all but the blocked ones."""
        shown = 0
        for gaze in self._gazes:
            sight = gaze.viewer.sight(self._grid, *self._eye(gaze))
            shown += gaze.viewer.show(bulletin, sight, 0, None, None, ())
        self._statistics.snapshots += shown
        self._statistics.snapshots_skipped += len(self._gazes) - shown

    def _near(self, x: float, y: float, half_units: float) -> list[Viewer]:
        return [gaze.viewer for gaze in self._gazes if is_within(half_units, self._eye(gaze), (x, y))]

    def _eye(self, gaze: Gaze) -> tuple[float, float]:
        followed = self._players.get(gaze.followed)
        if followed is not None:
            gaze.eye = followed.eye
        return gaze.eye


def turn(session: "Session", message: Watch, now_s: float) -> None:
    """A spectator looks elsewhere."""
    seat = session.seated
    if seat.player is not None:
        raise Violation(Code.NOT_ALLOWED, "who plays looks from their own ship")
    if not session.may_say(message, limits.WATCHES_PER_SECOND_MAX, limits.WATCHES_BURST_MAX, now_s):
        raise Violation(Code.TOO_MANY_MESSAGES, f"looked elsewhere over {limits.WATCHES_PER_SECOND_MAX} times a second")
    seat.room.watching.look(seat.viewer, message.player, message.x, message.y)
