"""A rolling restart: what counts as holding, and a small one."""

from typing import Any

import pytest
from msgspec.structs import replace

from bench.cluster.drill import Plan
from bench.cluster.postgres import find_postgres
from bench.cluster.redis import find_redis
from bench.cluster.rolling import Restart, Rolling, run

ONCE = Restart(number=1, rooms=10, bots=100, drained_s=12.0, status=0, away_s=2.0, missing=0, anew=0, back_s=4.0)
GOOD = Rolling(
    ground="loopback ports",
    rooms=30,
    bots=300,
    restarts=[ONCE, replace(ONCE, number=2)],
    matches_played=60,
    matches_cut_short=0,
    ends={"4032 the server is stopping": 200},
    double_owners=0,
    checksum_mismatches=0,
    trouble=[],
)


def test_it_holds_when_nobody_lost_anything() -> None:
    assert not list(GOOD.breaches())
    assert list(GOOD.lines())[-1] == "restarts=2 bots=300 matches_played=60 matches_cut_short=0 players_lost=0"


@pytest.mark.parametrize("changes", [{"missing": 1, "back_s": None}, {"anew": 1}, {"status": 1}])
def test_it_does_not_when_somebody_did(changes: dict[str, Any]) -> None:
    assert len(list(replace(GOOD, restarts=[ONCE, replace(ONCE, **changes)]).breaches())) == 1


@pytest.mark.parametrize(
    "changes", [{"matches_cut_short": 1}, {"matches_played": 0}, {"double_owners": 1}, {"checksum_mismatches": 1}]
)
def test_it_does_not_when_a_match_was_cut_short_or_a_belief_was_wrong(changes: dict[str, int]) -> None:
    assert len(list(replace(GOOD, **changes).breaches())) == 1


@pytest.mark.slow
@pytest.mark.skipif(find_redis() is None or find_postgres() is None, reason="it needs Redis and PostgreSQL")
async def test_a_small_one() -> None:
    """Its times are this machine's; that nobody is lost and nothing cut short is not."""
    result = await run(Plan(bots=12, rooms=6, match_s=12, drain_s=30))
    assert [(restart.missing, restart.anew, restart.status) for restart in result.restarts] == [(0, 0, 0)] * 3
    assert result.matches_played
    assert (result.matches_cut_short, result.double_owners) == (0, 0)
