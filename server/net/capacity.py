"""How many connections there may be: in all, and from one address. Pure.

    within both                   come in
    one too many in all           hears that the server is full, if it asks soon
    one too many from its address hears that, likewise
    a crowd of those              hears nothing: it is hung up on at once

So whatever knocks, there are never more than `in_all_max + UNINVITED_MAX` sockets open.

An address is one customer of the internet: an IPv4 address, or the 64 bits that somebody with IPv6 is given at the
least. This machine itself is not counted, for what comes from it is a proxy that stands for many, or a swarm; nor are
trusted proxies elsewhere, which come without a host.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from ipaddress import IPv6Address, ip_address
from typing import Final

UNINVITED_MAX: Final = 256
"""So many beyond the limits are heard out, to be told which."""
CUSTOMER_SHIFT: Final = 64
"""What is below in an IPv6 address is the customer's own to choose."""


class Standing(Enum):
    """What a new connection is to the server."""

    WELCOME = 0
    SERVER_FULL = 1
    ADDRESS_FULL = 2
    CROWD = 3


class Capacity:
    """Counts who is here."""

    def __init__(self, in_all_max: int, per_address_max: int) -> None:
        """`per_address_max` 0: as many as there is room for."""
        self.invited = self.uninvited = 0
        self._in_all_max, self._per_address_max = in_all_max, per_address_max
        self._by_customer: Counter[str] = Counter()

    @contextmanager
    def entered(self, host: str) -> Iterator[Standing]:
        """One more connection from `host`, for as long as the block lasts."""
        customer = customer_of(host) if self._per_address_max else ""
        standing = self._standing(customer)
        is_welcome = standing is Standing.WELCOME
        self.invited += is_welcome
        self.uninvited += not is_welcome
        if is_welcome and customer:
            self._by_customer[customer] += 1
        try:
            yield standing
        finally:
            self.invited -= is_welcome
            self.uninvited -= not is_welcome
            if is_welcome and customer:
                self._by_customer[customer] -= 1
                if not self._by_customer[customer]:
                    del self._by_customer[customer]

    @property
    def customers(self) -> int:
        """How many different addresses are remembered: no more than are here."""
        return len(self._by_customer)

    def _standing(self, customer: str) -> Standing:
        if self.invited >= self._in_all_max:
            standing = Standing.SERVER_FULL
        elif customer and self._by_customer[customer] >= self._per_address_max:
            standing = Standing.ADDRESS_FULL
        else:
            return Standing.WELCOME
        return standing if self.uninvited < UNINVITED_MAX else Standing.CROWD


def customer_of(host: str) -> str:
    """Whom to count a connection from `host` for; nobody: this machine, or an address that can't be read."""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is None:
            return "" if address.is_loopback else f"{int(address) >> CUSTOMER_SHIFT:x}::/64"
        address = address.ipv4_mapped
    return "" if address.is_loopback else str(address)
