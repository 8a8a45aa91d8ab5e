"""A spectator says where it looks, says so again after a welcome, and roves if it is to."""

from itertools import pairwise
from random import Random

import pytest

from bots.gaze import ROVE_S, Gaze
from protocol.messages import Watch


def test_what_was_said_last_is_said_again_until_one_goes_elsewhere() -> None:
    gaze = Gaze()
    assert gaze.again() is None
    assert gaze.follow(3) == Watch(3)
    assert gaze.look_at(10.4, 2000.6) == gaze.again() == Watch(0, 10, 2001)
    gaze.forget()
    assert gaze.again() is None


@pytest.mark.parametrize("player", [0, -1])
def test_nobody_is_no_player(player: int) -> None:
    with pytest.raises(ValueError, match="no player"):
        Gaze().follow(player)


@pytest.mark.parametrize("place", [(-1.0, 5.0), (5.0, float("nan"))])
def test_what_is_no_place_is_refused(place: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="no place"):
        Gaze().look_at(*place)


def test_beyond_the_largest_arena_is_its_border() -> None:
    assert Gaze().look_at(1e9, 5.4) == Watch(0, 16384, 5)


def test_one_who_roves_looks_along_with_somebody_else_now_and_then() -> None:
    gaze, seen = Gaze(Random(1)), []
    for second in range(20):
        if (watch := gaze.rove((1, 2, 3), float(second))) is not None:
            seen.append((second, watch.player))
    assert [second for second, _ in seen] == list(range(0, 20, int(ROVE_S)))
    assert all(one != other for (_, one), (_, other) in pairwise(seen))
    assert Gaze(Random(1)).rove((), 0.0) is None
    assert Gaze().rove((1, 2), 0.0) is None
