"""What is told of a gun is what the server's guns do: shots fired and flown by the page's words alone."""

from math import hypot

from protocol.arena import Arena, Place, Size
from protocol.gun import Trigger
from protocol.messages import Inputs
from protocol.motion import Button, Input
from protocol.ticks import Rates
from server.games.pieces import GUN
from tests.instruments.stepper import Stepper

SEAS = Arena("Wide", Size(4096, 4096), [Place(2000, 2000)])


def test_a_shot_begins_and_ends_as_it_is_told() -> None:
    stepper = Stepper(arena=SEAS)
    client = stepper.join()
    room = stepper.room
    gun = room.welcome(None, "").gun
    assert gun is not None
    ticks_in, before = Rates(60, 30).ticks_in, None
    client.say(Inputs(1, [Input(buttons=Button.FIRE)] * 20), 0.0)
    born: list[int] = []
    [ship] = room.world.alive.nonzero()[0].tolist()
    x = float(room.world.x[ship])
    for tick in range(1, 21):
        stepper.step()
        shots = set(room.world.alive.nonzero()[0].tolist()) - {ship}
        if new := shots - (before or set()):
            (shot,) = new
            born.append(tick)
            assert room.world.kind[shot] == gun.kind
            assert hypot(room.world.vx[shot], room.world.vy[shot]) == gun.speed
            assert room.world.x[shot] == x + gun.muzzle_units + gun.speed / 60
        before = shots
    assert born == [1, 1 + ticks_in(gun.cooldown_s)]
    first = min(before or ())
    assert stepper.until(lambda: not room.world.alive[first]) == ticks_in(gun.life_s) - 19


HELD = Input(buttons=Button.FIRE)


def fires(trigger: Trigger, begin: int, end: int, rapid_until: int = 0) -> list[int]:
    return [tick for tick in range(begin, end) if trigger.pull(tick, HELD, rapid_until)]


def test_it_fires_while_fire_is_held_a_cool_down_apart() -> None:
    assert fires(Trigger(GUN, 60), 100, 130) == [100, 113, 126]
    assert fires(Trigger(GUN, 60), 100, 115, 1000) == [100, 107, 114]


def test_a_press_that_was_released_again_is_a_shot_and_nothing_is_none() -> None:
    trigger = Trigger(GUN, 60)
    assert not trigger.pull(100, Input(), 0)
    assert trigger.pull(101, Input(edges=Button.FIRE), 0)


def test_when_the_server_fired_at_another_tick_the_next_shot_is_so_much_later() -> None:
    trigger = Trigger(GUN, 60)
    trigger.pull(100, HELD, 0)
    trigger.fired(102, 100, 0)
    assert fires(trigger, 103, 130) == [115, 128]


def test_when_the_server_fired_what_we_did_not_we_wait_for_that_as_well() -> None:
    trigger = Trigger(GUN, 60)
    trigger.fired(100, None, 0)
    assert fires(trigger, 101, 120) == [113]
