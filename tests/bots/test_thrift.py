"""A client that is late predicts fewer bodies, and takes them back slowly."""

from bots.prediction import BODIES_MAX
from bots.thrift import BACK_S, LATE_S, Thrift

LATE = 2 * LATE_S


def test_who_is_on_time_predicts_all_bodies() -> None:
    thrift = Thrift()
    for tick in range(600):
        thrift.note(LATE_S / 2, tick / 60)
    assert thrift.bodies_max == BODIES_MAX


def test_each_late_tick_halves_them_down_to_none() -> None:
    thrift, found = Thrift(), []
    for tick in range(5):
        thrift.note(LATE, tick / 60)
        found.append(thrift.bodies_max)
    assert found == [BODIES_MAX // 2, BODIES_MAX // 4, BODIES_MAX // 8, 0, 0]


def test_each_second_on_time_gives_one_back() -> None:
    thrift = Thrift()
    for _ in range(4):
        thrift.note(LATE, 0.0)
    for tick in range(1, round(3 * BACK_S * 60) + 1):
        thrift.note(0.0, tick / 60)
    assert thrift.bodies_max == 3
    thrift.note(LATE, 3.5)
    assert thrift.bodies_max == 1


def test_never_more_than_there_may_be() -> None:
    thrift = Thrift()
    for second in range(2 * BODIES_MAX):
        thrift.note(0.0, second * BACK_S)
    assert thrift.bodies_max == BODIES_MAX
