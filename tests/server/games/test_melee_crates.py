"""The rules of melee, played out in a small room: crates, what they drop, and what that does to whoever takes it."""

import pytest

from server.games import melee as rules
from server.games.crates import CRATE_BACK_S, PICKUP_LIFE_S
from server.games.fighter import HULL_FULL, SHIELD_FULL
from server.games.melee import CRATE, PICKUP
from server.world import World, WorldFullError
from tests.server.games.cabin import CRATE_AT, RIGHT, UP, Cabin


@pytest.fixture
def cabin() -> Cabin:
    return Cabin()


def break_crate(cabin: Cabin) -> int:
    """Ann shoots the crate to pieces; the pickup that it drops."""
    cabin.place(cabin.bob, 60, 60)
    for left in (2, 1, 0):
        [crate] = cabin.entities(CRATE)
        cabin.world.put(crate, CRATE_AT.x, CRATE_AT.y)
        cabin.place(cabin.ann, CRATE_AT.x - 80, CRATE_AT.y)
        cabin.stepper.until(lambda: cabin.stepper.room.tick >= cabin.fighter(cabin.ann).gun_until)
        shot = cabin.fire(cabin.ann, RIGHT)
        cabin.stepper.until(lambda shot=shot: shot not in cabin.melee.shots, ticks_max=10)  # type: ignore[misc]
        assert len(cabin.entities(CRATE)) == (left > 0)
    [pickup] = cabin.entities(PICKUP)
    return pickup


def test_a_crate_breaks_drops_a_pickup_and_is_back(cabin: Cabin) -> None:
    pickup = break_crate(cabin)
    assert abs(cabin.world.x[pickup] - CRATE_AT.x) < 20
    assert cabin.world.variant[pickup] in (rules.REPAIR_KIT, rules.RAPID_FIRE, rules.SHIELD)
    cabin.place(cabin.ann, 60, 450)
    ticks = cabin.stepper.until(lambda: bool(cabin.entities(CRATE)), ticks_max=2000)
    assert ticks == CRATE_BACK_S * 60
    [crate] = cabin.entities(CRATE)
    assert (cabin.world.x[crate], cabin.world.y[crate], cabin.world.status[crate]) == (CRATE_AT.x, CRATE_AT.y, 15)


def test_a_pickup_that_nobody_wants_vanishes(cabin: Cabin) -> None:
    break_crate(cabin)
    cabin.place(cabin.ann, 60, 450)
    ticks = cabin.stepper.until(lambda: not cabin.entities(PICKUP), ticks_max=2000)
    assert ticks == PICKUP_LIFE_S * 60


@pytest.mark.parametrize(
    ("what", "hull", "shield", "rapid_ticks"),
    [(rules.REPAIR_KIT, 90, 0, 0), (rules.RAPID_FIRE, 40, 0, 480), (rules.SHIELD, 40, SHIELD_FULL, 0)],
)
def test_a_pickup_does_its_good_once(cabin: Cabin, what: int, hull: int, shield: int, rapid_ticks: int) -> None:
    bob, pickup = cabin.fighter(cabin.bob), break_crate(cabin)
    cabin.world.variant[pickup] = what
    cabin.place(cabin.ann, 60, 450)
    bob.hull = 40
    cabin.place(cabin.bob, cabin.world.x[pickup], cabin.world.y[pickup])
    cabin.stepper.step()
    assert (bob.hull, bob.shield) == (hull, shield)
    assert max(0, bob.rapid_until - cabin.stepper.room.tick) == rapid_ticks
    assert not cabin.entities(PICKUP)
    cabin.stepper.step()
    assert cabin.bob.events_named("pickup") == [{"player": 2, "what": what}]
    assert cabin.ann.events_named("pickup") == []


def test_a_repair_fills_the_hull_at_most(cabin: Cabin) -> None:
    pickup = break_crate(cabin)
    cabin.world.variant[pickup] = rules.REPAIR_KIT
    cabin.place(cabin.bob, cabin.world.x[pickup], cabin.world.y[pickup])
    cabin.stepper.step()
    assert cabin.fighter(cabin.bob).hull == HULL_FULL


def test_a_full_world_only_goes_without(cabin: Cabin) -> None:
    [crate] = cabin.entities(CRATE)
    cabin.melee.crates.hulls[crate] = 1
    cabin.place(cabin.bob, 450, 60)
    cabin.place(cabin.ann, CRATE_AT.x - 80, CRATE_AT.y)
    cabin.fire(cabin.ann, RIGHT)
    fillers = fill(cabin.world)
    cabin.stepper.until(lambda: not cabin.entities(CRATE), ticks_max=10)
    assert not cabin.melee.crates.pickups
    fill(cabin.world)
    late = cabin.stepper.join("Late")
    assert late.player.ship == 0
    cabin.stepper.until(lambda: cabin.stepper.room.tick >= cabin.fighter(cabin.ann).gun_until)
    fill(cabin.world)
    assert not cabin.fire(cabin.ann, UP)
    cabin.melee.crates.due[0] = (cabin.stepper.room.tick + 1, 0)
    cabin.stepper.step()
    assert cabin.melee.crates.due
    assert not cabin.entities(CRATE)
    for filler in fillers[:10]:
        cabin.world.remove(filler)
    cabin.stepper.step(3)
    assert late.player.ship
    cabin.melee.crates.due[0] = (cabin.stepper.room.tick + 1, 0)
    cabin.stepper.step()
    assert cabin.entities(CRATE)


def fill(world: World) -> list[int]:
    """Something far away in every row that is free."""
    fillers: list[int] = []
    while True:
        try:
            fillers.append(world.spawn(PICKUP, -1000.0 - 64.0 * len(fillers), 0.0))
        except WorldFullError:
            return fillers
