"""What is published, and what it costs: the same bits as the plain rules, the right rows, within the budget."""

from collections.abc import Iterator
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from protocol.arena import Arena, Place, Size
from protocol.cells import Grid
from protocol.codec import CODECS
from protocol.kinds import Kind
from protocol.limits import SUBPROTOCOL_MSGPACK
from protocol.motion import Input
from protocol.packing import pack_changes
from protocol.reckoning import reckon_wire
from protocol.snapshot import CellDelta, CellKeyframe, Moved, Snapshot, changed, checksum_of, records_to_flat
from server.games.melee import KINDS, PICKUP, ROCK, SHIP, SHOT
from server.publisher import (
    CELL_BYTES_MAX,
    CHECKSUM_EVERY,
    NOWHERE,
    Publisher,
    msgpack_bytes,
)
from server.urgency import OWED_URGENCY
from server.world import World
from tests.instruments.encodings import pack
from tests.instruments.stepper import Stepper, wander

ARENA = Arena("Wide", Size(2048, 1024), [Place(512, 512)])
GRID = Grid(2048, 1024)
MSGPACK = CODECS[SUBPROTOCOL_MSGPACK]
SQUARE = [(-20.0, -20.0), (20.0, -20.0), (20.0, 20.0), (-20.0, 20.0)]
GHOST = Kind(name="ghost", category="pickup", radius=1, mass=1, drag=2.0, thrust=840, steered=True, sensor=True)
TICK_RATE = 60


class Press:
    """A world and its publisher; each `publish` is one snapshot, two ticks later."""

    def __init__(self, kinds: tuple[Kind, ...] = KINDS, entities_max: int = 64) -> None:
        self.world = World(ARENA, kinds, TICK_RATE, entities_max)
        self.publisher = Publisher(self.world, GRID, TICK_RATE)
        self.tick = 0

    def publish(self, snapshots: int = 1) -> None:
        for _ in range(snapshots):
            self.world.step()
            self.world.step()
            self.tick += 2
            self.publisher.publish(self.tick)

    def delta(self, cell: int) -> CellDelta | None:
        encoded = self.publisher.delta(cell, MSGPACK)
        if encoded is None:
            return None
        delta = self._decoded(encoded)
        assert isinstance(delta, CellDelta)
        return delta

    def keyframe(self, cell: int) -> CellKeyframe:
        keyframe = self._decoded(self.publisher.keyframe(cell, MSGPACK))
        assert isinstance(keyframe, CellKeyframe)
        return keyframe

    def news(self) -> Iterator[CellDelta]:
        for cell in range(GRID.count):
            delta = self.delta(cell)
            if delta is not None:
                yield delta

    def said(self) -> int:
        """How many entities this snapshot said anything of."""
        return sum(len(delta.gone) + len(delta.entered) + len(delta.changed) for delta in self.news())

    def errors_units(self) -> NDArray[np.float64]:
        """How far each belief is from the truth now."""
        rows = np.flatnonzero(self.world.alive)
        believed = [
            reckon_wire(self.publisher.published(row), self.world.kinds[self.world.kind[row]], self.tick, TICK_RATE)
            for row in rows.tolist()
        ]
        places = np.array([row[:2] for row in believed]) / 8
        truth = np.stack((self.world.x[rows], self.world.y[rows]), axis=1)
        return np.asarray(np.abs(places - truth).max(axis=1))

    def _decoded(self, encoded: bytes) -> CellDelta | CellKeyframe:
        snapshot = MSGPACK.decode_server(MSGPACK.snapshot(self.tick, 0, None, None, None, [], b"", 1, encoded))
        assert isinstance(snapshot, Snapshot)
        [cell] = snapshot.cells
        return cell


@pytest.fixture
def press() -> Press:
    return Press()


def test_checksums_are_the_protocols() -> None:
    stepper = Stepper()
    stepper.join().pilot = wander(Random(1))
    stepper.step(100)
    publisher = stepper.room.publisher
    for cell in range(stepper.room.grid.count):
        entities = [publisher.published(row) for row in np.flatnonzero(publisher.cell == cell).tolist()]
        assert publisher.checksum(cell) == checksum_of(entities)


# what is said ----------------------------------------------------------------------------------------------


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
    count, joined = press.publisher.deltas((0, 1, 2), MSGPACK)
    assert count == 2
    told = MSGPACK.decode_server(MSGPACK.snapshot(press.tick, 0, None, None, None, [], b"", count, joined))
    assert isinstance(told, Snapshot)
    here, there = told.cells
    assert isinstance(here, CellDelta)
    assert isinstance(there, CellDelta)
    assert (here.gone, there.entered, there.moved) == ([shot], [], [Moved(0, [[shot, 0]])])
    assert changed(before, [shot, 0], KINDS[SHOT], press.tick, TICK_RATE) == press.publisher.published(shot)
    _, joined = press.publisher.deltas((1, 2), MSGPACK)
    assert joined == press.publisher.delta(1, MSGPACK)


