"""What a drill comes to: when it holds, when it doesn't, and the line that it ends with."""

from typing import Any

import pytest
from msgspec.structs import replace

from bench.cluster.scores import Lost
from bench.cluster.sightings import Span
from bench.cluster.verdict import Drill, Loss, Outage

LOSS = Loss(
    how="kill -9",
    rooms=10,
    bots=100,
    lease_s=15.2,
    young_s=0.0,
    rooms_back=10,
    rooms_back_s=1.234,
    bots_back=100,
    bots_back_s=4.0,
    missing=[],
    anew=0,
    game_lost_s=0.9,
    scores_compared=40,
    lost=[],
)
OUTAGE = Outage(remembers=True, seconds=10.0, ticks_min=29.9, disturbed=0, joins=6, shut_out=[], healed_s=2.0)
GOOD = Drill(
    ground="network namespaces",
    processes=3,
    rooms=30,
    bots=300,
    joined_s=5.0,
    losses=[LOSS, replace(LOSS, how="cut off", rooms_back_s=2.0)],
    outages=[OUTAGE],
    double_owners=[],
    sightings=90,
    checksum_mismatches=0,
    trouble=[],
)


def test_a_good_one_ends_with_its_figures() -> None:
    assert not list(GOOD.breaches())
    assert GOOD.last_line() == "processes=3 bots=300 rooms_back_s=2.0 bots_back=300 double_owners=0 scores_lost=0"
    assert len(list(GOOD.lines())) == 5


@pytest.mark.parametrize(
    ("changes", "figure"),
    [
        ({"rooms_back_s": None, "rooms_back": 9}, "rooms_back_s=–"),
        ({"rooms_back_s": 5.1}, "rooms_back_s=5.1"),
        ({"bots_back": 97}, "bots_back=297"),
        ({"anew": 1}, "bots_back=300"),
        ({"game_lost_s": 2.1}, "bots_back=300"),
        ({"lost": [Lost("pinball", 1, 100, 0)]}, "scores_lost=1"),
    ],
)
def test_it_does_not_hold_when_a_loss_cost_something(changes: dict[str, Any], figure: str) -> None:
    result = replace(GOOD, losses=[LOSS, replace(LOSS, **changes)])
    assert len(list(result.breaches())) == 1
    assert figure in result.last_line()


@pytest.mark.parametrize(
    "changes",
    [{"healed_s": None}, {"healed_s": 11.0}, {"disturbed": 1}, {"ticks_min": 0.0}, {"shut_out": ["1006 gone"]}],
)
def test_it_does_not_hold_when_an_outage_was_felt(changes: dict[str, Any]) -> None:
    assert len(list(replace(GOOD, outages=[OUTAGE, replace(OUTAGE, **changes)]).breaches())) == 1


def test_it_does_not_hold_with_two_owners_a_wrong_belief_or_nobody_there() -> None:
    span = Span("http://one", 1.0, 2.0, 10, 20)
    for changes in ({"double_owners": [("pinball", span, span)]}, {"checksum_mismatches": 1}, {"joined_s": None}):
        assert len(list(replace(GOOD, **changes).breaches())) == 1
    assert "double_owners=1" in replace(GOOD, double_owners=[("pinball", span, span)]).last_line()
    assert "rooms_back_s=–" in replace(GOOD, losses=[]).last_line()
