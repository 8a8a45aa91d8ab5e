"""Opening is measured for each game in each arena that suits it."""

from bench.opening import measure
from protocol.ticks import Rates
from server.catalogue import Catalogue
from server.games.ball import Ball
from server.games.melee import Melee
from tests.instruments.stepper import arena_named


def test_each_game_in_each_arena_has_its_row() -> None:
    arenas = {name: arena_named(name) for name in ("pinball", "pitch")}
    games = {"melee": Melee, "ball": Ball}
    rows = measure(Catalogue(games, lambda: arenas, Rates(), lambda: 1), times=2)
    assert ("ball", "pinball") not in {(row.game, row.arena) for row in rows}
    assert {("melee", "pinball"), ("ball", "pitch")} <= {(row.game, row.arena) for row in rows}
    assert rows[0].entities > 0
    assert all(0 < row.p50_ms <= row.max_ms for row in rows)
