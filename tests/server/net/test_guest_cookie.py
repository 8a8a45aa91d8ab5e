"""The cookie comes with a page, to whoever has none that is fresh, and with nothing else."""

from pathlib import Path
from typing import Any

import pytest
from starlette.responses import HTMLResponse, Response
from starlette.types import Message, Receive, Scope, Send

from server.net.forwarded import Caller
from server.net.guest_cookie import PRIVATE, Greeting
from server.standings.database import open_database
from server.standings.guests import KEY_S, RENEWED_S
from server.standings.repository import Repository
from server.standings.service import Standings

NOW_S = 1_795_000_000.0


class Site:
    """One page, at whatever address."""

    def __init__(self, standings: Standings, status: int = 200) -> None:
        self._app, self._status = Greeting(self._page, standings), status

    async def _page(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {"Cache-Control": "no-cache"}
        answer = Response(status_code=304, headers=headers) if self._status == 304 else None
        await (answer or HTMLResponse("<p>", self._status, headers))(scope, receive, send)

    async def get(self, path: str = "/", cookies: str = "", method: str = "GET", is_secure: bool = False) -> Any:
        """(cookie that is set, Cache-Control)."""
        sent: list[Message] = []

        async def send(message: Message) -> None:
            sent.append(message)

        async def receive() -> Message:
            raise AssertionError

        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "headers": [(b"cookie", cookies.encode())] if cookies else [],
            "state": {"caller": Caller("127.0.0.1:9", "game.example", is_secure)},
        }
        await self._app(scope, receive, send)
        headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        return headers.get("set-cookie", ""), headers["cache-control"]


@pytest.fixture
def standings(tmp_path: Path) -> Standings:
    repository = Repository(open_database(f"sqlite:///{tmp_path / 'standings.db'}"))
    standings = Standings(repository, clock=lambda: NOW_S)
    repository.close()
    return standings


@pytest.mark.parametrize("path", ["/", "/index.html", "/standings", "/player/abc"])
async def test_a_page_gives_a_cookie_once(standings: Standings, path: str) -> None:
    site = Site(standings)
    cookie, cached = await site.get(path)
    pair = cookie.partition(";")[0]
    assert standings.guest_of(pair, False)
    assert cached == PRIVATE
    assert "HttpOnly; SameSite=Lax" in cookie
    assert "Secure" not in cookie
    assert await site.get(path, pair) == ("", "no-cache")


async def test_a_page_that_the_browser_has_kept_gives_one_too(standings: Standings) -> None:
    assert (await Site(standings, 304).get())[0]


@pytest.mark.parametrize("path", ["/api/standings", "/metrics", "/assets/main.js", "/maps/pinball.json"])
async def test_nothing_else_does(standings: Standings, path: str) -> None:
    assert (await Site(standings).get(path))[0] == ""


async def test_nor_does_what_is_not_there_or_is_no_get(standings: Standings) -> None:
    assert (await Site(standings, 503).get())[0] == ""
    assert (await Site(standings).get(method="POST"))[0] == ""
    assert (await Site(Standings()).get())[0] == ""


async def test_over_tls_it_is_for_this_host_and_for_tls_alone(standings: Standings) -> None:
    cookie, _ = await Site(standings).get(is_secure=True)
    assert cookie.startswith("__Host-ricochet_guest=")
    assert cookie.endswith("; Secure")


@pytest.mark.parametrize("later_s", [RENEWED_S, KEY_S])
async def test_an_old_one_is_renewed_for_the_same_guest(standings: Standings, later_s: float) -> None:
    cookie, _ = await Site(standings).get()
    pair, guest = cookie.partition(";")[0], standings.guest_of(cookie.partition(";")[0], False)
    standings.clock = lambda: NOW_S + later_s
    standings.guests.turn_over(NOW_S + later_s)
    renewed, _ = await Site(standings).get(cookies=pair)
    assert renewed
    assert standings.guest_of(renewed.partition(";")[0], False) == guest


async def test_a_forged_one_is_replaced(standings: Standings) -> None:
    cookie, _ = await Site(standings).get(cookies="ricochet_guest=" + "a" * 22 + ".1795000000." + "b" * 43)
    assert standings.guest_of(cookie.partition(";")[0], False) != "a" * 22
