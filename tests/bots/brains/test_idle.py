"""The brain that does nothing."""

from random import Random

from bots.act import Act
from bots.brains.idle import Idle
from tests.bots.stage import common_room, published, view_of


def test_it_does_nothing_whatever_it_sees() -> None:
    assert Idle(common_room(), Random(1)).think(view_of((500, 500), published(2, 600, 500)), 103) == Act()
