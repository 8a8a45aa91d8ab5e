"""A client whose foresight takes too long predicts fewer bodies, and takes them back slowly."""

from bots.prediction import BODIES_MAX
from bots.thrift import BACK_S, IN_A_ROW, SPENT_S_MAX, Thrift

LONG = 2 * SPENT_S_MAX


def too_long(thrift: Thrift, now_s: float) -> int:
    """Often enough to matter."""
    for _ in range(IN_A_ROW):
        thrift.note(LONG, now_s)
    return thrift.bodies_max


def test_who_has_the_time_predicts_all_bodies() -> None:
    thrift = Thrift()
    for snapshot in range(300):
        thrift.note(SPENT_S_MAX, snapshot / 30)
    assert thrift.bodies_max == BODIES_MAX


def test_now_and_then_is_not_too_long() -> None:
    thrift = Thrift()
    for snapshot in range(300):
        thrift.note(0.0 if snapshot % IN_A_ROW == 0 else LONG, snapshot / 30)
    assert thrift.bodies_max == BODIES_MAX


def test_each_time_too_often_halves_them_down_to_none() -> None:
    thrift = Thrift()
    found = [too_long(thrift, time / 10) for time in range(5)]
    assert found == [BODIES_MAX // 2, BODIES_MAX // 4, BODIES_MAX // 8, 0, 0]


def test_each_second_without_gives_one_back() -> None:
    thrift = Thrift()
    for _ in range(4):
        too_long(thrift, 0.0)
    for snapshot in range(1, round(3 * BACK_S * 30) + 1):
        thrift.note(0.0, snapshot / 30)
    assert thrift.bodies_max == 3
    assert too_long(thrift, 3.5) == 1


def test_never_more_than_there_may_be() -> None:
    thrift = Thrift()
    for second in range(2 * BODIES_MAX):
        thrift.note(0.0, second * BACK_S)
    assert thrift.bodies_max == BODIES_MAX
