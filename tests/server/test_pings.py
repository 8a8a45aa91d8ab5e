"""Round trips are told of some players in turn."""

import pytest

from tests.instruments.stepper import Stepper


def test_pings_of_a_full_room_are_told_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.pings.PINGS_TOGETHER_MAX", 2)
    stepper = Stepper(seed=1)
    clients = [stepper.join(f"P{number}") for number in range(5)]
    stepper.step(4 * 120 + 2)
    told = [[player for player, _ in body["pings"]] for body in clients[0].events_named("pings")]
    assert told == [[1, 2], [3, 4], [5], [1, 2]]
