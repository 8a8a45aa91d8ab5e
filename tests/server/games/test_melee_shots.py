"""The rules of melee, played out in a small room: shots and their bounces, and the gun."""

import pytest

from protocol.arena import Arena, Place, Size
from protocol.messages import Inputs
from protocol.motion import Button, Input
from server.games import melee as rules
from server.games.fighter import HULL_FULL
from tests.instruments.stepper import Stepper
from tests.server.games.cabin import LEFT, RIGHT, UP, Cabin


@pytest.fixture
def cabin() -> Cabin:
    return Cabin()


@pytest.mark.parametrize("bounces", [0, 1, 2, 3])
def test_damage_grows_with_each_bounce(cabin: Cabin, bounces: int) -> None:
    cabin.place(cabin.ann, 450, 100)
    cabin.place(cabin.bob, 60, 450)
    shot = cabin.fire(cabin.ann, RIGHT)
    cabin.stepper.until(lambda: cabin.melee.shots[shot].bounces == bounces)
    cabin.stepper.step()
    assert cabin.world.status[shot] == bounces
    assert abs(cabin.world.vx[shot]) == pytest.approx(rules.SHOT_SPEED * (1 + rules.SPEED_PER_BOUNCE * bounces))
    ahead = 40 if cabin.world.vx[shot] > 0 else -40
    cabin.place(cabin.bob, cabin.world.x[shot] + ahead, cabin.world.y[shot])
    cabin.stepper.until(lambda: shot not in cabin.melee.shots, ticks_max=5)
    cabin.stepper.step(2)
    damage = rules.DAMAGE + rules.DAMAGE_PER_BOUNCE * bounces
    assert cabin.fighter(cabin.bob).hull == HULL_FULL - damage
    [hit] = cabin.bob.events_named("hit")
    assert (hit["player"], hit["by"], hit["damage"], hit["bounces"]) == (2, 1, damage, bounces)
    assert cabin.ann.events_named("hit") == [hit]


def test_a_shot_bounces_three_times_at_most(cabin: Cabin) -> None:
    cabin.place(cabin.ann, 450, 100)
    cabin.place(cabin.bob, 60, 450)
    shot = cabin.fire(cabin.ann, RIGHT)
    dies = cabin.melee.shots[shot].dies
    seen = set()
    while shot in cabin.melee.shots:
        seen.add(cabin.melee.shots[shot].bounces)
        cabin.stepper.step()
    assert seen == {0, 1, 2, 3}
    assert cabin.stepper.room.tick < dies


def test_a_shot_that_meets_nothing_has_its_time() -> None:
    stepper = Stepper(arena=Arena("Wide", Size(4096, 4096), [Place(100, 2000)]))
    client = stepper.join()
    client.say(Inputs(1, [Input(aim=RIGHT, edges=Button.FIRE)]), 0.0)
    stepper.step()
    assert len(stepper.room.world) == 2
    ticks = stepper.until(lambda: len(stepper.room.world) == 1)
    assert ticks == round(rules.SHOT_LIFE_S * 60)


def test_own_shots_never_hit_oneself(cabin: Cabin) -> None:
    cabin.place(cabin.bob, 60, 450)
    for aim in (RIGHT, LEFT, UP, 700, 3000):
        cabin.place(cabin.ann, 300, 200)
        cabin.stepper.until(lambda: cabin.stepper.room.tick >= cabin.fighter(cabin.ann).gun_until)
        shot = cabin.fire(cabin.ann, aim)
        cabin.stepper.until(lambda shot=shot: shot not in cabin.melee.shots)  # type: ignore[misc]
    assert cabin.fighter(cabin.ann).hull == HULL_FULL
    assert cabin.ann.events_named("hit") == []


def test_the_gun_needs_its_time_and_less_of_it_in_rapid_fire(cabin: Cabin) -> None:
    cabin.ann.pilot = lambda tick: Input(buttons=Button.FIRE)
    cabin.place(cabin.ann, 300, 200)
    cabin.stepper.step(1)

    def shots_in(ticks: int) -> int:
        born = set()
        for _ in range(ticks):
            cabin.stepper.step()
            born |= {(shot, state.dies) for shot, state in cabin.melee.shots.items()}
        return len({dies for _, dies in born if dies > cabin.stepper.room.tick - ticks + 102})

    assert shots_in(60) == 60 // round(rules.GUN_S * 60)
    cabin.fighter(cabin.ann).rapid_until = cabin.stepper.room.tick + 100
    cabin.stepper.step(20)
    assert shots_in(60) in (60 // round(rules.GUN_RAPID_S * 60), 60 // round(rules.GUN_RAPID_S * 60) + 1)


def test_a_press_between_two_inputs_is_a_shot(cabin: Cabin) -> None:
    assert cabin.fire(cabin.ann, UP)
