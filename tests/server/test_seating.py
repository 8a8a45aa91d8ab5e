"""Who sits where: taken, kept, reserved, resumed, cleared. How it feels from outside is in `test_coming_back`."""

from protocol.errors import Code
from protocol.limits import SEAT_KEPT_S
from server.roles import GUEST
from server.seats import digest
from tests.instruments.stepper import Stepper


def test_a_token_opens_the_seat_that_it_was_given_for() -> None:
    stepper = Stepper()
    ann, bob = stepper.join("Ann"), stepper.join("Bob")
    seating = stepper.lobby.seating
    assert seating.kept(ann.welcome.resume, GUEST) is ann.session.seat
    assert seating.kept(bob.welcome.resume, GUEST) is bob.session.seat
    assert seating.kept("rubbish", GUEST) is None
    assert seating.kept(None, GUEST) is None
    assert set(seating.taken) == {digest(client.welcome.resume) for client in (ann, bob)}


def test_a_seat_is_overdue_after_its_time_and_given_up_once() -> None:
    stepper = Stepper()
    ann = stepper.join("Ann")
    stepper.drop(ann)
    seating = stepper.lobby.seating
    assert seating.overdue(SEAT_KEPT_S) == []
    [chore] = seating.overdue(SEAT_KEPT_S + 0.1)
    chore()
    assert not stepper.room.players
    assert not seating.all()
    assert not seating.overdue(1000.0)


def test_a_room_is_cleared_of_all_its_seats() -> None:
    stepper = Stepper()
    ann, eve = stepper.join("Ann"), stepper.join("Eve", role="spectator")
    stepper.drop(stepper.join("Bob"))
    assert {session.name for session in stepper.lobby.seating.clear(stepper.room)} == {"Ann", "Eve"}
    assert stepper.lobby.seats() == []
    assert ann.session.seat is not None
    assert eve.session.seat is not None


def test_whoever_is_expelled_has_no_seat_and_no_say() -> None:
    stepper = Stepper()
    ann = stepper.join("Ann")
    [seat] = stepper.lobby.seats()
    stepper.lobby.seating.expel(seat, Code.KICKED, "enough")
    assert ann.session.seat is None
    assert stepper.lobby.seats() == []
    assert not stepper.room.players
