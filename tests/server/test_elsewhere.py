"""A lobby that is alone leads nobody anywhere, and refuses nobody for a seat that is kept."""

from protocol.messages import Enter, Hello, RoomInfo
from server.elsewhere import Elsewhere
from server.room import Room
from server.session import Session, State
from tests.instruments.stepper import Stepper


def test_there_is_nothing_but_here() -> None:
    stepper = Stepper()
    client = stepper.join()
    alone = Elsewhere()
    assert not alone.leads(client.session, Enter("elsewhere"), None)
    alone.admit(stepper.room, "player", "seat")
    here = [RoomInfo("a", "A", "melee", "belt", 0, 0, 0, 8)]
    assert alone.listed(here) == here
    assert alone.described() == []


class Leading(Elsewhere):
    """Whoever says hello to any other room is led to it."""

    def leads(self, session: Session, message: Hello | Enter, near: Room | None) -> bool:
        return near is None


def test_chat_does_not_know_who_is_being_led() -> None:
    stepper = Stepper()
    ann = stepper.join("Ann")
    stepper.lobby.elsewhere = Leading()
    bob = stepper.join("Bob", room="there")
    assert bob.session.state is State.WAITING
    assert stepper.lobby.talk.people() == [ann.session]


def test_who_was_led_here_knows_the_lobby() -> None:
    stepper = Stepper()
    led, old = stepper.join("Ann", seat="signed"), stepper.join("Bob")
    stepper.lobby.close_room("main", 0.0)
    assert led.session.state is State.BROWSING
    assert old.session.state is State.ENDED
