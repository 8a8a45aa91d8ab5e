"""The cookie by which a guest's browser is recognised: given with a page, read at the upgrade to a WebSocket.

It comes with no other answer than a page, and only where standings are kept. It is renewed while it is still good, with
the same ID. What it is worth: `server.standings.guests`.
"""

from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.net.api import caller_of
from server.standings.guests import set_cookie
from server.standings.service import Standings

PRIVATE: Final = "private, no-cache"
"""A cookie is for one browser: no proxy may keep the answer that it comes with for another."""

PAGES: Final = frozenset({"/", "/index.html", "/standings"})
PERSON: Final = "/player/"
THERE: Final = (200, 304)
"""Of the second the browser has the page already, and not its cookie any more."""


class Greeting:
    """`app`, whose pages give a cookie to whoever has none that is fresh."""

    def __init__(self, app: ASGIApp, standings: Standings) -> None:
        self._app, self._standings = app, standings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._standings.is_on or scope.get("method") != "GET" or not _is_page(scope["path"]):
            await self._app(scope, receive, send)
            return

        async def send_greeting(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] in THERE:
                cookie = self._cookie(scope)
                if cookie is not None:
                    headers = MutableHeaders(scope=message)
                    headers["Cache-Control"] = PRIVATE
                    headers.append("Set-Cookie", cookie)
            await send(message)

        await self._app(scope, receive, send_greeting)

    def _cookie(self, scope: Scope) -> str | None:
        """None: the one that they have will do."""
        guests, is_secure, now_s = self._standings.guests, caller_of(scope).is_secure, self._standings.clock()
        guest = guests.recognise(_cookies(scope["headers"]), is_secure, now_s)
        if guest is not None and guest.is_fresh:
            return None
        return set_cookie(guests.cookie_of(guest.id if guest is not None else guests.make_id(), now_s), is_secure)


def _is_page(path: str) -> bool:
    return path in PAGES or path.startswith(PERSON)


def _cookies(headers: "list[tuple[bytes, bytes]]") -> str:
    return "; ".join(value.decode("latin-1") for name, value in headers if name.lower() == b"cookie")
