"""The past is what was published: held against the protocol's own reckoning, one entity at a time."""

from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol.arena import Arena, Block, Place, Rock, Size, Wall
from protocol.limits import REWIND_S_MAX
from protocol.reckoning import Published, Reckoned, reckon
from protocol.ticks import Rates
from server.games.melee import KINDS, SHIP, SHOT
from server.rewind import Past, Rewind
from tests.instruments.stepper import Stepper, arena_named, wander

NOT_THERE = None


class Chronicle:
    """A game that is played, and beside it a plain diary of what was published at each snapshot."""

    def __init__(self, seed: int, rates: Rates, map_name: str = "pinball", players: int = 4) -> None:
        self.stepper = Stepper(seed=seed, rates=rates, arena=arena_named(map_name))
        for number in range(players):
            self.stepper.join(f"P{number}").pilot = wander(Random(seed + number))
        self.room = self.stepper.room
        self.diary: list[tuple[int, dict[int, Published]]] = []

    def play(self, ticks: int) -> None:
        for _ in range(ticks):
            self.stepper.step()
            publisher = self.room.publisher
            if publisher.tick == self.room.tick:
                alive = np.flatnonzero(publisher.cell >= 0).tolist()
                self.diary.append((publisher.tick, {row: publisher.published(row) for row in alive}))

    def past(self, tick: float) -> Past:
        return self.room._rewind.at(tick, self.room.tick)

    def believed(self, entity: int, at: int) -> Reckoned | None:
        """Where everyone believed it at the snapshot numbered `at` of the diary."""
        tick, known = self.diary[at]
        record = known.get(entity)
        return None if record is None else reckon(record, KINDS[record.kind], tick, self.room.rates.tick_rate)


def place_of(past: Past, entity: int) -> tuple[float, float] | None:
    found = np.flatnonzero(past.rows == entity)
    return (float(past.x[found[0]]), float(past.y[found[0]])) if len(found) else NOT_THERE


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([Rates(60, 30), Rates(60, 60), Rates(60, 20)]), st.data())
def test_at_a_snapshot_it_is_the_belief_and_between_two_a_line(seed: int, rates: Rates, data: st.DataObject) -> None:
    told = Chronicle(seed, rates)
    told.play(data.draw(st.integers(30, 60)))
    back_ticks = data.draw(st.floats(rates.snapshot_interval, REWIND_S_MAX * rates.tick_rate))
    tick = told.room.publisher.tick - back_ticks
    at = max(n for n, (told_tick, _) in enumerate(told.diary) if told_tick <= tick)
    share = (tick - told.diary[at][0]) / rates.snapshot_interval
    past = told.past(tick)
    world = told.room.world
    for entity in np.flatnonzero(world.alive & (world.kind != SHOT) & (world.kind != 4)).tolist():
        was, then = told.believed(entity, at), told.believed(entity, at + 1)
        if was is None or then is None or not _stayed(told, entity, at):
            assert place_of(past, entity) is NOT_THERE
            continue
        expected = (was.x + share * (then.x - was.x), was.y + share * (then.y - was.y))
        assert place_of(past, entity) == pytest.approx(expected, abs=1e-9)


def _stayed(told: Chronicle, entity: int, at: int) -> bool:
    return all(entity in known for _, known in told.diary[at:])


def test_it_forgets_and_holds_no_more_than_its_slots() -> None:
    told = Chronicle(3, Rates())
    rewind = told.room._rewind
    told.play(200)
    assert len(rewind) == rewind.slots_max == 10
    oldest = told.diary[-rewind.slots_max][0]
    assert oldest <= told.room.publisher.tick - REWIND_S_MAX * 60 - told.room.rates.snapshot_interval
    assert np.array_equal(told.past(0).x, told.past(oldest).x)


def test_now_is_the_truth_and_just_before_it_nearly() -> None:
    told = Chronicle(3, Rates())
    told.play(61)
    world, ship = told.room.world, told.stepper.clients[0].player.ship
    assert place_of(told.past(told.room.tick), ship) == (world.x[ship], world.y[ship])
    assert place_of(told.past(told.room.tick + 5), ship) == (world.x[ship], world.y[ship])
    nearly = place_of(told.past(told.room.tick - 0.01), ship)
    assert nearly == pytest.approx((world.x[ship], world.y[ship]), abs=0.5)


