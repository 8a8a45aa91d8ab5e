"""Standings over HTTP.

    GET    /api/standings?game=&season=&page=   a page of a table (`server.standings.answers.Table`)
    GET    /api/players/ID                      somebody's page (`Person`)
    GET    /api/players/me                      {"id": ID or null}: whoever asks, by their token or else by their cookie
    DELETE /api/players/me                      forget whoever asks, and what they have built
    POST   /api/admin/forget                    {"id": ID}: forget somebody, for admins

What is told to everybody is kept for some seconds, and found out once however many ask. Questions wait for their turn
at the database, in a thread that isn't the game's; where that takes too long the answer is 503.
"""

import re
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final

import msgspec
import structlog
import trio
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from server.net.api import ADMIN_PREFIX, Api, Refused, caller_of, not_done, read_body, refuse
from server.net.asker import account_in, refuse_other_sites
from server.standings.away import Away
from server.standings.guests import set_cookie
from server.standings.seasons import is_season
from server.standings.service import Standings
from server.standings.shelf import GOOD_S, Key, Shelf

if TYPE_CHECKING:
    from server.standings.repository import Repository

GAME_CHARS_MAX: Final = 64
PAGE: Final = re.compile(r"[1-9][0-9]{0,2}", re.ASCII)
PUBLIC_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,16}", re.ASCII)
FRESH: Final = f"public, max-age={GOOD_S:g}"
NO_STANDINGS: Final = Refused(404, "this server keeps no standings")
FORGOTTEN_ELSEWHERE: Final = "there is nothing known of you here; all other processes are told to forget you"
NOBODY: Final = Refused(404, "there is nobody of that id, or not any more")

audit = structlog.get_logger("ricochet.audit")
log = structlog.get_logger("ricochet.standings")


class Forget(Struct, frozen=True, forbid_unknown_fields=True):
    """An admin's order."""

    id: str


async def _nothing_else(account: str) -> bool:
    """Where nothing is kept of people but standings."""
    return False


