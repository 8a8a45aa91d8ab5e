"""Where somebody connects to next, answer by answer."""

from random import Random

import pytest

from bots.address import Address, parse_address
from bots.backoff import Backoff
from bots.itinerary import RETURNING_S, Itinerary
from protocol.errors import Code
from protocol.limits import SEAT_KEPT_S
from protocol.messages import Moved

HOME, THERE, ELSEWHERE = (parse_address(f"http://{name}.example") for name in "abc")
BROKEN = 1006


def moved(name: str, scheme: str = "http") -> Moved:
    return Moved(f"{scheme}://{name}.example/", "pit", "seat", "player")


class Traveller:
    """Somebody who came in at home, and was let in at b, where their seat is."""

    def __init__(self, home: Address = HOME) -> None:
        self.itinerary = Itinerary(home)
        self._rng = Random(1)
        self._backoff = Backoff(self._rng)

    def end(
        self,
        code: int = BROKEN,
        led: Moved | None = None,
        now_s: float = 0.0,
        was_in: bool = False,
        has_seat: bool = True,
    ) -> Address:
        self.pause_s = self.itinerary.ended(
            code, led, now_s, self._backoff, self._rng, was_in=was_in, has_seat=has_seat
        )
        return self.itinerary.address

    def settle_there(self) -> "Traveller":
        assert self.end(Code.MOVED, moved("b"), has_seat=False) == THERE
        assert self.pause_s == 0.0
        return self


def test_after_a_loss_the_server_that_has_the_seat_and_home_take_turns() -> None:
    traveller = Traveller().settle_there()
    assert traveller.end(was_in=True) == THERE
    assert [traveller.end() for _ in range(4)] == [HOME, THERE, HOME, THERE]
    assert traveller.end(now_s=SEAT_KEPT_S + 1) == HOME
    assert traveller.end(now_s=SEAT_KEPT_S + 2) == HOME


def test_without_a_seat_there_is_only_home() -> None:
    traveller = Traveller().settle_there()
    assert traveller.end(has_seat=False) == HOME
    assert traveller.end(has_seat=False) == HOME


def test_whom_home_leads_to_a_server_that_is_gone_asks_at_home_again_after_a_pause() -> None:
    traveller = Traveller().settle_there()
    traveller.end(was_in=True)
    traveller.end()
    for _ in range(4):
        assert traveller.end(Code.MOVED, moved("b")) == THERE
        assert traveller.pause_s == 0.0
        assert traveller.end() == HOME
        assert traveller.pause_s > 0.0


def test_while_the_room_is_expected_home_is_asked_every_two_seconds_or_so_and_then_leads_on() -> None:
    traveller = Traveller().settle_there()
    traveller.end(was_in=True)
    for now_s in range(0, 100, 2):
        assert traveller.end(Code.ROOM_RETURNING, now_s=now_s) == HOME
        assert 0.5 * RETURNING_S <= traveller.pause_s <= 1.5 * RETURNING_S
    assert traveller.end(Code.MOVED, moved("c"), now_s=101) == ELSEWHERE
    assert traveller.itinerary.led == moved("c")
    assert traveller.end(now_s=102) == HOME, "and not where the room was"


def test_who_had_to_leave_because_the_room_was_lost_goes_home() -> None:
    traveller = Traveller().settle_there()
    assert traveller.end(Code.ROOM_RETURNING, was_in=True) == HOME


@pytest.mark.parametrize("away", [moved("b"), Moved("nonsense", "pit", "", "player")])
def test_nobody_follows_into_clear_text_or_nowhere(away: Moved) -> None:
    home = parse_address("https://a.example")
    traveller = Traveller(home)
    assert traveller.end(Code.MOVED, away, has_seat=False) == home
    assert traveller.itinerary.led is None
