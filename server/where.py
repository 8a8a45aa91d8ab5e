"""Where a server of these settings is found from this machine. Pure."""

from pathlib import Path
from typing import Final, Protocol

EVERYWHERE: Final = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}
"""Addresses to listen at, and how to get there from this machine."""


class Settings(Protocol):
    """What it depends on, of `config.Config`."""

    @property
    def host(self) -> str: ...

    @property
    def tls_cert(self) -> Path | None: ...


def url_at(config: Settings, port: int) -> str:
    """Where a browser on this machine finds it, when it listens at `port`."""
    scheme = "http" if config.tls_cert is None else "https"
    host = EVERYWHERE.get(config.host, config.host)
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}/"
