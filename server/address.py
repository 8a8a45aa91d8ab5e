"""Address and post one snapshot: each player's own part, then the bytes of the cells that others see too.

Most viewers most of the time are *steady*: they know all that they see, they see the same cells as before, and they are
owed nothing else. Their own parts are written together, as rows of one table (`protocol.heads`), and each costs one
write. Whoever is not steady is shown what it needs one by one (`Viewer.show`). Both ways say the same.

Everything of a viewer is done in one go: what a thousand viewers are doesn't fit a core's cache, and going through them
twice would cost as much as all the arithmetic.
"""

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from protocol.cells import VIEW_HALF_UNITS, Grid
from protocol.heads import NOTHING_NEAR, heads, near_part, tail
from protocol.snapshot import Own
from server.game import Player
from server.near import near
from server.publisher import Publisher
from server.viewers import LINGER_UNITS, Viewer
from server.world import World

SLACK_MS_MAX: Final = 9999
"""More than that, early or late, is told as so much."""

Seers = Sequence[tuple[Player, Viewer]]


def address(
    seers: Seers,
    world: World,
    grid: Grid,
    publisher: Publisher,
    hud_of: Callable[[Player], tuple[int, ...]],
) -> int:
    """Post the snapshot of the publisher's tick to all `seers` but the blocked ones; how many got it."""
    if not seers:
        return 0
    tick, shown = publisher.tick, 0
    ships = np.array([player.ship for player, _ in seers])
    x, y, vx, vy = states = [column[ships] for column in (world.x, world.y, world.vx, world.vy)]
    acks, (slacks_ms, came) = [player.inputs.ack for player, _ in seers], _slacks_ms(seers)
    boosts_ticks = [player.helm.boost_ticks for player, _ in seers]
    own_parts = heads(tick, acks, slacks_ms, ships, states, boosts_ticks)
    places = grid.places(x, y, VIEW_HALF_UNITS, VIEW_HALF_UNITS + LINGER_UNITS).tolist()
    tails: dict[int, bytes] = {}
    steadiable = ((ships > 0) & came).tolist()
    rows = zip(seers, own_parts, x.tolist(), y.tolist(), places, near(world, ships), steadiable, strict=True)
    for at, ((player, viewer), own_part, own_x, own_y, place, beside, may_be_steady) in enumerate(rows):
        hud = hud_of(player)
        if player.ship:
            player.eye = own_x, own_y
        sight = viewer.steady_sight(grid, own_x, own_y, place, hud) if may_be_steady else None
        if sight is not None:
            shared = tails.get(id(sight))
            if shared is None:
                shared = tails[id(sight)] = NOTHING_NEAR + tail(*publisher.deltas(sight, viewer.codec))
            viewer.lag.sent = tick
            viewer.link.post(own_part + near_part(beside) + shared[1:] if beside else own_part + shared)
            shown += 1
            continue
        slack_ms, sight = int(slacks_ms[at]) if came[at] else None, viewer.sight(grid, *player.eye)
        if player.ship:
            own = Own(player.ship, own_x, own_y, float(vx[at]), float(vy[at]), player.helm.boost_ticks)
            shown += viewer.show(publisher, sight, acks[at], slack_ms, own, hud, place, beside)
        else:
            shown += viewer.show(publisher, sight, acks[at], slack_ms, None, hud)
    return shown


def _slacks_ms(seers: Seers) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """(whole milliseconds, whether an input came) for each; where none did, the first says nothing."""
    slacks_ms = np.array([player.inputs.take_slack_ms() for player, _ in seers])
    return np.rint(slacks_ms).clip(-SLACK_MS_MAX, SLACK_MS_MAX), np.isfinite(slacks_ms)
