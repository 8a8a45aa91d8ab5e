"""What is published: the same bits as the plain rules, and the right rows."""

import pytest

from protocol.snapshot import CellDelta, Moved, Snapshot, changed
from server.bulletin import CHECKSUM_EVERY, NOWHERE
from server.few import FEW
from server.games.melee import KINDS, PICKUP, ROCK, SHIP, SHOT
from server.urgency import OWED_URGENCY
from tests.server.press import GRID, MSGPACK, SQUARE, TICK_RATE, Press


@pytest.fixture
def press() -> Press:
    return Press()


def test_a_new_entity_enters_whole_and_once(press: Press) -> None:
    rock = press.world.spawn(ROCK, 700, 300, vx=5, angle=1, variant=3, corners=SQUARE)
    press.publish()
    [news] = press.news()
    assert (news.cell, news.gone, news.changed) == (1, [], [])
    [record] = news.entered
    assert record == press.publisher.published(rock)
    assert (record.id, record.kind, record.variant, record.tick, record.x, record.y) == (rock, ROCK, 3, 2, 5601, 2400)
    press.publish()
    assert press.said() == 0
    assert press.keyframe(1).entities == [record]


def test_a_removed_entity_is_gone_and_its_id_is_free(press: Press) -> None:
    shot = press.world.spawn(SHOT, 700, 300)
    press.publish()
    press.world.remove(shot)
    press.publish()
    [news] = press.news()
    assert (news.cell, news.gone, news.entered, news.changed) == (1, [shot], [], [])
    assert press.publisher.cell[shot] == NOWHERE
    assert press.world.spawn(SHOT, 100, 300) == shot
    press.publish()
    [news] = press.news()
    assert (news.cell, news.gone, [record.id for record in news.entered]) == (0, [], [shot])


def test_what_lived_between_two_snapshots_was_never_there(press: Press) -> None:
    shot = press.world.spawn(SHOT, 700, 300)
    press.world.remove(shot)
    press.publish()
    assert press.said() == 0


def test_who_crosses_a_border_is_gone_here_and_entered_there(press: Press) -> None:
    shot = press.world.spawn(SHOT, 400, 300, vx=900)
    press.publish()
    news: list[CellDelta] = []
    while not news:
        press.publish()
        news = list(press.news())
    here, there = news
    assert (here.cell, here.gone, here.entered) == (0, [shot], [])
    assert (there.cell, there.gone, [record.id for record in there.entered]) == (1, [], [shot])


def test_who_crosses_a_border_has_moved_for_those_who_know_both_cells(press: Press) -> None:
    shot = press.world.spawn(SHOT, 400, 300, vx=900)
    press.publish()
    before = press.publisher.published(shot)
    while press.publisher.cell[shot] == 0:
        press.publish()
    count, joined = press.publisher.encoding(MSGPACK).joined((0, 1, 2))
    assert count == 2
    told = MSGPACK.decode_server(MSGPACK.snapshot(press.tick, 0, None, None, None, [], b"", count, joined))
    assert isinstance(told, Snapshot)
    here, there = told.cells
    assert isinstance(here, CellDelta)
    assert isinstance(there, CellDelta)
    assert (here.gone, there.entered, there.moved) == ([shot], [], [Moved(0, [[shot, 0]])])
    assert changed(before, [shot, 0], KINDS[SHOT], press.tick, TICK_RATE) == press.publisher.published(shot)
    _, joined = press.publisher.encoding(MSGPACK).joined((1, 2))
    assert joined == press.publisher.encoding(MSGPACK).delta_alone(1)


def test_who_crosses_a_border_and_strays_is_told_both(press: Press) -> None:
    ship = press.world.spawn(SHIP, 400, 300, vx=400)
    press.publish()
    press.world.put(ship, 600, 310)
    press.publish()
    _, joined = press.publisher.encoding(MSGPACK).joined((0, 1))
    told = MSGPACK.decode_server(MSGPACK.snapshot(press.tick, 0, None, None, None, [], b"", 2, joined))
    assert isinstance(told, Snapshot)
    _, there = told.cells
    assert isinstance(there, CellDelta)
    [(moved_id, mask, *_)] = there.moved[0].changed
    assert (moved_id, mask) == (ship, 3)
    assert press.errors_units().max() <= 1 / 16


def test_who_gets_an_id_that_is_free_again_has_not_waited(press: Press) -> None:
    press.publisher.cell_bytes_max = 0  # nobody is ever told of
    for _ in range(2):
        entity = press.world.spawn(PICKUP, 300, 300)
        press.publish(3)
        assert press.publisher.compare().urgency.tolist() == [4 * OWED_URGENCY]
        press.world.remove(entity)
        press.publish()
        assert not len(press.publisher.compare().rows)


@pytest.mark.parametrize("count", [1, FEW + 1])
def test_who_was_told_of_has_not_waited_though_there_is_more_to_tell(press: Press, count: int) -> None:
    entities = [press.world.spawn(PICKUP, 300, 300) for _ in range(count)]
    press.publish()
    for status in range(1, 4):
        press.world.status[entities] = status
        assert press.publisher.compare().urgency.tolist() == [OWED_URGENCY] * count
        press.publish()


def test_who_dances_on_a_border_is_not_told_twice(press: Press) -> None:
    shot = press.world.spawn(SHOT, 505, 300)
    press.publish()
    for n in range(20):
        press.world.put(shot, 530 if n % 2 else 494, 300)
        press.publish()
        assert [delta.cell for delta in press.news()] == [0]
    press.world.put(shot, 537, 300)
    press.publish()
    assert press.publisher.cell[shot] == 1


def test_a_status_is_news(press: Press) -> None:
    rock = press.world.spawn(ROCK, 300, 300, corners=SQUARE)
    press.publish()
    press.world.status[rock] = 7
    press.publish()
    [news] = press.news()
    assert news.changed == [[rock, 32, 7]]


def test_nothing_is_said_of_an_empty_world(press: Press) -> None:
    press.publish(3)
    assert list(press.news()) == []
    assert press.keyframe(0).entities == []


def test_each_cell_is_encoded_once_whoever_looks(press: Press) -> None:
    press.world.spawn(ROCK, 300, 300, corners=SQUARE)
    press.publish()
    publisher = press.publisher
    assert publisher.encoding(MSGPACK).delta_alone(0) is publisher.encoding(MSGPACK).delta_alone(0)
    assert publisher.encoding(MSGPACK).keyframe(0) is publisher.encoding(MSGPACK).keyframe(0)
    before = publisher.encoding(MSGPACK).keyframe(0)
    press.publish()
    assert publisher.encoding(MSGPACK).keyframe(0) is not before


def test_every_cell_carries_a_checksum_now_and_then(press: Press) -> None:
    told: dict[int, int] = dict.fromkeys(range(GRID.count), 0)
    for _ in range(2 * CHECKSUM_EVERY):
        press.publish()
        for delta in press.news():
            assert delta.checksum == press.publisher.checksum(delta.cell)
            told[delta.cell] += 1
    assert set(told.values()) == {2}