def test_who_crosses_a_border_and_strays_is_told_both(press: Press) -> None:
    ship = press.world.spawn(SHIP, 400, 300, vx=400)
    press.publish()
    press.world.put(ship, 600, 310)
    press.publish()
    _, joined = press.publisher.deltas((0, 1), MSGPACK)
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
    assert publisher.delta(0, MSGPACK) is publisher.delta(0, MSGPACK)
    assert publisher.keyframe(0, MSGPACK) is publisher.keyframe(0, MSGPACK)
    before = publisher.keyframe(0, MSGPACK)
    press.publish()
    assert publisher.keyframe(0, MSGPACK) is not before


def test_every_cell_carries_a_checksum_now_and_then(press: Press) -> None:
    told: dict[int, int] = dict.fromkeys(range(GRID.count), 0)
    for _ in range(2 * CHECKSUM_EVERY):
        press.publish()
        for delta in press.news():
            assert delta.checksum == press.publisher.checksum(delta.cell)
            told[delta.cell] += 1
    assert set(told.values()) == {2}


# what it costs ---------------------------------------------------------------------------------------------


def test_a_free_rock_costs_nothing(press: Press) -> None:
    press.world.spawn(ROCK, 300, 300, vx=3.21, vy=1.23, corners=SQUARE)
    press.publish()
    for _ in range(CHECKSUM_EVERY - 2):
        press.publish()
        assert press.said() == 0


def test_a_ship_that_holds_its_stick_costs_nothing(press: Press) -> None:
    ship = press.world.spawn(SHIP, 1060, 300)
    world, said = press.world, 0
    for tick in range(80):
        world.steer([ship], [(127, 30)], [0], [False])
        world.step()
        if tick % 2:
            press.tick += 2
            press.publisher.publish(press.tick)
            said += press.said() if tick > 3 else 0
    assert said <= 1
    assert world.x[ship] > 1400


def test_beliefs_are_within_tolerance_when_the_budget_is_not_spent() -> None:
    stepper = Stepper(seed=8)
    for n in range(5):
        stepper.join(f"P{n}").pilot = wander(Random(n))
    publisher, world, kinds = stepper.room.publisher, stepper.room.world, stepper.room.game.kinds
    worst = 0.0
    for _ in range(200):
        stepper.step(2)
        for row in np.flatnonzero(world.alive).tolist():
            kind = kinds[world.kind[row]]
            x, y, _, _, _ = reckon_wire(publisher.published(row), kind, stepper.room.tick, 60)
            wrong = max(abs(x / 8 - world.x[row]), abs(y / 8 - world.y[row]))
            assert wrong <= kind.tolerance_units + 1 / 16  # the truth is compared after rounding
            worst = max(worst, wrong)
            assert publisher.table[row, 4] == world.status[row]
    assert worst > 0.1


class Crowd(Press):
    """A thousand ships that pass through each other, all in one cell, turning at random."""

    def __init__(self) -> None:
        super().__init__((GHOST,), entities_max=1200)
        self.random = Random(1)
        self.ships = [
            self.world.spawn(0, self.random.uniform(100, 400), self.random.uniform(100, 400), owner=n)
            for n in range(1, 1001)
        ]
        self.moves = [(0, 0)] * 1000

    def live(self) -> None:
        for _ in range(2):
            for ship in range(1000):
                if self.random.random() < 0.05:
                    self.moves[ship] = self.random.randint(-127, 127), self.random.randint(-127, 127)
            self.world.steer(self.ships, self.moves, [0] * 1000, [False] * 1000)
            self.world.step()
        self.tick += 2
        self.publisher.publish(self.tick)


def test_a_crowd_keeps_to_the_budget_and_the_error_is_bounded() -> None:
    crowd = Crowd()
    for _ in range(60):
        crowd.live()
        for delta in crowd.news():
            entered = sum(len(pack(value)) for value in records_to_flat(delta.entered, crowd.tick))
            gaps = sum(change[0] > 127 for change in delta.changed)  # a long way from the id before is not counted
            assert entered + len(pack_changes(delta.changed)) <= CELL_BYTES_MAX + gaps
    known = crowd.publisher.cell[crowd.ships] != NOWHERE
    assert known.all()
    worst = []
    for _ in range(60):
        crowd.live()
        worst.append(crowd.errors_units().max())
    # A hundred of a thousand get their turn each snapshot: nobody waits much longer than ten of them, a third
    # of a second, and at 420 units per second that is 140 units at the very worst.
    assert max(worst) < 140
    assert np.median(worst) < 40


def test_when_the_crowd_rests_everyone_is_right_soon() -> None:
    crowd = Crowd()
    for _ in range(40):
        crowd.live()
    for ship in crowd.ships:
        crowd.world.set_velocity(ship, 0.0, 0.0)
    crowd.world.steer(crowd.ships, [(0, 0)] * 1000, [0] * 1000, [False] * 1000)
    crowd.publish(40)
    assert crowd.errors_units().max() <= GHOST.tolerance_units + 1 / 16


def test_the_stick_of_a_ship_rides_along() -> None:
    stepper = Stepper()
    client = stepper.join()
    client.pilot = lambda tick: Input(move_x=127, move_y=-127, aim=1024)
    stepper.step(4)
    row = client.beliefs.rows()[client.player.ship]
    assert row[-2:] == [127, -127]
    assert row[10] == 64


@given(st.integers(-(2**31), 2**32 - 1))
def test_what_an_integer_costs_in_msgpack(value: int) -> None:
    assert msgpack_bytes(np.array([value])).tolist() == [len(pack(value))]
