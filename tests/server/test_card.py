"""What holds for a room of which nothing else is said: it is the operator's, for everybody, and stays."""

from server.card import PERMANENT
from tests.instruments.stepper import Stepper


def test_a_room_that_the_operator_opens_stays_and_is_for_everybody() -> None:
    card = Stepper().room.card
    assert card is PERMANENT
    assert (card.is_permanent, card.is_private, card.matches_max) == (True, False, 0)
