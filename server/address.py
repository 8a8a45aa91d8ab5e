"""Address and post one snapshot: each player's own part, then the bytes of the cells that others see too.

Most viewers most of the time are *steady*: they know all that they see, they see the same cells as before, and they are
owed nothing else. Their own parts are written together, as rows of one table (`protocol.heads`), and each costs one
write. Whoever is not steady is shown what it needs one by one (`Viewer.show`). Both ways say the same.

Everything of a viewer is done in one go: what a thousand viewers are doesn't fit a core's cache, and going through them
twice would cost as much as all the arithmetic.
"""

from collections.abc import Callable, Sequence

import numpy as np

from protocol.cells import VIEW_HALF_UNITS, Grid
from protocol.heads import NOTHING_NEAR, heads, near_part, tail
from protocol.snapshot import Own
from server.game import Player
from server.near import near
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
    tick, shown = publisher.tick, 0
    ships = np.array([player.ship for player, _ in seers])
    acks = [player.inputs.ack for player, _ in seers]
    slacks_ms = [player.inputs.take_slack_ms() for player, _ in seers]
    boosts_ticks = [player.helm.boost_ticks for player, _ in seers]
    columns = [column[ships] for column in (world.x, world.y, world.vx, world.vy)]
    places = grid.places(columns[0], columns[1], VIEW_HALF_UNITS, VIEW_HALF_UNITS + LINGER_UNITS)
    own_parts = heads(tick, acks, [slack_ms or 0 for slack_ms in slacks_ms], ships, columns, boosts_ticks)
    states = zip(places.tolist(), *(column.tolist() for column in columns), strict=True)
    nears = near(world, ships)
    tails: dict[int, bytes] = {}
    rows = zip(seers, acks, slacks_ms, own_parts, states, nears, strict=True)
    for (player, viewer), ack, slack_ms, own_part, state, beside in rows:
        place, x, y, vx, vy = state
        hud = hud_of(player)
        if not player.ship:
            shown += viewer.show(publisher, viewer.sight(grid, *player.eye), ack, slack_ms, None, hud)
            continue
        player.eye = x, y
        sight = viewer.steady_sight(grid, x, y, place, hud)
        if sight is None or slack_ms is None:
            own = Own(player.ship, x, y, vx, vy, player.helm.boost_ticks)
            shown += viewer.show(publisher, viewer.sight(grid, x, y), ack, slack_ms, own, hud, place, beside)
            continue
        shared = tails.get(id(sight))
        if shared is None:
            shared = tails[id(sight)] = NOTHING_NEAR + tail(*publisher.deltas(sight, viewer.codec))
        viewer.post(own_part + near_part(beside) + shared[1:] if beside else own_part + shared, tick)
        shown += 1
    return shown
