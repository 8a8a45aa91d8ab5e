"""Tables are never changed, and sightings are worked out once for each tick."""

import pytest

from bots.cell_table import CellTable, Rules, sighting_of
from protocol.reckoning import reckon
from protocol.snapshot import CellDelta, Moved, changed, checksum_of
from tests.bots.stage import KINDS, SHIP, published

RULES = Rules(KINDS, 60)
SHIP_5, SHOT_6 = published(5, 100, 100, vx=60), published(6, 200, 100, kind=1)


def table() -> CellTable:
    return CellTable({5: SHIP_5, 6: SHOT_6})


def test_a_delta_makes_another_table() -> None:
    before = table()
    after = before.after(CellDelta(0, None, [6], [published(7, 1, 1)], [[5, 1, 3, 4]]), 102, RULES)
    assert before.entities == {5: SHIP_5, 6: SHOT_6}
    assert sorted(after.entities) == [5, 7]
    assert after.entities[5].tick == 102
    assert after.checksum == checksum_of(after.entities.values()) != before.checksum


@pytest.mark.parametrize("delta", [CellDelta(0, None, [9], [], []), CellDelta(0, None, [], [], [[9, 0]])])
def test_a_delta_that_speaks_of_strangers_is_a_key_error(delta: CellDelta) -> None:
    with pytest.raises(KeyError):
        table().after(delta, 102, RULES)


def test_who_moves_in_takes_along_what_was_believed() -> None:
    mover = published(8, 50, 50, vx=60)
    delta = CellDelta(0, None, [], [], [], [Moved(3, [[8, 1, 3, 4]])])
    after = table().after(delta, 102, RULES, {8: mover})
    assert after.entities[8] == changed(mover, [8, 1, 3, 4], SHIP, 102, 60)
    with pytest.raises(KeyError):
        table().after(delta, 102, RULES)


def test_sightings_are_reckoned_once_for_each_tick_and_category() -> None:
    one = table()
    ships = one.sightings(160, RULES, "ship")
    assert [sighting.entity.id for sighting in ships] == [5]
    assert one.sightings(160, RULES, "ship") is ships
    assert one.sightings(162, RULES, "ship") is not ships
    assert len(one.sightings(160, RULES, None)) == 2


def test_a_sighting_is_the_belief_at_a_tick_and_never_before_it_was_published() -> None:
    later, early = sighting_of(SHIP_5, 160, RULES), sighting_of(SHIP_5, 90, RULES)
    assert (later.x, later.vx) == (reckon(SHIP_5, SHIP, 160, 60).x, reckon(SHIP_5, SHIP, 160, 60).vx)
    assert early.x == 100.0
