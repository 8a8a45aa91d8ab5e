"""Who is really calling, when the connection comes from a proxy. Pure.

What a proxy writes into a request's head can be written by anybody else as well. So it counts only when the connection
comes from an address that the operator trusts, and only in the one form that the operator says their proxy writes: it
passes on the other form as it came.

    x-forwarded   X-Forwarded-For, X-Forwarded-Proto, X-Forwarded-Host       what nginx, Caddy and most others write
    forwarded     Forwarded (RFC 7239)

Each proxy adds the address that it was called from at the end. So they are read from the end, as long as they are
trusted: the first that isn't is the caller.
"""

import re
from collections.abc import Iterable, Mapping
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final, Literal

from msgspec import Struct

from server.restrictions import host_of

Form = Literal["x-forwarded", "forwarded"]
SECURE_SCHEMES: Final = frozenset({"https", "wss"})
_PAIR: Final = re.compile(r"""\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)=("(?:[^"\\]|\\.)*"|[^\s",;]*)\s*([;,]|$)""")


class Caller(Struct, frozen=True):
    """The other end, as far as it can be known."""

    address: str
    """With a port when it called us itself."""
    host: str
    """What it calls us."""
    is_secure: bool
    """Whether what it sends is encrypted, to us or to the proxy."""


class Proxies:
    """Whom the operator trusts: addresses and networks (`10.0.0.0/8`). Raises ValueError for anything else."""

    def __init__(self, trusted: Iterable[str] = (), form: Form = "x-forwarded") -> None:
        self._trusted: list[IPv4Network | IPv6Network] = [ip_network(network) for network in trusted]
        self._form = form

    def caller(self, peer: str, headers: Mapping[str, str], is_tls: bool) -> Caller:
        """Who sends a request with `headers` (names in lower case) over a connection from `peer`."""
        host = headers.get("host", "")
        if not self._trusted or not self._trusts(_address(peer)):
            return Caller(peer, host, is_tls)
        addresses, schemes, hosts = self._said(headers)
        address = peer
        for said in reversed(addresses):
            ip = _address(said)
            if ip is None:
                break
            address = str(ip)
            if not self._trusts(ip):
                break
        scheme = schemes[-1].lower() in SECURE_SCHEMES if schemes else is_tls
        return Caller(address, hosts[-1] if hosts else host, scheme)

    def _said(self, headers: Mapping[str, str]) -> tuple[list[str], list[str], list[str]]:
        """(addresses, schemes, hosts), the nearest last."""
        if self._form == "forwarded":
            elements = read_forwarded(headers.get("forwarded", ""))
            addresses, schemes, hosts = (
                [element[name] for element in elements if name in element] for name in ("for", "proto", "host")
            )
            return addresses, schemes, hosts
        addresses, schemes, hosts = (
            [part.strip() for part in headers.get(f"x-forwarded-{name}", "").split(",") if part.strip()]
            for name in ("for", "proto", "host")
        )
        return addresses, schemes, hosts

    def _trusts(self, ip: IPv4Address | IPv6Address | None) -> bool:
        return ip is not None and any(ip in network for network in self._trusted)


def read_forwarded(value: str) -> list[dict[str, str]]:
    """The elements of a `Forwarded` header, names in lower case; none when it is malformed anywhere."""
    elements, at = [dict[str, str]()], 0
    while at < len(value):
        pair = _PAIR.match(value, at)
        if pair is None:
            return []
        name, said, end = pair.groups()
        if said.startswith('"'):
            said = re.sub(r"\\(.)", r"\1", said[1:-1])
        elements[-1][name.lower()] = said
        if end == ",":
            elements.append({})
        at = pair.end()
    return [element for element in elements if element]


def _address(said: str) -> IPv4Address | IPv6Address | None:
    try:
        ip = ip_address(host_of(said))
    except ValueError:
        return None
    return (isinstance(ip, IPv6Address) and ip.ipv4_mapped) or ip
