"""What is told of a gun is what the server's guns do: shots fired and flown by the page's words alone."""

from math import hypot

from protocol.arena import Arena, Place, Size
from protocol.messages import Inputs
from protocol.motion import Button, Input
from protocol.ticks import Rates
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
