"""What a browser or an operator asks for over HTTP: the page, the maps, health, metrics, the rooms.

    /               the client, from its build folder          /healthz    the process answers
    /dashboard      the server itself, for admins
    /assets/…       its parts, hashed by name, kept for ever   /readyz     it ticks, and takes players
    /maps/NAME.json arenas                                     /metrics    for Prometheus
    /api/…          see `api`, `replays`, …            /standings, /replay, /player/ID    pages of their own

Nothing here touches the game: what it shows comes in as functions.
"""

from collections.abc import Callable, Collection, Mapping
from pathlib import Path

import trio
from msgspec import Struct
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.net.api import Api, Guarded, caller_of
from server.net.drafts_api import DraftsApi
from server.net.guest_cookie import Greeting
from server.net.library_api import Library
from server.net.origins import ANY_ORIGIN
from server.net.replays import Replays
from server.net.standings_api import StandingsApi
from server.replay.archive import Archive
from server.standings.service import Standings

SECURITY_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; "
        "img-src 'self' data: blob:; worker-src 'self' blob:; connect-src 'self'; "
        "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}
TLS_ONLY = "max-age=31536000"
"""For a year, this host is spoken to over TLS or not at all."""
PAGES = frozenset({"dashboard", "standings", "replay"})
"""Pages of the client's beside its first: at `/NAME`, from the file `NAME.html`."""
PAGES_OF_SOMEBODY = frozenset({"player"})
"""And those at `/NAME/ID`, whoever that is."""
FOREVER = "public, max-age=31536000, immutable"
ASK_FIRST = "no-cache"
NEVER = "no-store"

UNBUILT_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Ricochet</title>
<p>The server is running, but the browser client has not been built yet. Run <code>make client</code>, then reload.
"""


class Sources(Struct, frozen=True):
    """Where the pages come from."""

    client_dir: Path
    maps_dir: Path
    is_ready: Callable[[], bool]
    api: Api
    metrics: Callable[[], tuple[bytes, str]]
    """(body, content type)"""
    standings: Standings
    replays: Archive | None = None
    library: Library | None = None
    company: Collection[str] = ()
    """Origins of other processes, to which the page may be led."""


async def prepare() -> None:
    """Send nobody a file. What is loaded with the first one takes 35 ms where machines are slow, and a tick would wait
    for it."""

    async def send(message: Message) -> None:
        await trio.lowlevel.checkpoint()

    scope: Scope = {"type": "http", "asgi": {"spec_version": "2.4"}, "method": "GET", "headers": []}
    await FileResponse(__file__)(scope, trio.sleep_forever, send)


def build(sources: Sources) -> ASGIApp:
    """The ASGI app."""

    async def healthz(request: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def readyz(request: Request) -> Response:
        return PlainTextResponse("ready\n") if sources.is_ready() else PlainTextResponse("not ready\n", 503)

    async def metrics(request: Request) -> Response:
        body, content_type = sources.metrics()
        return Response(body, headers={"Content-Type": content_type})

    pages = Starlette(
        routes=[
            Route("/healthz", healthz),
            Route("/readyz", readyz),
            Route("/metrics", metrics),
            *_about_people(sources),
            *sources.api.routes(),
            *Replays(sources.replays).routes(),
            Mount("/maps", _Files(sources.maps_dir)),
            Mount("/", _Client(sources.client_dir)),
        ]
    )
    headers = security_headers(sources.company)
    return _WithHeaders(Guarded(Greeting(pages, sources.standings), sources.api.origins), headers)


def _about_people(sources: Sources) -> list[Route]:
    """What is kept of them: their standings, and what they have built."""
    standings, library, api = sources.standings, sources.library, sources.api
    if library is None:
        return StandingsApi(standings, api).routes()
    drafts = DraftsApi(library, api, standings.guest_of)
    built = [*library.routes(api, standings.guest_of), *drafts.routes()]
    return [*built, *StandingsApi(standings, api, library.forget).routes()]


def security_headers(company: Collection[str] = ()) -> Mapping[str, str]:
    """For a page that may open sockets to its own server, and to those of `company`."""
    sockets = ["ws: wss:" if origin == ANY_ORIGIN else f"ws{origin.removeprefix('http')}" for origin in company]
    policy = SECURITY_HEADERS["Content-Security-Policy"]
    allowed = " ".join(["connect-src 'self'", *sockets])
    return {**SECURITY_HEADERS, "Content-Security-Policy": policy.replace("connect-src 'self'", allowed)}


class _Files(StaticFiles):
    """A folder; whoever keeps a copy asks whether it has changed."""

    def __init__(self, directory: Path, html: bool = False) -> None:
        super().__init__(directory=directory, html=html, check_dir=False)

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers.setdefault("Cache-Control", ASK_FIRST)
        return response


class _Client(_Files):
    """The browser client, which may not have been built yet, or be built anew while the server runs."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory, html=True)
        self._index = directory / "index.html"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_built = await trio.to_thread.run_sync(self._index.exists)
        app = super().__call__ if is_built else HTMLResponse(UNBUILT_PAGE, 503)
        await app(scope, receive, send)

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(_file_of(path), scope)
        if path.startswith("assets/") and response.status_code < 400:
            response.headers["Cache-Control"] = FOREVER
        return response


def _file_of(path: str) -> str:
    """Of a page that has an address without an ending; else the path itself."""
    name, _, rest = path.partition("/")
    is_page = path in PAGES or (name in PAGES_OF_SOMEBODY and rest and "/" not in rest)
    return f"{name}.html" if is_page else path


class _WithHeaders:
    """`app`, with the headers that every response carries."""

    def __init__(self, app: ASGIApp, headers: Mapping[str, str]) -> None:
        self._app, self._headers = app, headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(self._headers)
                if caller_of(scope).is_secure:
                    headers["Strict-Transport-Security"] = TLS_ONLY
                headers.setdefault("Cache-Control", NEVER)
            await send(message)

        await self._app(scope, receive, send_with_headers)
