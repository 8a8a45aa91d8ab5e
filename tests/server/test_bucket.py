"""Tokens: as many at once as the burst, then at the rate."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from server.bucket import Bucket, take_many, take_one


def test_a_burst_then_the_rate() -> None:
    bucket = Bucket.full(rate=2.0, burst=3.0, now_s=10.0)
    assert [bucket.take(10.0) for _ in range(4)] == [True, True, True, False]
    assert not bucket.take(10.4)
    assert bucket.take(10.5)
    assert not bucket.take(10.6)


def test_it_never_holds_more_than_the_burst() -> None:
    bucket = Bucket.full(rate=2.0, burst=3.0, now_s=0.0)
    assert sum(bucket.take(1000.0) for _ in range(10)) == 3


def test_a_clock_that_goes_back_gives_nothing() -> None:
    bucket = Bucket.full(rate=1.0, burst=1.0, now_s=10.0)
    assert bucket.take(10.0)
    assert not bucket.take(5.0)
    assert not bucket.take(5.5)


@given(st.lists(st.floats(0.0, 3.0), max_size=60), st.floats(0.1, 10.0), st.integers(1, 10))
def test_never_more_than_burst_plus_rate_times_time(pauses: list[float], rate: float, burst: int) -> None:
    bucket, now_s, taken = Bucket.full(rate, burst, 0.0), 0.0, 0
    for pause_s in pauses:
        now_s += pause_s
        taken += bucket.take(now_s)
        assert taken <= burst + rate * now_s + 1e-6


@given(
    st.lists(st.tuples(st.floats(0.0, 9.0), st.floats(0.0, 9.0)), min_size=1), st.floats(0.1, 9.0), st.floats(1.0, 9.0)
)
def test_from_many_it_is_as_from_each(moments: list[tuple[float, float]], rate: float, burst: float) -> None:
    is_fine, backs_s = take_many(np.array(moments)[:, 0], np.array(moments)[:, 1], rate, burst)
    for (back_s, now_s), fine, after_s in zip(moments, is_fine.tolist(), backs_s.tolist(), strict=True):
        bucket = Bucket.full(rate, burst, back_s)
        assert take_one(back_s, now_s, rate, burst) == (fine, after_s)
        assert bucket.take(now_s) == fine
        assert not fine or bucket.back_s == after_s
