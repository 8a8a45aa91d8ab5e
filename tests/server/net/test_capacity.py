"""Who is let in as far as numbers go: limits in all and for each address, and nothing that grows with who knocks."""

from contextlib import ExitStack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.net.capacity import UNINVITED_MAX, Capacity, Standing, customer_of

ANN, BOB = "203.0.113.5", "203.0.113.6"


def test_an_address_may_have_so_many_and_others_are_not_affected() -> None:
    capacity = Capacity(100, 2)
    with ExitStack() as here:
        standings = [here.enter_context(capacity.entered(host)) for host in (ANN, ANN, ANN, BOB)]
        assert standings == [Standing.WELCOME, Standing.WELCOME, Standing.ADDRESS_FULL, Standing.WELCOME]
    with capacity.entered(ANN) as standing:
        assert standing is Standing.WELCOME


def test_those_who_only_hear_that_it_is_full_fill_nothing() -> None:
    capacity = Capacity(1, 0)
    with ExitStack() as here:
        with capacity.entered(ANN):
            assert here.enter_context(capacity.entered(BOB)) is Standing.SERVER_FULL
        assert here.enter_context(capacity.entered(BOB)) is Standing.WELCOME


def test_a_crowd_is_heard_out_only_up_to_a_number() -> None:
    capacity = Capacity(1, 0)
    with ExitStack() as here:
        standings = [here.enter_context(capacity.entered(ANN)) for _ in range(UNINVITED_MAX + 3)]
    assert standings[1 : UNINVITED_MAX + 1] == [Standing.SERVER_FULL] * UNINVITED_MAX
    assert standings[UNINVITED_MAX + 1 :] == [Standing.CROWD] * 2
    assert capacity.invited == capacity.uninvited == 0


def test_no_limit_for_an_address() -> None:
    capacity = Capacity(100, 0)
    with ExitStack() as here:
        assert {here.enter_context(capacity.entered(ANN)) for _ in range(100)} == {Standing.WELCOME}
        assert capacity.customers == 0
    assert capacity.customers == 0


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1", "gone", ""])
def test_this_machine_is_not_counted(host: str) -> None:
    assert not customer_of(host)


@pytest.mark.parametrize(
    ("one", "other", "are_one"),
    [
        ("2001:db8:1:2::5", "2001:db8:1:2:ffff::1", True),
        ("2001:db8:1:2::5", "2001:db8:1:3::5", False),
        ("::ffff:203.0.113.5", ANN, True),
        ("fe80::1%eth0", "fe80::2%eth0", True),
        (ANN, BOB, False),
    ],
)
def test_who_is_one_customer(one: str, other: str, are_one: bool) -> None:
    assert (customer_of(one) == customer_of(other)) is are_one


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5)), max_size=60))
def test_the_limits_hold_however_they_come_and_go(steps: list[tuple[bool, int]]) -> None:
    capacity = Capacity(6, 2)
    here: list[tuple[str, ExitStack, Standing]] = []
    for comes, number in steps:
        if comes:
            host, stack = f"203.0.113.{number}", ExitStack()
            here.append((host, stack, stack.enter_context(capacity.entered(host))))
        elif here:
            here.pop(number % len(here))[1].close()
        inside = [host for host, _, standing in here if standing is Standing.WELCOME]
        assert capacity.invited == len(inside) <= 6
        assert capacity.uninvited == len(here) - len(inside)
        assert capacity.customers == len(set(inside))
        assert all(inside.count(host) <= 2 for host in inside)
    for _, stack, _ in here:
        stack.close()
    assert capacity.invited == capacity.uninvited == capacity.customers == 0
