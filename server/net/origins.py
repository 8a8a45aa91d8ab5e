"""Whose pages may talk to the server: its own, and those that the configuration names. Pure.

A browser says with each WebSocket, and with each request to another site, which page it comes from (`Origin`). A page's
own server is known by host and port; and where ours is reached over TLS, a page that was not is not its own. Where
it seems that it isn't, either scheme will do, for a proxy that we weren't told of may do the encrypting.
Whoever sends no origin is no browser, and acts for nobody but itself.
"""

from collections.abc import Collection
from typing import Final
from urllib.parse import urlsplit

ANY_ORIGIN: Final = "*"
PORTS: Final = {"http": ":80", "https": ":443"}


def is_welcome(origin: str | None, host: str, is_secure: bool, allowed: Collection[str]) -> bool:
    """Whether a page of `origin` may talk to us, who were called `host`. `allowed` is normal (see `normal`)."""
    return origin is None or ANY_ORIGIN in allowed or is_own(origin, host, is_secure) or is_named(origin, allowed)


def is_own(origin: str, host: str, is_secure: bool) -> bool:
    """Whether `origin` is us, who were called `host`."""
    scheme, _, authority = origin.lower().partition("://")
    if scheme not in PORTS or (is_secure and scheme != "https"):
        return False
    return authority.removesuffix(PORTS[scheme]) == host.lower().removesuffix(PORTS[scheme])


def is_named(origin: str, allowed: Collection[str]) -> bool:
    try:
        return normal(origin) in allowed
    except ValueError:
        return False


def normal(origin: str) -> str:
    """`origin` as browsers write it. Raises ValueError when it is none."""
    parts = urlsplit(origin.lower())
    if parts.scheme not in PORTS or not parts.hostname or parts.username is not None:
        raise ValueError(f"an origin is like https://example.com, not {origin!r}")
    if parts.path.strip("/") or parts.query or parts.fragment or parts.port == 0:
        raise ValueError(f"an origin is a scheme, a host and perhaps a port, not {origin!r}")
    return f"{parts.scheme}://{parts.netloc.removesuffix(PORTS[parts.scheme])}"
