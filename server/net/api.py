"""The HTTP API.

    GET  /api/rooms                 the rooms, for everybody
    GET  /api/admin/players         who is here                        for admins, with `Authorization: Bearer TOKEN`
    GET  /api/admin/restrictions    bans and mutes
    GET  /api/admin/reports         what people told of others, with what was said
    POST /api/admin/ACTION          kick, ban, unban, mute, unmute, close, dismiss: a JSON object (`moderation.Order`)
    POST /api/admin/drain           as SIGTERM does: this process, or `{"everywhere": true}` (`moderation.DrainOrder`)
    /api/standings, /api/players    see `standings_api`
    /api/arenas, /api/drafts        see `library_api`

What is meant may be in any process of a directory (`cluster.orders`).
An answer is `{"done": sentence}`, or `{"error": sentence}` with a status of 4xx. What should outlast the server is on
its disk before the answer is given, or the answer says that it isn't. Nothing here goes by cookies: a page of another
site can send nothing in an admin's name. It is turned away all the same: from the admin part always, from the rest
unless the configuration names it.
Every admin action, and every attempt at one, leaves a line in the log `ricochet.audit`.
"""

from collections.abc import Awaitable, Callable, Collection, Iterator
from contextlib import aclosing, contextmanager
from typing import Any, Final

import msgspec
import structlog
import trio
from msgspec import Struct
from starlette.background import BackgroundTask
from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from protocol.errors import Violation
from server.cluster.reach import Reach
from server.gate import Gate
from server.moderation import ACTIONS, LASTING, AnyOrder, CantBe, DrainOrder, NoOrder, read_order
from server.net.forwarded import Caller
from server.net.origins import is_own, is_welcome
from server.net.request import clipped
from server.roles import TABLE, Identity
from server.tokens import UnknownKey

ORDER_BYTES_MAX: Final = 4096
PREFIX: Final = "/api"
ADMIN_PREFIX: Final = "/api/admin"

audit = structlog.get_logger("ricochet.audit")


class Refused(Exception):
    """What is asked for isn't done: a status and a sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status, self.sentence = status, sentence


async def _nothing_to_settle() -> bool:
    """Where nothing outlasts the process."""
    return True


class Api(Struct, frozen=True):
    """Where the answers come from."""

    rooms: Callable[[], list[dict[str, Any]]]
    reach: Reach
    gate: Gate
    origins: Collection[str] = ()
    settle: Callable[[], Awaitable[bool]] = _nothing_to_settle
    """Write down what was decided; whether it is."""

    def routes(self) -> list[Route]:
        return [
            Route("/api/rooms", self._rooms),
            Route(f"{ADMIN_PREFIX}/players", self._list),
            Route(f"{ADMIN_PREFIX}/restrictions", self._list),
            Route(f"{ADMIN_PREFIX}/reports", self._list),
            Route(f"{ADMIN_PREFIX}/{{action}}", self._act, methods=["POST"]),
        ]

    async def _rooms(self, request: Request) -> Response:
        return JSONResponse(self.rooms())

    async def _list(self, request: Request) -> Response:
        what = request.url.path.rpartition("/")[2]
        try:
            admin = self.admin(request)
        except Refused as refused:
            return refuse(request, what, refused)
        audit.info("admin", action=f"list {what}", by=admin.subject, address=caller_of(request.scope).address)
        listed = {
            "players": self.reach.moderation.players,
            "restrictions": self.reach.moderation.restrictions,
            "reports": self.reach.moderation.reports,
        }
        return JSONResponse(listed[what](trio.current_time()))

    async def _act(self, request: Request) -> Response:
        action = request.path_params["action"]
        try:
            admin = self.admin(request)
            is_ours_to_drain = False
            if action == "drain":
                done, order, is_ours_to_drain = await self._order_drain(request, admin)
            else:
                done, order = await self._obey(action, request, admin)
        except Refused as refused:
            return refuse(request, action, refused)
        audit.info(
            "admin", action=action, by=admin.subject, address=caller_of(request.scope).address, done=done, order=order
        )
        after = BackgroundTask(self._drain) if is_ours_to_drain else None
        return JSONResponse({"done": done}, background=after)

    async def _obey(self, action: str, request: Request, admin: Identity) -> tuple[str, Any]:
        """(what has been done, what was asked for)."""
        if action not in ACTIONS:
            raise Refused(404, f"there is no action {action!r}; there are {', '.join(ACTIONS)} and drain")
        body = await read_body(request)
        with _refusing():
            order: AnyOrder = read_order(body, ACTIONS[action][1])
            done = await self.reach.obey(action, order, admin.subject)
        if action in LASTING and not await self.settle():
            done += "; it could not be written down yet, and a restart may not know of it"
        return done, msgspec.to_builtins(order)

    async def _order_drain(self, request: Request, admin: Identity) -> tuple[str, Any, bool]:
        """(what has been done, what was asked for, whether we are to drain)."""
        body = await _read_order_bytes(request)
        with _refusing():
            order = read_order(body or b"{}", DrainOrder)
            done, is_ours = await self.reach.drain(order, admin.subject)
        return done, msgspec.to_builtins(order), is_ours

    async def _drain(self) -> None:
        self.reach.moderation.drain()

    def admin(self, request: Request) -> Identity:
        """Who asks, if they may. Raises Refused."""
        if self.gate.verifier is None:
            raise Refused(404, "there are no admins here: the server knows no keys")
        identity = self.bearer(request)
        if identity is None:
            raise Refused(401, "this needs a token: Authorization: Bearer TOKEN")
        if not TABLE[identity.role].moderate:
            raise Refused(403, f"the role {identity.role} may not do that")
        return identity

    def bearer(self, request: Request) -> Identity | None:
        """Who shows a token; None: nobody does. Raises Refused."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            return None
        try:
            return self.gate.identify(token.strip())
        except Violation as violation:
            if isinstance(violation, UnknownKey):
                self.gate.ask_for_keys()
            raise Refused(401, violation.sentence) from None


