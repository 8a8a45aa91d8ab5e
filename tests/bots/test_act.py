"""The stick: acts to inputs, and no press is lost."""

from math import pi

from bots.act import Act, Stick
from protocol.motion import Button, Input


def test_an_act_becomes_wire_integers() -> None:
    stick = Stick()
    stick.hold(Act((1.0, -0.5), pi / 2, fire=True))
    assert stick.sample() == Input(127, -63, 1024, Button.FIRE, Button.FIRE)
    stick.hold(Act(pulse=True))
    assert stick.sample() == Input(0, 0, 0, Button.PULSE, Button.PULSE)


def test_a_press_is_an_edge_once_and_a_button_as_long_as_it_is_held() -> None:
    stick = Stick()
    stick.hold(Act(fire=True, boost=True))
    both = Button.FIRE | Button.BOOST
    assert [(now.buttons, now.edges) for now in (stick.sample(), stick.sample())] == [(both, both), (both, 0)]


def test_a_press_that_is_released_before_the_tick_is_still_a_press() -> None:
    stick = Stick()
    stick.hold(Act(boost=True))
    stick.hold(Act())
    now = stick.sample()
    assert (now.buttons, now.edges) == (0, Button.BOOST)
    assert now.wants(Button.BOOST)
    assert stick.sample().edges == 0


def test_a_stick_beyond_its_range_is_pulled_in() -> None:
    stick = Stick()
    stick.hold(Act((3.0, -9.0)))
    assert (stick.sample().move_x, stick.sample().move_y) == (127, -127)
