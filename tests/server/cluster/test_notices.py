"""What is said of a room elsewhere is what is said of it here."""

from server.card import Card
from server.cluster.notices import described, listed_as, notice_of
from server.cluster.records import Entry, Process
from server.rooms import described as described_here
from server.rooms import info_of
from tests.instruments.stepper import Stepper


def test_a_room_is_listed_elsewhere_as_it_is_here() -> None:
    stepper = Stepper()
    stepper.join("Ann")
    stepper.join("Bot", bot=True)
    notice = notice_of(stepper.room)
    assert listed_as(notice) == info_of(stepper.room)
    assert (notice.private, notice.permanent) == (False, True)
    told = described(Entry(notice, 1, 2, Process("https://a.example"), 0, 0))
    assert told.pop("url") == "https://a.example"
    [here] = described_here([stepper.room])
    assert told == {key: here[key] for key in told}


def test_a_private_room_of_somebodys_says_so() -> None:
    stepper = Stepper()
    stepper.room.card = Card(title="Ours", is_private=True, is_permanent=False)
    notice = notice_of(stepper.room)
    assert (notice.title, notice.private, notice.permanent) == ("Ours", True, False)
