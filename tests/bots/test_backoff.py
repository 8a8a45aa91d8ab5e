"""Coming back: when, and after what."""

from random import Random

import pytest

from bots.backoff import DELAY_S_MAX, DELAY_S_MIN, RETURN_AFTER, SEATED_DELAY_S_MAX, Backoff
from protocol.errors import Code


def test_delays_grow_to_ten_seconds_and_are_jittered_by_half() -> None:
    for seed in range(50):
        backoff = Backoff(Random(seed))
        plain_s = DELAY_S_MIN
        for _ in range(10):
            assert 0.5 * plain_s <= backoff.next_s() <= 1.5 * plain_s
            plain_s = min(DELAY_S_MAX, plain_s * 2)


def test_whose_seat_is_kept_comes_back_within_two_seconds_or_so() -> None:
    for seed in range(50):
        backoff = Backoff(Random(seed))
        for plain_s in (DELAY_S_MIN, 1.0, SEATED_DELAY_S_MAX, SEATED_DELAY_S_MAX, SEATED_DELAY_S_MAX):
            assert 0.5 * plain_s <= backoff.next_s(has_seat=True) <= 1.5 * plain_s
        assert 0.5 * DELAY_S_MAX <= backoff.next_s() <= 1.5 * DELAY_S_MAX, (
            "and once it is kept no longer, goes on as if it never had been"
        )


def test_two_clients_that_fell_together_dont_return_together() -> None:
    assert Backoff(Random(1)).next_s() != Backoff(Random(2)).next_s()


def test_success_begins_anew() -> None:
    backoff = Backoff(Random(1))
    for _ in range(6):
        backoff.next_s()
    backoff.succeeded()
    assert backoff.next_s() <= 1.5 * DELAY_S_MIN


@pytest.mark.parametrize(
    "code",
    [
        *(1006, 1014, 429, 502, 503, 504),
        *(Code.HELLO_TIMEOUT, Code.TOO_SLOW, Code.SERVER_STOPPING, Code.SERVER_FAULT, Code.SILENT),
    ],
)
def test_what_was_not_our_fault_is_returned_from(code: int) -> None:
    assert code in RETURN_AFTER


@pytest.mark.parametrize("code", [1000, 400, Code.WRONG_VERSION, Code.INVALID_NAME, Code.ROOM_FULL, Code.REPLACED])
def test_what_would_fail_again_is_not(code: int) -> None:
    assert code not in RETURN_AFTER
