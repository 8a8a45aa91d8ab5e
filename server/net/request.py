"""A connection's first request: what it asks for, and whether it may have it. Pure.

    /play, upgrade        a player's WebSocket, if its origin and its subprotocol suit
    /stats, upgrade       an admin's, who watches the server; of its own pages only
    either, no upgrade    426
    elsewhere, upgrade    404
    anything else         the web's

h11, which hypercorn and wsproto read requests with too, reads the head, so nobody disagrees about what it
says. All that wsproto would object to is refused here, in whole sentences. What hypercorn would agree to and nobody
here has asked for is kept from it: see `for_web`.
"""

import re
from base64 import b64decode
from collections.abc import Collection, Iterable, Mapping
from http import HTTPStatus
from typing import Final

import h11
from msgspec import Struct
from wsproto import ConnectionType, WSConnection
from wsproto.utilities import RemoteProtocolError

from protocol import limits
from protocol.codec import CODECS, Codec
from protocol.stats import CODEC as STATS
from server.net.forwarded import Caller
from server.net.origins import is_welcome

PLAY_PATH: Final = "/play"
STATS_PATH: Final = "/stats"
SPOKEN: Final[Mapping[str, Mapping[str, Codec]]] = {PLAY_PATH: CODECS, STATS_PATH: {STATS.subprotocol: STATS}}
"""What is spoken where, by subprotocol."""
SAID_CHARS_MAX: Final = 240
_UPGRADE: Final = re.compile(rb"\nupgrade:[^\n]*(?:\n[ \t][^\n]*)*(?=\n)", re.IGNORECASE)
"""The header with the line break before it, and with what is folded."""
_ABSOLUTE: Final = re.compile(rb"https?://([^/?#]*)([^#]*)", re.IGNORECASE)
"""A target that says to whom as well (RFC 9112, 3.2.2): the host, and the rest."""


class Request(Struct, frozen=True):
    """A request head as it was received, and the bytes that came after it."""

    method: str
    path: str
    headers: dict[str, str]
    """Names in lower case; repeated ones joined by commas."""
    raw: bytes
    rest: bytes
    version: str = "1.1"

    @property
    def is_upgrade(self) -> bool:
        return self.headers.get("upgrade", "").lower() == "websocket"

    def for_web(self) -> bytes:
        """The head as the web's server is to read it: without an upgrade, which may be ignored (RFC 9110, 7.8).

        hypercorn would take one to HTTP/2 (h2c), and then any number of requests that we, and a proxy before us, never
        get to see: no turn, no quota, no rule about who may ask for what.
        """
        line, end, rest = self.raw.partition(b"\n")
        method, target, version = line.split(b" ", 2)
        return b" ".join((method, _split(target)[1], version)) + _UPGRADE.sub(b"", end + rest)


def clipped(said: str) -> str:
    """What somebody said, or what was answered to that, short enough for a line of the log."""
    return said if len(said) <= SAID_CHARS_MAX else said[: SAID_CHARS_MAX - 1] + "…"


class Refusal(Exception):
    """What the peer gets in place of what it asked for: an HTTP status and a sentence.

    That is logged, too, and often has in it what was asked for, which may be as long as a head; so the end of a long
    one is left out.
    """

    def __init__(self, status: HTTPStatus, sentence: str, headers: Iterable[tuple[str, str]] = ()) -> None:
        super().__init__(sentence)
        self.status, self.sentence, self.headers = status, clipped(sentence), tuple(headers)

    def response(self, date: str, method: str = "") -> bytes:
        """The whole HTTP response of that date to a request with `method`, if one was read."""
        body = (self.sentence + "\n").encode()
        may_upgrade = any(name == "Upgrade" for name, _ in self.headers)
        headers = [
            ("Date", date),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Length", str(len(body))),
            ("Connection", "close, Upgrade" if may_upgrade else "close"),  # RFC 9110, 7.8
            *self.headers,
        ]
        lines = [f"HTTP/1.1 {self.status.value} {self.status.phrase}", *(f"{name}: {value}" for name, value in headers)]
        return "\r\n".join([*lines, "", ""]).encode() + (body if method != "HEAD" else b"")


class RequestReader:
    """Takes the bytes of a request head as they come."""

    def __init__(self) -> None:
        self._h11 = h11.Connection(h11.SERVER, max_incomplete_event_size=limits.REQUEST_HEAD_BYTES_MAX)
        self._received = bytearray()

    def receive(self, data: bytes) -> Request | None:
        """The request once it is complete. Raises Refusal when it can't become one."""
        self._received += data
        try:
            self._h11.receive_data(data)
            event = self._h11.next_event()
        except h11.RemoteProtocolError as error:
            if error.error_status_hint == HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE:
                raise _too_long() from None
            raise Refusal(HTTPStatus(error.error_status_hint), f"not an HTTP/1.1 request: {error}") from None
        if not isinstance(event, h11.Request):
            return None
        if event.http_version not in (b"1.0", b"1.1"):
            raise Refusal(HTTPStatus.HTTP_VERSION_NOT_SUPPORTED, "this server speaks HTTP/1.1")
        rest, _ = self._h11.trailing_data
        raw = bytes(self._received).removesuffix(rest)
        if len(raw) > limits.REQUEST_HEAD_BYTES_MAX:  # h11 minds that only while the head isn't whole
            raise _too_long()
        headers, (host, target) = _joined(event.headers), _split(event.target)
        if host is not None:
            headers["host"] = host.decode("ascii")
        return Request(
            method=event.method.decode("ascii"),
            path=target.decode("ascii").partition("?")[0],
            headers=headers,
            raw=raw,
            rest=rest,
            version=event.http_version.decode("ascii"),
        )


