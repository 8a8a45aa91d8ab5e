"""Where somebody connects to next, answer by answer."""

from random import Random

import pytest

from bots.address import Address, parse_address
from bots.backoff import DELAY_S_MIN, SEATED_DELAY_S_MAX, Backoff
from bots.itinerary import CONNECT_S_MAX, PATIENCE_S, RETURNING_S, Itinerary
from protocol.errors import Code
from protocol.limits import HOMES_MAX, SEAT_KEPT_S
from protocol.messages import Moved

HOME, THERE, ELSEWHERE = (parse_address(f"http://{name}.example") for name in "abc")
BROKEN = 1006


def moved(name: str, scheme: str = "http") -> Moved:
    return Moved(f"{scheme}://{name}.example/", "pit", "seat", "player")


class Traveller:
    """Somebody who came in at home, and was let in at b, where their seat is."""

    def __init__(self, home: Address = HOME, seed: int = 1) -> None:
        self.itinerary = Itinerary(home)
        self._rng = Random(seed)
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


def test_whoever_has_a_seat_is_back_soon_and_whoever_has_none_takes_their_time() -> None:
    for has_seat in (True, False):
        traveller = Traveller()
        traveller.end(was_in=True, has_seat=has_seat)
        pauses_s = []
        for now_s in range(0, int(SEAT_KEPT_S), 3):
            traveller.end(now_s=now_s, has_seat=has_seat)
            pauses_s.append(traveller.pause_s)
        assert (max(pauses_s) <= 1.5 * SEATED_DELAY_S_MAX) == has_seat
        traveller.end(now_s=SEAT_KEPT_S + 1, has_seat=has_seat)
        assert traveller.pause_s > 1.5 * SEATED_DELAY_S_MAX


def test_a_crowd_is_a_crowd_whoever_has_a_seat() -> None:
    traveller = Traveller()
    traveller.end(was_in=True)
    for _ in range(6):
        traveller.end(503, now_s=1.0)
    assert traveller.pause_s > 1.5 * SEATED_DELAY_S_MAX


def test_a_server_that_says_that_the_room_returns_is_no_failure() -> None:
    traveller = Traveller()
    traveller.end(was_in=True)
    for _ in range(5):
        traveller.end()
    traveller.end(Code.ROOM_RETURNING)
    traveller.end()
    assert traveller.pause_s <= 1.5 * DELAY_S_MIN


def test_a_home_that_doesnt_answer_hands_over_to_the_next() -> None:
    traveller = Traveller()
    traveller.itinerary.learn(["http://b.example", "http://c.example/"])
    assert traveller.end(was_in=True) == HOME, "it may have been the network"
    assert [traveller.end(has_seat=False) for _ in range(3)] in ([THERE, ELSEWHERE, HOME], [ELSEWHERE, THERE, HOME])


def test_a_home_that_answers_stays_home() -> None:
    traveller = Traveller()
    traveller.itinerary.learn(["http://b.example"])
    traveller.end(was_in=True)
    assert traveller.end() == THERE
    for now_s in range(0, 100, 2):
        assert traveller.end(Code.ROOM_RETURNING, now_s=now_s) == THERE
    assert traveller.end(Code.MOVED, moved("c"), now_s=101) == ELSEWHERE
    assert traveller.end(was_in=True, now_s=110) == ELSEWHERE
    assert traveller.end(now_s=111) == THERE
    assert traveller.end(now_s=112) == HOME, "for the other is silent now"
    assert traveller.end(now_s=113) == ELSEWHERE


def test_a_home_that_knows_of_no_such_room_has_answered() -> None:
    traveller = Traveller()
    traveller.itinerary.learn(["http://b.example"])
    traveller.end(was_in=True)
    assert traveller.end(Code.ROOM_NOT_FOUND) == HOME


def test_the_servers_of_a_fleet_take_turns_with_the_one_that_has_the_seat() -> None:
    traveller = Traveller().settle_there()
    traveller.itinerary.learn(["http://c.example"])
    assert traveller.end(was_in=True) == THERE
    assert [traveller.end() for _ in range(6)] == 2 * [HOME, ELSEWHERE, THERE]


def test_those_of_a_lost_server_dont_all_go_to_the_same() -> None:
    firsts = set()
    for seed in range(20):
        traveller = Traveller(seed=seed)
        traveller.itinerary.learn([f"http://{name}.example" for name in "bcd"])
        traveller.end(was_in=True)
        firsts.add(traveller.end(has_seat=False))
    assert len(firsts) == 3


def test_only_so_many_homes_are_kept_and_none_that_isnt_trusted() -> None:
    traveller = Traveller(parse_address("https://a.example"))
    told = ["http://clear.example", "nonsense", *(f"https://{n}.example" for n in range(100))]
    traveller.itinerary.learn(told)
    traveller.end(was_in=True)
    tried = {traveller.end(has_seat=False) for _ in range(300)}
    assert len(tried) == HOMES_MAX + 1
    assert all(address.is_tls for address in tried)


def test_a_server_is_waited_for_less_long_while_there_is_another_to_try() -> None:
    traveller = Traveller()
    assert traveller.itinerary.patience_s == CONNECT_S_MAX
    traveller.itinerary.learn(["http://b.example"])
    traveller.end(was_in=True)
    waits_s = []
    for _ in range(4):
        waits_s.append(traveller.itinerary.patience_s)
        traveller.end()
    assert waits_s == [PATIENCE_S, 2 * PATIENCE_S, CONNECT_S_MAX, CONNECT_S_MAX], "where all are slow, nobody hurries"


@pytest.mark.parametrize("away", [moved("b"), Moved("nonsense", "pit", "", "player")])
def test_nobody_follows_into_clear_text_or_nowhere(away: Moved) -> None:
    home = parse_address("https://a.example")
    traveller = Traveller(home)
    assert traveller.end(Code.MOVED, away, has_seat=False) == home
    assert traveller.itinerary.led is None
