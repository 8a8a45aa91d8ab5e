"""Drafts over HTTP: what somebody has built and not saved, for them alone.

    GET    /api/drafts        theirs, the newest first, without what the library has by now
    GET    /api/drafts/ID     one of these, as an arena's JSON file
    DELETE /api/drafts/ID     it is gone for good: its owner's to say, or an admin's

A draft that is deleted doesn't come back by itself: another is kept only of what somebody builds after that.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Final

import msgspec
import structlog
import trio
from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from protocol.arena import Arena
from server.build.drafts import Draft
from server.net.api import Api, Refused, caller_of, not_done
from server.net.asker import GuestOf, account_in, known_by, refuse_other_sites
from server.net.library_api import DISK, Library
from server.roles import GUEST, TABLE

NO_SUCH: Final = Refused(404, "there is no such draft of yours, or not any more")

audit = structlog.get_logger("ricochet.audit")
log = structlog.get_logger("ricochet.drafts")


class DraftsApi:
    """Those of `library`; `api` and `guest_of` know who asks."""

    def __init__(self, library: Library, api: Api, guest_of: GuestOf) -> None:
        self._library, self._api, self._guest_of = library, api, guest_of

    def routes(self) -> list[Route]:
        return [
            Route("/api/drafts", _answering(self._list)),
            Route("/api/drafts/{id}", _answering(self._read), methods=["GET"]),
            Route("/api/drafts/{id}", _answering(self._discard), methods=["DELETE"]),
        ]

    async def _list(self, request: Request) -> Response:
        account, drafts = account_in(request, self._api, self._guest_of), self._library.drafts
        theirs = [] if drafts is None else await trio.to_thread.run_sync(drafts.of, account)
        saved = [_nameless(arena) for arena in self._library.arenas().values()]
        return JSONResponse([_told(id, one) for id, one in theirs if _nameless(one.arena) not in saved])

    async def _read(self, request: Request) -> Response:
        arena = self._library.draft(request.path_params["id"], account_in(request, self._api, self._guest_of))
        if arena is None:
            raise NO_SUCH
        return Response(msgspec.json.encode(arena), media_type="application/json")

    async def _discard(self, request: Request) -> Response:
        refuse_other_sites(request)
        id, identity = request.path_params["id"], self._api.bearer(request) or GUEST
        owner = "" if self._library.drafts is None else self._library.drafts.owner_of(id)
        is_theirs = owner != "" and owner == known_by(identity, self._guest_of, request)
        if not is_theirs and not (owner and TABLE[identity.role].moderate):
            raise NO_SUCH
        await self._library.discard_draft(owner, id)
        if is_theirs:
            log.info("a draft was deleted", id=id)
        else:
            address = caller_of(request.scope).address
            audit.info("admin", action="delete draft", by=identity.subject, address=address, order={"id": id})
        return JSONResponse({"done": "the draft is deleted"})


def _answering(answer: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """With a sentence in place of what isn't done."""

    async def respond(request: Request) -> Response:
        try:
            return await answer(request)
        except Refused as refused:
            return not_done(refused.status, refused.sentence)
        except OSError as error:
            log.error("a draft could not be deleted", why=str(error))
            return JSONResponse({"error": DISK}, 507)

    return respond


def _told(id: str, draft: Draft) -> dict[str, Any]:
    arena = draft.arena
    pieces = sum(
        len(part) for part in (arena.walls, arena.blocks, arena.rocks, arena.crates, arena.spawns, arena.goals)
    )
    size = {"width": arena.size.width, "height": arena.size.height}
    return {"id": id, "title": draft.title, "arena": arena.name, "saved_s": draft.saved_s, "pieces": pieces, **size}


def _nameless(arena: Arena) -> Arena:
    return replace(arena, name="")
