"""Bans and mutes: whom they concern, until when, and how many there can be."""

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.restrictions import RESTRICTIONS_MAX, Restriction, Restrictions, TableFull, address_key, is_address, key_of
from server.roles import GUEST, Identity, Role


def test_it_holds_until_its_end() -> None:
    table = Restrictions()
    table.add("subject:eve", 60.0, "spam", now_s=10.0)
    assert table.find("subject:eve", 69.9) == Restriction(70.0, "spam")
    assert table.find("subject:eve", 70.0) is None
    assert table.find("subject:ann", 10.0) is None


def test_a_new_end_replaces_the_old_one() -> None:
    table = Restrictions()
    table.add("k", 60.0, "", now_s=0.0)
    table.add("k", 5.0, "", now_s=0.0)
    assert table.find("k", 6.0) is None


def test_it_can_be_lifted_once() -> None:
    table = Restrictions()
    table.add("k", 60.0, "", now_s=0.0)
    assert [table.lift("k"), table.lift("k")] == [True, False]
    assert table.find("k", 1.0) is None


def test_the_table_is_bounded_and_its_past_makes_room() -> None:
    table = Restrictions()
    for n in range(RESTRICTIONS_MAX):
        table.add(str(n), 1.0 if n == 0 else 100.0, "", now_s=0.0)
    with pytest.raises(TableFull):
        table.add("one more", 100.0, "", now_s=0.5)
    table.add("5", 100.0, "again", now_s=0.5)
    table.add("one more", 100.0, "", now_s=2.0)
    assert len(table) == RESTRICTIONS_MAX
    assert table.find("one more", 3.0)


def test_what_has_ended_is_listed_no_more() -> None:
    table = Restrictions()
    table.add("a", 1.0, "", now_s=0.0)
    table.add("b", 9.0, "", now_s=0.0)
    assert [key for key, _ in table.all(5.0)] == ["b"]
    assert len(table) == 1


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("1.2.3.4:5678", "address:1.2.3.4"),
        ("1.2.3.4", "address:1.2.3.4"),
        ("[2001:db8:1:2:3::4]:443", "address:2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "address:2001:db8:1:2::/64"),
        ("[::ffff:1.2.3.4]:80", "address:1.2.3.4"),
        ("[fe80::1%eth0]:80", "address:fe80::/64"),
        ("memory", "address:memory"),
        ("gone", "address:gone"),
    ],
)
def test_an_address_is_known_by_its_network(address: str, key: str) -> None:
    assert address_key(address) == key


@given(st.ip_addresses(), st.booleans())
def test_each_address_is_one_and_so_is_what_it_is_known_by(ip: IPv4Address | IPv6Address, has_port: bool) -> None:
    alone = f"[{ip}]" if has_port and ip.version == 6 else str(ip)
    address = f"{alone}:8000" if has_port else alone
    assert is_address(address)
    assert is_address(address_key(address).removeprefix("address:"))


@pytest.mark.parametrize(
    "address",
    ["", "memory", "eve", "1.2.3.400", "1.2.3", "1.2.3.0/24", "2001:db8::/48", "2001:db8::1/64", "example.org:80"],
)
def test_what_is_no_address(address: str) -> None:
    assert not is_address(address)


@given(st.text(max_size=50))
def test_any_address_has_a_key(address: str) -> None:
    assert address_key(address).startswith("address:")


def test_a_subject_is_known_wherever_it_comes_from() -> None:
    ann = Identity("ann", Role.PLAYER)
    assert key_of(ann, "1.2.3.4:1") == key_of(ann, "5.6.7.8:2") == "subject:ann"
    assert key_of(GUEST, "1.2.3.4:1") == key_of(GUEST, "1.2.3.4:2") == "address:1.2.3.4"


def test_what_is_decided_here_is_told_and_what_is_adopted_is_not() -> None:
    table, told = Restrictions(entries_max=2), list[tuple[str, Restriction | None]]()
    table.on_decision = lambda key, decided: told.append((key, decided))
    table.adopt("a", Restriction(60.0, ""), 0.0)
    table.adopt("b", Restriction(60.0, ""), 0.0)
    with pytest.raises(TableFull):
        table.adopt("c", Restriction(60.0, ""), 0.0)
    table.adopt("b", None, 0.0)
    table.adopt("b", None, 0.0)
    assert [key for key, _ in table.all(0.0)] == ["a"]
    table.add("b", 5.0, "spam", now_s=1.0)
    table.lift("a")
    table.lift("a")
    assert told == [("b", Restriction(6.0, "spam")), ("a", None)]
