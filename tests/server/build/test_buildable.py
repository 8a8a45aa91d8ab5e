"""Which games can be built in."""

from server.build.buildable import Buildable
from server.games import GAMES
from tests.instruments.stepper import Stepper


def test_the_room_of_build_has_a_desk_and_others_have_none() -> None:
    assert isinstance(Stepper(game=GAMES["build"]).room.game, Buildable)
    assert not isinstance(Stepper(game=GAMES["melee"]).room.game, Buildable)
