"""What is foreseen is held against what comes; test_prediction and test_own_shots hold what it is made of."""

from bots.foresight import foresight_of
from protocol.motion import Input
from protocol.snapshot import Own, Snapshot
from tests.bots.stage import common_room, view_of, welcome


def test_a_ship_is_foreseen_and_corrected() -> None:
    view = view_of((300.0, 300.0))
    foresight = foresight_of(welcome(), common_room(), view, foresees_shots=True)
    assert foresight.shots is None, "the game says nothing of its guns"
    told = Snapshot(100, 99, None, Own(1, 300.0, 300.0, 0.0, 0.0, 0), None, [], None, [])
    foresight.reconcile(told)
    for tick in (101, 102):
        foresight.step(tick, Input(127))
    assert foresight.prediction.state is not None
    assert foresight.prediction.state.x > 300.0
    told.tick, told.ack, told.own = 102, 102, Own(1, 310.0, 300.0, 0.0, 0.0, 0)
    reconciled = foresight.reconcile(told)
    assert reconciled.error_units is not None
    assert reconciled.error_units > 5.0


def test_late_ticks_foresee_fewer_bodies() -> None:
    foresight = foresight_of(welcome(), common_room(), view_of((300.0, 300.0)), foresees_shots=False)
    before = foresight._thrift.bodies_max
    foresight.note(1.0, 10.0)
    assert foresight._thrift.bodies_max < before