def _too_long() -> Refusal:
    sentence = f"the head of a request has at most {limits.REQUEST_HEAD_BYTES_MAX} bytes"
    return Refusal(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, sentence)


def judge(request: Request, origins: Collection[str], caller: Caller | None = None) -> Codec | None:
    """The codec for a WebSocket at the request's path; None: the request is the web's. Raises Refusal.

    Pages of `origins` may play besides the server's own; `caller` says what that is, where a proxy has to be asked.
    """
    path = request.path
    if path not in SPOKEN:
        if request.is_upgrade:
            raise Refusal(HTTPStatus.NOT_FOUND, f"there is no WebSocket at {path}; play at {PLAY_PATH}")
        return None
    if not request.is_upgrade:
        raise Refusal(
            HTTPStatus.UPGRADE_REQUIRED,
            f"{path} is a WebSocket; its subprotocols are {_named(path)}",
            [("Upgrade", "websocket")],
        )
    _check_handshake(request)
    caller = caller or Caller("", request.headers["host"], is_secure=False)
    _check_origin(request, origins if path == PLAY_PATH else (), caller)
    return _choose_codec(request)


def _check_handshake(request: Request) -> None:
    """RFC 6455, section 4.2.1."""
    headers = request.headers
    if headers.get("sec-websocket-version") != "13":
        raise Refusal(
            HTTPStatus.UPGRADE_REQUIRED,
            "the WebSocket version must be 13",
            [("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13")],
        )
    wrong = ""
    if request.method != "GET":
        wrong = "its method must be GET"
    elif request.version != "1.1":
        wrong = f"it must be HTTP/1.1, and came as {request.version}; a proxy may have to be told"
    elif "upgrade" not in _listed(headers.get("connection", "").lower()):
        wrong = "it needs the header 'Connection: Upgrade'"
    elif not _is_key(headers.get("sec-websocket-key", "")):
        wrong = "its Sec-WebSocket-Key must be 16 bytes in base64"
    elif headers.get("content-length", "0") != "0" or "transfer-encoding" in headers:
        wrong = "it can't have a body"
    elif not _is_host(headers.get("host", "")):
        wrong = "its Host is not a host"
    elif not _is_read_alike(request.raw):
        wrong = "its headers contradict each other, or are not ASCII"
    if wrong:
        raise Refusal(HTTPStatus.BAD_REQUEST, f"not a WebSocket handshake: {wrong}")


def _check_origin(request: Request, origins: Collection[str], caller: Caller) -> None:
    """A page of another site may not play, or watch, in its visitor's name."""
    origin = request.headers.get("origin")
    if is_welcome(origin, caller.host, caller.is_secure, origins):
        return
    why = (
        "may not play here; the configuration can allow it"
        if request.path == PLAY_PATH
        else "may not watch this server"
    )
    raise Refusal(HTTPStatus.FORBIDDEN, f"pages of {origin} {why}")


def _choose_codec(request: Request) -> Codec:
    offered = _listed(request.headers.get("sec-websocket-protocol", ""))
    for subprotocol, codec in SPOKEN[request.path].items():
        if subprotocol in offered:
            return codec
    one_of = "one of the WebSocket subprotocols" if len(SPOKEN[request.path]) > 1 else "the WebSocket subprotocol"
    raise Refusal(HTTPStatus.BAD_REQUEST, f"offer {one_of} {_named(request.path)}")


def _named(path: str) -> str:
    return " and ".join(SPOKEN[path])


def _split(target: bytes) -> tuple[bytes | None, bytes]:
    """(to whom it is, if it says so, what is asked for there)"""
    absolute = _ABSOLUTE.fullmatch(target)
    if absolute is None:
        return None, target
    host, path = absolute.groups()
    return host, path if path.startswith(b"/") else b"/" + path


def _joined(pairs: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, value in pairs:
        known, text = name.decode("ascii"), value.decode("latin-1")
        headers[known] = f"{headers[known]}, {text}" if known in headers else text
    return headers


def _listed(value: str) -> list[str]:
    """The elements of a comma-separated header."""
    return [element.strip() for element in value.split(",")]


def _is_key(key: str) -> bool:
    try:
        return len(b64decode(key, validate=True)) == 16
    except ValueError:
        return False


def _is_read_alike(head: bytes) -> bool:
    """Whether wsproto takes it for a handshake too: of repeated headers it reads the last, some as ASCII only."""
    try:
        WSConnection(ConnectionType.SERVER).receive_data(head)
    except (RemoteProtocolError, UnicodeError):
        return False
    return True


def _is_host(host: str) -> bool:
    """Whether wsproto will be able to read it."""
    try:
        return bool(host.encode("ascii").decode("idna"))
    except UnicodeError:
        return False
