"""Which brain suits: a team's on a pitch, a hunter's where there are guns, else any that flies."""

from bots.brains.auto import suitable
from bots.brains.hunter import Hunter
from bots.brains.teammate import Teammate
from bots.brains.wander import Wander
from tests.bots.brains.footballers import rng, room
from tests.bots.stage import common_room


def test_it_is_told_by_what_there_is_in_the_game() -> None:
    assert isinstance(suitable(room(), rng()), Teammate)
    assert isinstance(suitable(common_room(), rng()), Hunter)
    peaceful = common_room()
    peaceful.kinds = peaceful.kinds[:1]
    assert isinstance(suitable(peaceful, rng()), Wander)
    bare = room()
    bare.arena = common_room().arena
    assert isinstance(suitable(bare, rng()), Hunter)
