"""Who is banned, and who is mute, until when: a small bounded table. Pure.

Somebody is known by the subject of their token, or else by their address: of IPv6 by the network of 64 bits, for
whoever has one address of it has them all. So a ban of an address concerns the guests from there and nobody else. One
of these guests is known by their name besides (`mark_of`): somebody with another name, then, is somebody else.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

from msgspec import Struct

from server.roles import Identity

RESTRICTIONS_MAX: Final = 1024
RESTRICTION_S_MAX: Final = 366 * 86_400.0
REASON_CHARS_MAX: Final = 100
GUEST_PREFIX: Final = 64
"""Bits of an address of IPv6 that say whose it is."""


class TableFull(Exception):
    """There is no room for one more; something must be lifted first."""


class Restriction(Struct, frozen=True):
    until_s: float
    reason: str

    def sentence(self, now_s: float) -> str:
        """For whoever is kept out by it."""
        minutes = max(1, round((self.until_s - now_s) / 60))
        return f"banned for {minutes} more min{': ' + self.reason if self.reason else ''}"


class Restrictions:
    """Time is an argument, in seconds of the server's own clock."""

    def __init__(self, entries_max: int = RESTRICTIONS_MAX) -> None:
        self._entries_max = entries_max
        self._entries: dict[str, Restriction] = {}
        self.on_decision: Callable[[str, Restriction | None], None] = lambda key, decided: None
        """Called with whatever is decided here about somebody; None: it is lifted. Not with what is adopted."""

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, key: str, seconds: float, reason: str, now_s: float) -> None:
        """Restrict `key`; a later end replaces an earlier one and the other way round. Raises TableFull."""
        self.add_all((key,), seconds, reason, now_s)

    def add_all(self, keys: Collection[str], seconds: float, reason: str, now_s: float) -> None:
        """The same of several, or of none. Raises TableFull."""
        self._put(keys, Restriction(now_s + seconds, reason), now_s)
        for key in keys:
            self.on_decision(key, self._entries[key])

    def adopt(self, key: str, restriction: Restriction | None, now_s: float) -> None:
        """It was decided elsewhere; None: that it is lifted. Raises TableFull."""
        if restriction is None:
            self._entries.pop(key, None)
        else:
            self._put((key,), restriction, now_s)

    def lift(self, key: str) -> bool:
        """Whether there was anything to lift."""
        was_there = self._entries.pop(key, None) is not None
        if was_there:
            self.on_decision(key, None)
        return was_there

    def find(self, key: str, now_s: float) -> Restriction | None:
        """What holds for `key` now."""
        found = self._entries.get(key)
        return found if found is not None and found.until_s > now_s else None

    def find_any(self, keys: Iterable[str], now_s: float) -> Restriction | None:
        """What holds for any of `keys` now."""
        return next((found for key in keys if (found := self.find(key, now_s)) is not None), None)

    def all(self, now_s: float) -> Iterator[tuple[str, Restriction]]:
        """Whatever holds now."""
        self._forget_the_past(now_s)
        yield from self._entries.items()

    def _put(self, keys: Collection[str], restriction: Restriction, now_s: float) -> None:
        if self._beyond(keys):
            self._forget_the_past(now_s)
            if self._beyond(keys):
                raise TableFull
        for key in keys:
            self._entries[key] = restriction

    def _beyond(self, keys: Collection[str]) -> bool:
        """Whether there is no room for all of `keys`."""
        new = set(keys) - self._entries.keys()
        return bool(new) and len(self._entries) + len(new) > self._entries_max

    def _forget_the_past(self, now_s: float) -> None:
        self._entries = {key: entry for key, entry in self._entries.items() if entry.until_s > now_s}


def key_of(identity: Identity, address: str) -> str:
    """What somebody is known by who comes as `identity` from `address`."""
    return subject_key(identity.subject) if identity.subject is not None else address_key(address)


def keys_of(identity: Identity, address: str, name: str) -> tuple[str, str]:
    """All that concerns them: what they are known by, and their mark."""
    key = key_of(identity, address)
    return key, mark_of(key, name, identity.subject is None)


def mark_of(key: str, name: str, is_guest: bool) -> str:
    """What one person is told by among those who are known by `key`: guests share it, so their name belongs to it."""
    return f"{key} {name.casefold()}" if is_guest else key


def subject_key(subject: str) -> str:
    return f"subject:{subject}"


def address_key(address: str) -> str:
    """`address` as a link has it: `1.2.3.4`, `1.2.3.4:80`, `::1`, `[::1]:80`; anything else stands for itself."""
    host = host_of(address)
    try:
        ip = ip_address(host)
    except ValueError:
        return f"address:{host}"
    if isinstance(ip, IPv6Address):
        mapped = ip.ipv4_mapped
        return f"address:{mapped}" if mapped else f"address:{ip_network((int(ip), GUEST_PREFIX), strict=False)}"
    return f"address:{ip}"


def is_address(address: str) -> bool:
    """Whether `address` is one of IPv4 or IPv6, with or without a port, or a network as `address_key` has it."""
    host = host_of(address)
    with suppress(ValueError):
        ip_address(host)
        return True
    with suppress(ValueError):
        network = ip_network(host)
        return network.version == 6 and network.prefixlen == GUEST_PREFIX
    return False


def host_of(address: str) -> str:
    """`address` without its port."""
    if address.startswith("["):
        return address[1:].partition("]")[0]
    return address.partition(":")[0] if address.count(":") == 1 else address