class StandingsApi:
    """What `standings` has to tell; `api` knows who is an admin.

    `forget_else` forgets what else is kept of an account, and says whether there was any. It may raise OSError.
    """

    def __init__(
        self, standings: Standings, api: Api, forget_else: Callable[[str], Awaitable[bool]] = _nothing_else
    ) -> None:
        self.standings, self._api, self._forget_else = standings, api, forget_else
        self._shelf = Shelf()
        self._asking: dict[Key, trio.Event] = {}

    def routes(self) -> list[Route]:
        return [
            Route("/api/standings", self._answering(self._table)),
            Route("/api/players/me", self._answering(self._me)),
            Route("/api/players/me", self._answering(self._forget_me, is_on=True), methods=["DELETE"]),
            Route("/api/players/{id}", self._answering(self._person)),
            Route(f"{ADMIN_PREFIX}/forget", self._forget, methods=["POST"]),
        ]

    def _answering(
        self, answer: "Callable[[Request], Awaitable[Response]]", is_on: bool = False
    ) -> "Callable[..., Awaitable[Response]]":
        """With a sentence in place of what can't be told, as where there are no standings, unless it `is_on` anyway."""

        async def respond(request: Request) -> Response:
            try:
                if not is_on and not self.standings.is_on:
                    raise NO_STANDINGS
                return await answer(request)
            except Refused as refused:
                return not_done(refused.status, refused.sentence)
            except Away:
                return JSONResponse({"error": "the standings can't be read just now; try again in a moment"}, 503)

        return respond

    # for everybody -----------------------------------------------------------------------------------------

    async def _table(self, request: Request) -> Response:
        game, season, page = (request.query_params.get(name, "") for name in ("game", "season", "page"))
        if len(game) > GAME_CHARS_MAX or not game.isprintable():
            raise Refused(400, "a game has a short name")
        if season and not is_season(season):
            raise Refused(400, "a season is a quarter of a year, like 2026-Q4")
        if page and PAGE.fullmatch(page) is None:
            raise Refused(400, "pages are numbered from 1 on")
        now_s, number = self.standings.clock(), int(page or 1)
        answer = await self._answer(
            ("table", game, season, str(number)), lambda them: _encoded(them.table(now_s, game, season, number))
        )
        return _json(answer, Refused(404, f"nothing is known of the season {season}"))

    async def _person(self, request: Request) -> Response:
        public_id, now_s = request.path_params["id"], self.standings.clock()
        if PUBLIC_ID.fullmatch(public_id) is None:
            raise NOBODY
        answer = await self._answer(("person", public_id), lambda them: _encoded(them.person(public_id, now_s)))
        return _json(answer, NOBODY)

    async def _answer(self, key: Key, question: "Callable[[Repository], bytes | None]") -> bytes | None:
        """From the shelf, or else from the database; whoever asks the same meanwhile waits for that. Raises Away."""
        while key in self._asking:
            await self._asking[key].wait()
        is_there, answer = self._shelf.find(key, trio.current_time())
        if is_there:
            return answer
        self._asking[key] = trio.Event()
        try:
            answer = await self.standings.ask(question)
            self._shelf.put(key, answer, trio.current_time())
            return answer
        finally:
            self._asking.pop(key).set()

    # for oneself -------------------------------------------------------------------------------------------

    async def _me(self, request: Request) -> Response:
        account = self._account(request)
        found = await self.standings.ask(lambda them: them.id_of(account)) if account else None
        return JSONResponse({"id": found})

    async def _forget_me(self, request: Request) -> Response:
        """What they have built goes first: should the rest fail, it can be asked for again."""
        refuse_other_sites(request)
        account = self._account(request)
        was_known, others = await self._forget_all(account) if account else (False, 0)
        if not was_known and not others:
            raise Refused(404, "there is nothing known of you")
        caller = caller_of(request.scope)
        audit.info("forgotten", by="themselves", address=caller.address)
        headers = {"Set-Cookie": set_cookie("", caller.is_secure)} if account.startswith("guest:") else None
        return JSONResponse({"done": "you are forgotten" if was_known else FORGOTTEN_ELSEWHERE}, headers=headers)

    async def _forget_all(self, account: str) -> tuple[bool, int]:
        """Here, and in all processes: (whether there was anything here, how many others are told, which don't say
        what they had). Raises Away, and Refused when the disk fails."""
        others = self._api.reach.forgotten(account)
        try:
            had_built = await self._forget_else(account)
        except OSError as error:
            log.error("what somebody has built could not be deleted", why=str(error))
            raise Refused(507, "the disk didn't take it, and nothing else is deleted; ask again") from None
        had_standings = self.standings.is_on and await self.standings.forget(subject=account)
        self._shelf.clear()
        return had_built or had_standings, others

    def _account(self, request: Request) -> str:
        """What whoever asks is known by; "": nothing. Raises Refused."""
        return account_in(request, self._api, self.standings.guest_of)

    # for admins --------------------------------------------------------------------------------------------

    async def _forget(self, request: Request) -> Response:
        address = caller_of(request.scope).address
        try:
            admin = self._api.admin(request)
            if not self.standings.is_on:
                raise NO_STANDINGS
            public_id = _order(await read_body(request)).id
            account = await self.standings.ask(lambda them: them.subject_of(public_id))
            if account is None or not (await self._forget_all(account))[0]:
                raise NOBODY
        except Refused as refused:
            return refuse(request, "forget", refused)
        except Away as away:
            return refuse(request, "forget", Refused(503, f"the standings can't be reached: {away}"))
        audit.info(
            "admin", action="forget", by=admin.subject, address=address, done="forgotten", order={"id": public_id}
        )
        return JSONResponse({"done": f"{public_id} is forgotten"})


def _order(body: bytes) -> Forget:
    try:
        return msgspec.json.decode(body, type=Forget)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Refused(400, f"not an order: {error}") from None


def _encoded(answer: Struct | None) -> bytes | None:
    return None if answer is None else msgspec.json.encode(answer)


def _json(answer: bytes | None, otherwise: Refused) -> Response:
    if answer is None:
        raise otherwise
    return Response(answer, media_type="application/json", headers={"Cache-Control": FRESH})
