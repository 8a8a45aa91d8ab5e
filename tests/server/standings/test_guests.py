"""A guest's cookie: made here, recognised here, and nobody else's will do."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.roles import GUEST, Identity, Role
from server.sealed import Unusable
from server.standings.guests import (
    CLOCK_S_MAX,
    COOKIE,
    GOOD_S,
    KEY_BYTES,
    KEY_S,
    KEYS_MAX,
    RENEWED_S,
    SAFE_COOKIE,
    Guests,
    SigningKey,
    account_of,
    cookie_name,
    read_keys,
    set_cookie,
    write_keys,
)

NOW_S = 1_795_000_000.0


def guests(seed: int = 1) -> Guests:
    made = Guests(Random(seed).randbytes)
    made.turn_over(NOW_S)
    return made


def header(value: str, is_secure: bool = False) -> str:
    return f"theme=dark; {cookie_name(is_secure)}={value}; other"


def test_a_browser_is_recognised() -> None:
    ours = guests()
    who = ours.make_id()
    found = ours.recognise(header(ours.cookie_of(who, NOW_S)), False, NOW_S + 60)
    assert found is not None
    assert (found.id, found.is_fresh) == (who, True)


def test_a_cookie_of_another_server_or_of_the_other_scheme_is_none() -> None:
    ours, theirs = guests(), guests(2)
    cookie = theirs.cookie_of(theirs.make_id(), NOW_S)
    assert ours.recognise(header(cookie), False, NOW_S) is None
    assert theirs.recognise(header(cookie), True, NOW_S) is None
    assert theirs.recognise("", False, NOW_S) is None


@given(st.data())
def test_no_other_cookie_will_do(data: st.DataObject) -> None:
    ours = guests()
    cookie = ours.cookie_of(ours.make_id(), NOW_S)
    at = data.draw(st.integers(0, len(cookie) - 1))
    other = data.draw(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters=cookie[at] + ";,"))
    forged = cookie[:at] + other + cookie[at + 1 :]
    assert ours.recognise(f"{COOKIE}={forged}", False, NOW_S) is None


@given(st.text(), st.booleans())
def test_whatever_the_header_it_is_read(cookies: str, is_secure: bool) -> None:
    assert guests().recognise(cookies, is_secure, NOW_S) is None
    assert guests().recognise(f"{cookie_name(is_secure)}={cookies}", is_secure, NOW_S) is None


def test_it_is_good_for_so_long() -> None:
    ours = guests()
    cookie = header(ours.cookie_of(ours.make_id(), NOW_S))
    assert ours.recognise(cookie, False, NOW_S + GOOD_S - 1) is not None
    assert ours.recognise(cookie, False, NOW_S + GOOD_S) is None


def test_when_the_clock_is_set_back_everybody_stays_who_they_are() -> None:
    ours = guests()
    who, back_s = ours.make_id(), NOW_S - 2 * GOOD_S
    cookie = header(ours.cookie_of(who, NOW_S))
    a_little = ours.recognise(cookie, False, NOW_S - CLOCK_S_MAX)
    assert a_little is not None
    assert a_little.is_fresh, "clocks are set by a little all the time"
    found = ours.recognise(cookie, False, back_s)
    assert found is not None
    assert (found.id, found.is_fresh) == (who, False), "it is given anew, with a date that is right"
    assert not ours.turn_over(NOW_S - CLOCK_S_MAX)
    assert ours.turn_over(back_s), "or the key would be in use until its time comes again"
    assert not ours.turn_over(back_s)
    again = ours.recognise(header(ours.cookie_of(who, back_s)), False, back_s)
    assert again is not None
    assert (again.id, again.is_fresh) == (who, True)
    assert ours.recognise(cookie, False, back_s) == found, "whose page was open meanwhile has the old one"


def test_after_a_month_it_is_to_be_renewed() -> None:
    ours = guests()
    found = ours.recognise(header(ours.cookie_of("a" * 22, NOW_S)), False, NOW_S + RENEWED_S)
    assert found is not None
    assert not found.is_fresh


def test_keys_turn_over_and_old_cookies_stay_good() -> None:
    ours, now_s = guests(), NOW_S
    cookie = header(ours.cookie_of("a" * 22, now_s))
    assert not ours.turn_over(now_s + KEY_S - 1)
    just_before = ours.cookie_of("b" * 22, now_s + KEY_S - 1)
    assert ours.turn_over(now_s + KEY_S)
    found = ours.recognise(cookie, False, now_s + KEY_S)
    assert found is not None
    assert (found.id, found.is_fresh) == ("a" * 22, False)
    young = ours.recognise(header(just_before), False, now_s + KEY_S)
    assert young is not None
    assert not young.is_fresh, "it is signed with a key of before"
    for _ in range(40):
        now_s += KEY_S
        ours.turn_over(now_s)
    assert len(ours.keys) <= KEYS_MAX
    assert ours.keys[-1].made_s > now_s - KEY_S - GOOD_S


def test_a_key_is_kept_for_as_long_as_any_cookie_that_it_has_signed() -> None:
    ours = guests()
    late_s = NOW_S + KEY_S - 1
    cookie = header(ours.cookie_of("a" * 22, late_s))
    now_s = NOW_S
    while now_s < late_s + GOOD_S - 1:
        now_s = min(now_s + KEY_S, late_s + GOOD_S - 1)
        ours.turn_over(now_s)
        assert ours.recognise(cookie, False, now_s) is not None


def test_keys_outlast_the_process() -> None:
    ours = guests()
    again = Guests(Random(9).randbytes, read_keys(write_keys(ours)))
    assert again.recognise(header(ours.cookie_of("a" * 22, NOW_S)), False, NOW_S) is not None
    assert not again.turn_over(NOW_S + 1)
    assert again.origin == ours.origin != guests(2).origin


@pytest.mark.parametrize("secrets", [[b"k" * KEY_BYTES, b"short"], [b"k" * KEY_BYTES] * (KEYS_MAX + 1)])
def test_keys_that_anybody_finds_or_too_many_are_refused(secrets: list[bytes]) -> None:
    ours = guests()
    ours.keys = [SigningKey(int(NOW_S), secret) for secret in secrets]
    with pytest.raises(Unusable, match="too short, or there are too many"):
        read_keys(write_keys(ours))


@given(st.binary(max_size=200))
def test_bytes_that_are_no_keys_are_refused(sealed: bytes) -> None:
    with pytest.raises(Unusable):
        read_keys(sealed)


@pytest.mark.parametrize("cut", range(0, 80, 7))
def test_cut_keys_are_refused(cut: int) -> None:
    with pytest.raises(Unusable):
        read_keys(write_keys(guests())[:cut])


def test_a_token_is_worth_more_than_a_cookie_and_neither_can_be_the_other() -> None:
    assert account_of(Identity("ann", Role.PLAYER), "x") == "subject:ann"
    assert account_of(Identity("guest:x", Role.PLAYER), "") != account_of(GUEST, "x")
    assert account_of(GUEST, "x") == "guest:x"
    assert account_of(GUEST, "") == ""


def test_no_script_and_no_other_site_gets_to_it() -> None:
    assert set_cookie("v", False) == f"{COOKIE}=v; Path=/; Max-Age={GOOD_S}; HttpOnly; SameSite=Lax"
    assert set_cookie("v", True) == f"{SAFE_COOKIE}=v; Path=/; Max-Age={GOOD_S}; HttpOnly; SameSite=Lax; Secure"
    assert "Max-Age=0" in set_cookie("", True)
