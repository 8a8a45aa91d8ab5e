"""Who watches a room without playing, and where each of them looks: along with a player, or at a place of the arena.

Whoever says nothing looks at the arena's middle. A player who is followed is looked at where they last looked from
themselves, with a ship or without; when they have gone, the gaze stays where they were. What a spectator sees is what
is shown to a player there, at the same time: nothing is held back (SECURITY.md says what that means).
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from protocol import limits
from protocol.cells import Grid, is_within
from protocol.errors import Code, Violation
from protocol.messages import Watch
from server.game import Player
from server.publisher import Publisher
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

    def __init__(self, grid: Grid, middle: tuple[float, float], players: Mapping[int, Player]) -> None:
        self._grid, self._middle, self._players = grid, middle, players
        self._gazes: list[Gaze] = []

    def __iter__(self) -> Iterator[Viewer]:
        return (gaze.viewer for gaze in self._gazes)

    def __len__(self) -> int:
        return len(self._gazes)

    def add(self, viewer: Viewer) -> None:
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

    def near(self, x: float, y: float, half_units: float) -> list[Viewer]:
        """Those who look from within a square of twice `half_units` around a point."""
        return [gaze.viewer for gaze in self._gazes if is_within(half_units, self._eye(gaze), (x, y))]

    def show(self, publisher: Publisher) -> int:
        """Post the snapshot of the publisher's tick to all but the blocked ones; how many got it."""
        shown = 0
        for gaze in self._gazes:
            sight = gaze.viewer.sight(self._grid, *self._eye(gaze))
            shown += gaze.viewer.show(publisher, sight, 0, None, None, ())
        return shown

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
