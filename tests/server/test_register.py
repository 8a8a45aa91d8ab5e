"""Bans and mutes survive being written down and read again, for as long as they have left, or not at all."""

import math

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.register import VERSION, Entry, Register, take_up, write_down
from server.restrictions import RESTRICTION_S_MAX, RESTRICTIONS_MAX, Restrictions
from server.sealed import Unusable, enclose

UNIX_S = 1_800_000_000.0


def tables() -> tuple[Restrictions, Restrictions]:
    bans, mutes = Restrictions(), Restrictions()
    bans.add("subject:eve", 600.0, "spam", now_s=50.0)
    bans.add("address:1.2.3.4", 60.0, "", now_s=50.0)
    mutes.add("subject:bob", 90.0, "loud", now_s=50.0)
    return bans, mutes


WHOLE = write_down(*tables(), now_s=50.0, now_unix_s=UNIX_S)


def listed(table: Restrictions, now_s: float) -> list[tuple[str, float, str]]:
    return [(key, held.until_s, held.reason) for key, held in table.all(now_s)]


def test_they_go_on_on_another_clock() -> None:
    bans, mutes = Restrictions(), Restrictions()
    take_up(WHOLE, bans, mutes, now_s=7.0, now_unix_s=UNIX_S)
    assert listed(bans, 7.0) == [("subject:eve", 607.0, "spam"), ("address:1.2.3.4", 67.0, "")]
    assert listed(mutes, 7.0) == [("subject:bob", 97.0, "loud")]


def test_time_passes_while_no_server_runs() -> None:
    bans, mutes = Restrictions(), Restrictions()
    take_up(WHOLE, bans, mutes, now_s=7.0, now_unix_s=UNIX_S + 90.0)
    assert listed(bans, 7.0) == [("subject:eve", 517.0, "spam")]
    assert len(mutes) == 0


def test_what_has_ended_is_not_written_down() -> None:
    bans, mutes = Restrictions(), Restrictions()
    take_up(write_down(*tables(), now_s=120.0, now_unix_s=UNIX_S), bans, mutes, 0.0, UNIX_S)
    assert (len(bans), len(mutes)) == (1, 1)


def test_a_clock_that_was_wrong_makes_no_ban_for_ever() -> None:
    bans, mutes = Restrictions(), Restrictions()
    take_up(WHOLE, bans, mutes, now_s=0.0, now_unix_s=0.0)
    assert [until_s for _, until_s, _ in listed(bans, 0.0)] == [RESTRICTION_S_MAX] * 2


def test_more_than_a_table_holds_is_refused() -> None:
    many = [Entry(str(n), UNIX_S, "") for n in range(RESTRICTIONS_MAX + 1)]
    bans, mutes = Restrictions(), Restrictions()
    with pytest.raises(Unusable, match="more than"):
        take_up(enclose(msgspec.msgpack.encode(Register([], many)), VERSION), bans, mutes, 0.0, 0.0)
    assert (len(bans), len(mutes)) == (0, 0)


@given(st.integers(0, len(WHOLE) * 8 - 1))
def test_every_bit_counts(bit: int) -> None:
    flipped = bytearray(WHOLE)
    flipped[bit // 8] ^= 1 << bit % 8
    with pytest.raises(Unusable, match=r"^it "):
        take_up(bytes(flipped), Restrictions(), Restrictions(), 0.0, 0.0)


@given(st.binary(max_size=200))
def test_strange_bytes_are_refused_whole_or_not(junk: bytes) -> None:
    for strange in (junk, enclose(junk, VERSION)):
        with pytest.raises(Unusable, match=r"^it "):
            take_up(strange, Restrictions(), Restrictions(), 0.0, 0.0)


@given(st.lists(st.tuples(st.text(max_size=20), st.floats(0.001, RESTRICTION_S_MAX)), unique_by=lambda it: it[0]))
def test_whatever_was_decided_comes_back(decided: list[tuple[str, float]]) -> None:
    bans, again = Restrictions(), Restrictions()
    for key, seconds in decided:
        bans.add(key, seconds, "why", now_s=1000.0)
    take_up(write_down(bans, Restrictions(), 1000.0, UNIX_S), again, Restrictions(), 1000.0, UNIX_S)
    back, held = {key: until_s for key, until_s, _ in listed(again, 1000.0)}, dict(decided)
    assert all(math.isclose(until_s, held[key] + 1000.0, abs_tol=1e-3) for key, until_s in back.items())
    assert back.keys() >= {key for key, seconds in decided if seconds > 1e-2}