@contextmanager
def _refusing() -> Iterator[None]:
    """What can't be done is refused."""
    try:
        yield
    except NoOrder as error:
        raise Refused(400, str(error)) from None
    except CantBe as error:
        raise Refused(409, str(error)) from None


async def read_body(request: Request) -> bytes:
    """An order's. Raises Refused."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise Refused(415, "an order is JSON: Content-Type: application/json")
    return await _read_order_bytes(request)


async def _read_order_bytes(request: Request) -> bytes:
    if (body := await read_at_most(request, ORDER_BYTES_MAX)) is None:
        raise Refused(413, f"an order has at most {ORDER_BYTES_MAX} bytes")
    return body


async def read_at_most(request: Request, bytes_max: int) -> bytes | None:
    """The body of a request; None when it is longer, and then no more of it is read than that.

    Raises Refused when it breaks off, or its chunks are none: that is the peer's affair, and no mistake of ours.
    """
    body = bytearray()
    try:
        async with aclosing(request.stream()) as parts:
            async for part in parts:
                body += part
                if len(body) > bytes_max:
                    return None
    except ClientDisconnect:
        raise Refused(400, "the request broke off") from None
    return bytes(body)


def caller_of(scope: Scope) -> Caller:
    """Whose request it is, as the front door has found out."""
    return scope.get("state", {}).get("caller") or Caller("unknown", _header(scope, b"host") or "", is_secure=False)


def refuse(request: Request, action: str, refused: Refused) -> Response:
    address = caller_of(request.scope).address
    audit.info("admin refused", action=clipped(action), address=address, status=refused.status, why=refused.sentence)
    return not_done(refused.status, refused.sentence)


def not_done(status: int, sentence: str) -> Response:
    """The answer that says why. One of 401 says what is missing (RFC 9110, 15.5.2)."""
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    return JSONResponse({"error": sentence}, status, headers)


class Guarded:
    """`app`, whose API is for its own pages and those of `origins`, and whose admin part only for its own."""

    def __init__(self, app: ASGIApp, origins: Collection[str]) -> None:
        self._app, self._origins = app, origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not scope["path"].startswith(PREFIX):
            await self._app(scope, receive, send)
            return
        origin, caller = _header(scope, b"origin"), caller_of(scope)
        named = () if scope["path"].startswith(ADMIN_PREFIX) else self._origins
        if not is_welcome(origin, caller.host, caller.is_secure, named):
            answer = JSONResponse({"error": f"pages of {origin} may not ask this"}, 403)
            await answer(scope, receive, send)
            return
        is_named = origin is not None and not is_own(origin, caller.host, caller.is_secure)
        await self._app(scope, receive, _allowing(origin if is_named else None, send) if named else send)


def _allowing(origin: str | None, send: Send) -> Send:
    """`send`, for pages of `origin`; None: for those that need no leave.

    Their answer says, too, that others would get another one, lest a cache gives it to these, who may not read it then.
    """

    async def send_allowing(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            if origin is not None:
                headers["Access-Control-Allow-Origin"] = origin
            headers.add_vary_header("Origin")
        await send(message)

    return send_allowing


def _header(scope: Scope, name: bytes) -> str | None:
    found = [value for key, value in scope["headers"] if key.lower() == name]
    return found[0].decode("latin-1") if found else None
