"""Where a server is: what a person types, taken apart."""

from urllib.parse import urlsplit

from msgspec import Struct

from protocol.errors import UserError

_PORTS = {"http": 80, "ws": 80, "https": 443, "wss": 443}


class Address(Struct, frozen=True):
    """A server. The game is at `path`, its metrics at `metrics_url`."""

    host: str
    port: int
    is_tls: bool
    path: str = "/play"

    @property
    def authority(self) -> str:
        """For a Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    @property
    def page_url(self) -> str:
        return f"{'https' if self.is_tls else 'http'}://{self.authority}/"

    @property
    def metrics_url(self) -> str:
        return f"{self.page_url}metrics"


def parse_address(url: str) -> Address:
    """`http://host:port`, `ws://host:port/play` and the like. Raises UserError."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise UserError(f"{url} is not an address: {error}") from None
    if parts.scheme not in _PORTS or not parts.hostname:
        raise UserError(f"{url} is not an address like http://127.0.0.1:8000 or wss://example.org/play")
    path = parts.path if parts.path not in ("", "/") else "/play"
    return Address(parts.hostname, port or _PORTS[parts.scheme], parts.scheme in ("https", "wss"), path)
