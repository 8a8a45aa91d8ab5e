"""How a process is, in the last five seconds."""

from server.cluster.checkup import WINDOW, Checkup
from server.seats import Doors
from server.stats import Buckets
from tests.instruments.stepper import Stepper

BOUNDS = (0.001, 0.01, float("inf"))


def test_it_counts_people_apart_from_bots_and_says_whether_newcomers_are_welcome() -> None:
    stepper = Stepper()
    stepper.join("Ann")
    stepper.join("Robot", bot=True)
    stepper.visit("Bob")
    stepper.connect()
    vitals = Checkup(stepper.lobby, lambda: Buckets(BOUNDS, (0, 0, 0))).vitals("https://a.example", 1.04, 0.0, 0.0)
    assert (vitals.rooms, vitals.people, vitals.visitors, vitals.players, vitals.bots) == (1, 2, 1, 2, 1)
    assert (vitals.url, vitals.is_open, vitals.lease_s) == ("https://a.example", True, 1.0)
    stepper.lobby.doors = Doors.RETURNING
    assert not Checkup(stepper.lobby, lambda: Buckets(BOUNDS, (0, 0, 0))).vitals("", None, 0.0, 0.0).is_open


def test_ticks_and_load_are_those_of_the_last_seconds() -> None:
    counts = [100.0, 100.0, 100.0]
    checkup = Checkup(Stepper().lobby, lambda: Buckets(BOUNDS, (counts[0], counts[1], counts[2])))
    first = checkup.vitals("", None, 10.0, 5.0)
    assert (first.tick_p99_ms, first.load, first.lease_s) == (None, 0.0, None)
    counts[:] = [100.0, 200.0, 200.0]
    slow = checkup.vitals("", None, 11.0, 5.5)
    assert slow.load == 0.5
    assert slow.tick_p99_ms is not None
    assert 9.0 < slow.tick_p99_ms < 10.0
    for second in range(12, 11 + WINDOW):
        checkup.vitals("", None, float(second), 5.5)
    later = checkup.vitals("", None, 11.0 + WINDOW, 5.5)
    assert (later.tick_p99_ms, later.load) == (None, 0.0)
