"""The hall: who is told what is new, how often, and what a full socket misses."""

import pytest

from protocol.limits import LOBBY_EVERY_S, SUBPROTOCOL_JSON
from protocol.messages import Podium, Standing
from tests.instruments.stepper import Stepper
from tests.server.conversations import open_room


@pytest.fixture
def stepper() -> Stepper:
    return Stepper()


def test_nothing_new_is_not_told(stepper: Stepper) -> None:
    ann = stepper.visit()
    for second in range(1, 10):
        stepper.lobby.sweep(float(second))
    ann.read()
    assert len(ann.news) == 1


def test_what_has_changed_is_told_once_a_second_at_most(stepper: Stepper) -> None:
    ann, cat = stepper.visit("Ann"), stepper.visit("Cat", SUBPROTOCOL_JSON)
    stepper.lobby.sweep(LOBBY_EVERY_S)
    told = len(ann.news)
    for half in range(8):
        stepper.join(f"Bob{half}")
        stepper.lobby.sweep(LOBBY_EVERY_S + half / 2)
    ann.read()
    cat.read()
    assert len(ann.news) - told in (3, 4)
    assert [room.players for room in ann.news[-1].rooms] == [room.players for room in cat.news[-1].rooms]
    stepper.lobby.sweep(10.0)
    ann.read()
    assert [room.players for room in ann.news[-1].rooms] == [8]
    assert ann.news[-1].people == 10


def test_a_full_socket_is_told_what_is_new_when_it_drains(stepper: Stepper) -> None:
    ann = stepper.visit()
    ann.link.block()
    open_room(stepper, "side")
    stepper.lobby.sweep(1.0)
    open_room(stepper, "far")
    stepper.lobby.sweep(2.0)
    ann.link.unblock()
    stepper.lobby.sweep(3.0)
    ann.read()
    assert len(ann.news) == 2
    assert [room.name for room in ann.news[-1].rooms] == ["main", "side", "far"]


def test_a_podium_waits_for_a_full_socket_and_is_told_once(stepper: Stepper) -> None:
    ann = stepper.visit()
    podium = Podium("main", "melee", [Standing("Ann", 0, 3)])
    ann.link.block()
    stepper.lobby.hall.come(ann.session, 1.0, podium, "it is over")
    ann.link.unblock()
    stepper.lobby.sweep(2.0)
    open_room(stepper, "side")
    stepper.lobby.sweep(4.0)
    ann.read()
    assert [(news.podium, news.reason) for news in ann.news[1:]] == [(podium, "it is over"), (None, "")]


def test_whoever_is_gone_is_told_nothing(stepper: Stepper) -> None:
    ann = stepper.visit()
    stepper.drop(ann)
    open_room(stepper, "side")
    stepper.lobby.sweep(1.0)
    assert len(stepper.lobby.hall) == 0
    assert ann.link.sent == []
