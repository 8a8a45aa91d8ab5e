"""Address and post one snapshot: each player's own part, then the bytes of the cells that others see too.

Most viewers most of the time are *steady*: they know all that they see, they see the same cells as before, and they are
owed nothing else. Their own parts are written together, as rows of one table (`protocol.heads`), and each costs one
write. Whoever is not steady is shown what it needs one by one (`Viewer.show`). Both ways say the same.
"""

from collections.abc import Callable, Sequence

import numpy as np
from msgspec import Struct, field
from numpy.typing import NDArray

from protocol.cells import VIEW_HALF_UNITS, Grid
from protocol.heads import framed_heads
from protocol.snapshot import Own
from server.game import Player
from server.publisher import Publisher
from server.viewers import LINGER_UNITS, Viewer
from server.world import World


def address(
    seers: Sequence[tuple[Player, Viewer]],
    world: World,
    grid: Grid,
    publisher: Publisher,
    hud_of: Callable[[Player], tuple[int, ...]],
) -> int:
    """Post the snapshot of the publisher's tick to all `seers` but the blocked ones; how many got it."""
    if not seers:
        return 0
    ships = np.array([player.ship for player, _ in seers], dtype=np.int64)
    columns = [column[ships] for column in (world.x, world.y, world.vx, world.vy)]
    places = grid.places(columns[0], columns[1], VIEW_HALF_UNITS, VIEW_HALF_UNITS + LINGER_UNITS)
    steady, shown = _Steady(), 0
    states = zip(places.tolist(), *(column.tolist() for column in columns), strict=True)
    for at, ((player, viewer), (place, x, y, vx, vy)) in enumerate(zip(seers, states, strict=True)):
        inputs, hud = player.inputs, hud_of(player)
        slack_ms = inputs.take_slack_ms()
        if not player.ship:
            sight = viewer.sight(grid, *player.eye)
            shown += viewer.show(publisher, sight, inputs.ack, slack_ms, None, hud)
            continue
        player.eye = x, y
        if slack_ms is not None and viewer.is_steady(grid, x, y, place, hud):
            steady.add(at, viewer, inputs.ack, slack_ms, player.helm.boost_ticks)
        else:
            own = Own(player.ship, x, y, vx, vy, player.helm.boost_ticks)
            sight = viewer.sight(grid, x, y)
            shown += viewer.show(publisher, sight, inputs.ack, slack_ms, own, hud, place)
    steady.post(publisher, ships, columns)
    return shown + len(steady.viewers)


class _Steady(Struct):
    """Viewers to be addressed together, in columns."""

    at: list[int] = field(default_factory=list)
    """Where each stands among all that are addressed."""
    viewers: list[Viewer] = field(default_factory=list)
    acks: list[int] = field(default_factory=list)
    slacks_ms: list[int] = field(default_factory=list)
    boosts_ticks: list[int] = field(default_factory=list)

    def add(self, at: int, viewer: Viewer, ack: int, slack_ms: int, boost_ticks: int) -> None:
        self.at.append(at)
        self.viewers.append(viewer)
        self.acks.append(ack)
        self.slacks_ms.append(slack_ms)
        self.boosts_ticks.append(boost_ticks)

    def post(self, publisher: Publisher, ships: NDArray[np.int64], columns: Sequence[NDArray[np.float64]]) -> None:
        """`ships` and `columns` (x, y, vx, vy) are of all that are addressed, these among them."""
        if not self.viewers:
            return
        payloads = [viewer.news(publisher) for viewer in self.viewers]
        heads = framed_heads(
            publisher.tick,
            self.acks,
            self.slacks_ms,
            ships[self.at],
            [column[self.at] for column in columns],
            self.boosts_ticks,
            [count for count, _ in payloads],
            [len(cells) for _, cells in payloads],
        )
        links = [viewer.link for viewer in self.viewers]
        frames = [head + cells for head, (_, cells) in zip(heads, payloads, strict=True)]
        links[0].post_frames(links, frames)
