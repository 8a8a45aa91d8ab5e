"""The one port: reads each connection's first request and sends it where it belongs.

What one connection does, however wrong, is answered on that connection and concerns no other: a request that
is too long, too slow or none at all, one connection or one request too many, a mistake of our own. What is answered
takes its turn (`turns`), for ticks come first.
"""

import ssl
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from email.utils import formatdate
from http import HTTPStatus

import structlog
import trio

from protocol import limits
from server.net.capacity import Capacity, Standing, customer_of
from server.net.connection import Host, converse
from server.net.forwarded import Caller, Proxies
from server.net.http import HttpServer
from server.net.lane import BOUNDS, Bounds, hang_up
from server.net.porch import Stranger
from server.net.quota import Quota
from server.net.request import PLAY_PATH, Refusal, Request, RequestReader, judge
from server.net.turns import HEALTH_GAP_S, HEALTH_WAIT_S_MAX, HEAR_GAP_S, PAGE_GAP_S, PLAY_GAP_S, Turns
from server.restrictions import host_of

RECEIVE_BYTES_MAX = 16_384
UNINVITED_DEADLINE_S = 1.0
"""How long a request may take that is only going to hear that there are too many."""
TOO_MANY = {
    Standing.SERVER_FULL: (HTTPStatus.SERVICE_UNAVAILABLE, "the server is full; come back later"),
    Standing.ADDRESS_FULL: (HTTPStatus.TOO_MANY_REQUESTS, "too many connections from your address; close some"),
}
TOO_OFTEN = HTTPStatus.TOO_MANY_REQUESTS, "too many requests from your address; wait a moment"
TOO_BUSY = HTTPStatus.SERVICE_UNAVAILABLE, "too many ask at once; come back in a moment"
HEALTH_PATHS = frozenset({"/healthz", "/readyz"})

log = structlog.get_logger("ricochet.front_door")


class FrontDoor:
    """Where connections come in.

    `connections` is how many there are, `conversations` how many of them are WebSockets. `age` grows with each
    collection of garbage; `parted` is how many have ended that were there during one (see `garbage`).
    """

    def __init__(
        self,
        host: Host,
        http: HttpServer,
        origins: Collection[str] = (),
        connections_max: int = limits.CONNECTIONS_MAX,
        tls: ssl.SSLContext | None = None,
        may_be_fast: bool = True,
        bounds: Bounds = BOUNDS,
        proxies: Proxies | None = None,
        connections_per_address_max: int = 0,
        elsewhere: Mapping[str, Host] | None = None,
        guest_of: Callable[[str, bool], str] = lambda cookies, is_secure: "",
    ) -> None:
        """`host` is met at `/play`, others `elsewhere`, by path.

        `may_be_fast`: connections that can take the fast lane do; else all take the plain one.

        `tls` may be replaced at any time; connections keep what they began with. `connections_per_address_max` 0: an
        address may have as many as there is room for. `guest_of` says whose cookies those are, if anybody's.
        """
        self.connections = self.conversations = self.parted = self.age = 0
        self._host = host
        self._hosts = {PLAY_PATH: host, **(elsewhere or {})}
        self._http = http
        self._origins = frozenset(origins)
        self._capacity = Capacity(connections_max, connections_per_address_max)
        self.tls = tls
        self._proxies = proxies or Proxies()
        self._may_be_fast = may_be_fast
        self._bounds = bounds
        self._guest_of = guest_of
        self._hear, self._play, self._pages = Turns(HEAR_GAP_S), Turns(PLAY_GAP_S), Turns(PAGE_GAP_S)
        self._health = Turns(HEALTH_GAP_S, HEALTH_WAIT_S_MAX)
        self._quota = Quota()

    async def welcome(self, stream: trio.SocketStream) -> None:
        """Serve one connection from its first byte to its last. Never raises, whoever is at fault."""
        self.connections += 1
        born = self.age
        host, address = address_of(stream)
        try:
            with self._capacity.entered("" if self._proxies.trust(host) else host) as standing:
                if standing is not Standing.WELCOME:
                    self._host.traffic.turned_away += 1
                if standing is not Standing.CROWD and await self._hear.take():
                    await self._serve(stream, address, TOO_MANY.get(standing))
        except Exception:
            self._host.traffic.connections_failed += 1
            log.exception("a connection could not be served", address=address)
        finally:
            self.connections -= 1
            self.parted += self.age > born
            await trio.aclose_forcefully(stream)

    async def _serve(
        self, socket_stream: trio.SocketStream, address: str, too_many: tuple[HTTPStatus, str] | None
    ) -> None:
        stranger = Stranger(socket_stream)
        stream: trio.abc.Stream = socket_stream
        is_tls = self.tls is not None
        if self.tls is not None:
            stream = trio.SSLStream(stranger, self.tls, server_side=True, https_compatible=True)
        request: Request | None = None
        try:
            with trio.move_on_after(UNINVITED_DEADLINE_S if too_many else limits.HANDSHAKE_DEADLINE_S):
                request = await read_request(stream if is_tls else stranger)
            if request is None:
                return
            stranger.met = True
            if too_many:
                raise Refusal(*too_many)
            caller = self._proxies.caller(address, request.headers, is_tls)
            address = caller.address
            codec = judge(request, self._origins, caller)
            if codec is not None and request.path not in self._hosts:
                raise Refusal(HTTPStatus.NOT_FOUND, f"nobody is at {request.path} here")
            await self._take_turn(request, caller)
        except Refusal as refusal:
            log.info("refused", address=address, status=refusal.status.value, why=refusal.sentence)
            await hang_up(stream, refusal.response(formatdate(usegmt=True), request.method if request else ""))
            return
        if codec is None:
            await self._http.serve(stream, request.for_web() + request.rest, socket_stream.socket, {"caller": caller})
        else:
            self.conversations += 1
            try:
                guest = self._guest_of(request.headers.get("cookie", ""), caller.is_secure)
                await converse(
                    stream,
                    request.raw,
                    request.rest,
                    codec,
                    self._hosts[request.path],
                    address,
                    self._may_be_fast,
                    self._bounds,
                    guest,
                )
            finally:
                self.conversations -= 1

    async def _take_turn(self, request: Request, caller: Caller) -> None:
        """Wait for it. Raises Refusal when there is none."""
        line = self._play if request.path == PLAY_PATH else self._pages
        host = host_of(caller.address)  # a proxy's own, if it doesn't say for whom it asks: it stands for many
        if request.path in HEALTH_PATHS:
            line = self._health
        elif not self._quota.take("" if self._proxies.trust(host) else customer_of(host), trio.current_time()):
            self._host.traffic.turned_away += 1
            raise Refusal(*TOO_OFTEN)
        if not await line.take():
            self._host.traffic.turned_away += 1
            raise Refusal(*TOO_BUSY)


async def read_request(stream: trio.abc.Stream) -> Request | None:
    """The first request; None when the peer leaves without one. Raises Refusal."""
    reader = RequestReader()
    with suppress(trio.BrokenResourceError):  # a reset, or no TLS where TLS is spoken
        while received := await stream.receive_some(RECEIVE_BYTES_MAX):
            if request := reader.receive(bytes(received)):
                return request
    return None


def address_of(stream: trio.SocketStream) -> tuple[str, str]:
    """(host, host and port) of the peer."""
    with suppress(OSError):
        host, port, *_ = stream.socket.getpeername()
        return host, f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return "", "gone"