def test_before_anything_was_published_there_is_only_the_truth() -> None:
    told = Chronicle(3, Rates())
    told.play(1)
    ship = told.stepper.clients[0].player.ship
    assert place_of(told.past(-3.0), ship) is not NOT_THERE


def test_who_was_not_there_is_not_there_and_whoever_had_its_number_is_nobody() -> None:
    """A ship goes, another comes under the same number: the one that is there now has no past before it came."""
    told = Chronicle(3, Rates(), players=2)
    world = told.room.world
    told.play(20)
    ship = world.spawn(SHIP, 300, 300)
    told.play(6)
    assert place_of(told.past(told.room.tick - 10), ship) is NOT_THERE
    assert place_of(told.past(told.room.tick - 3), ship) is not NOT_THERE
    world.remove(ship)
    told.play(3)
    assert place_of(told.past(told.room.tick - 8), ship) is NOT_THERE, "it is gone"
    again = world.spawn(SHIP, 900, 300)
    assert again == ship
    told.play(3)
    assert place_of(told.past(told.room.tick - 10), ship) is NOT_THERE
    assert place_of(told.past(told.room.tick), ship) is not NOT_THERE


# beams -----------------------------------------------------------------------------------------------------

YARD = Arena(
    "Yard",
    Size(1024, 1024),
    [Place(100, 900)],
    walls=[Wall([(700.0, 100.0), (700.0, 400.0)])],
    blocks=[Block([(600.0, 600.0), (700.0, 600.0), (700.0, 700.0), (600.0, 700.0)])],
    rocks=[Rock([(-40.0, -20.0), (40.0, -20.0), (40.0, 20.0), (-40.0, 20.0)], 400.0, 800.0)],
)


class Yard:
    """An arena with one of everything, and beams through it."""

    def __init__(self) -> None:
        self.stepper = Stepper(arena=YARD)
        self.world = self.stepper.room.world
        self.rewind = Rewind(self.stepper.room.publisher, self.stepper.rates)
        self.rock = int(np.flatnonzero(self.world.alive)[0])

    def past(self) -> Past:
        return self.rewind.at(1, 1)


def test_a_beam_ends_at_walls_blocks_and_the_border_and_where_its_reach_ends() -> None:
    past = Yard().past()
    assert (past.strike(500, 250, 0.0, 600, 0.0).entity, past.strike(500, 250, 0.0, 600, 0.0).x) == (0, 684)
    assert past.strike(500, 650, 0.0, 600, 2.0).x == pytest.approx(598)
    assert past.strike(900, 500, 0.0, 600, 0.0).x == pytest.approx(1024)
    assert past.strike(100, 500, 0.0, 300, 0.0).x == pytest.approx(400)


def test_a_beam_meets_the_first_on_its_way_and_never_whom_it_comes_from() -> None:
    yard = Yard()
    me, near, far = (yard.world.spawn(SHIP, x, 250, owner=x) for x in (200, 400, 500))
    hit = yard.past().strike(200, 250, 0.0, 600, 0.0, but=me)
    assert hit.entity == near
    assert hit.x == pytest.approx(384)
    yard.world.put(near, 400, 250 + 16 + 1.5)
    assert yard.past().strike(200, 250, 0.0, 600, 2.0, but=me).entity == near
    assert yard.past().strike(200, 250, 0.0, 600, 1.0, but=me).entity == far
    yard.world.put(far, 800, 250)
    assert yard.past().strike(200, 250, 0.0, 600, 1.0, but=me).entity == 0, "behind the wall"


def test_a_beam_meets_a_rock_where_it_was_turned_as_it_was() -> None:
    yard = Yard()
    past = yard.past()
    hit = past.strike(200, 800, 0.0, 600, 0.0)
    assert hit.entity == yard.rock
    assert hit.x == pytest.approx(359)
    at = int(np.flatnonzero(past.rows == yard.rock)[0])
    past.x[at], past.y[at], past.angle[at] = 500, 500, np.pi / 2
    assert past.strike(200, 800, 0.0, 600, 0.0).entity == 0
    upright = past.strike(200, 500, 0.0, 600, 0.0)
    assert upright.entity == yard.rock
    assert upright.x == pytest.approx(479)


def test_from_within_it_is_met_at_once() -> None:
    yard = Yard()
    other = yard.world.spawn(SHIP, 205, 250)
    hit = yard.past().strike(200, 250, 0.0, 600, 0.0)
    assert (hit.entity, hit.x) == (other, 200)
