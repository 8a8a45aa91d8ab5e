"""A lobby that is alone leads nobody anywhere, and refuses nobody for a seat that is kept."""

from protocol.messages import Enter, RoomInfo
from server.elsewhere import Elsewhere
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
