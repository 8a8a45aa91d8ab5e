"""The arena library over HTTP.

    GET    /api/arenas                all of it: names, owners, versions
    GET    /api/arenas/NAME           the newest version, as an arena's JSON file; ?version=N an older one
    POST   /api/arenas/NAME?by=WHO    a new version: an arena's JSON file. Its owner's alone, if it has one
    DELETE /api/arenas/NAME           it is gone, with all its versions: an admin's to say
    /api/drafts                       see `drafts_api`

Whoever plays may save, or only editors where `build_by` says so; nobody who is banned, a guest by WHO as well. An arena
belongs to whoever saves it first: the subject of their token, or the guest that their browser is known as; without
either it is everybody's, and so it is once they are forgotten. The disk is written by a worker thread, one save at a
time, so no tick waits for it.
"""

import time
from collections.abc import Callable, Collection, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

import msgspec
import structlog
import trio
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from protocol.arena import Arena
from protocol.errors import UserError, Violation
from protocol.limits import ARENA_BYTES_MAX
from protocol.messages import is_good_name
from server.bucket import Bucket
from server.build.drafts import Drafts
from server.build.rescue import Rescue
from server.build.shelf import Book, CannotKeep, Shelf, read_arena
from server.config import Config
from server.net.api import Api, Refused, caller_of, not_done, read_at_most, refuse
from server.net.asker import GuestOf, known_by
from server.restrictions import key_of, keys_of
from server.roles import GUEST, TABLE, Identity

NOWHERE: Final = "this server keeps no arenas: it has no state_dir"
SOMEBODY: Final = "Somebody"
DISK: Final = "the disk didn't take it; what was saved before is still there"
SAVES_PER_SECOND_MAX: Final = 0.2
SAVES_BURST_MAX: Final = 10
SAVERS_MAX: Final = 1024
"""With more of them at once, whoever isn't among them waits."""

audit = structlog.get_logger("ricochet.audit")
log = structlog.get_logger("ricochet.library")


class Library:
    """What is on the shelf, and who may put more there. Without a shelf nothing is kept."""

    def __init__(self, shelf: Shelf | None, is_open: bool, drafts: Drafts | None = None) -> None:
        self.shelf, self.is_open, self.drafts = shelf, is_open, drafts
        self.rescue: Rescue | None = None
        """What keeps the drafts."""
        self.on_forget: Callable[[str], None] = lambda account: None
        """Called first when somebody is forgotten, who may be here."""
        self._saving = trio.Lock()
        self._savers: dict[str, Bucket] = {}
        """By what bans know them by."""

    def arenas(self) -> Mapping[str, Arena]:
        return {} if self.shelf is None else self.shelf.arenas

    def routes(self, api: Api, guest_of: GuestOf) -> list[Route]:
        return [
            Route("/api/arenas", self._list),
            Route("/api/arenas/{name}", self._read, methods=["GET"]),
            Route("/api/arenas/{name}", partial(self._save, api, guest_of), methods=["POST"]),
            Route("/api/arenas/{name}", partial(self._remove, api), methods=["DELETE"]),
        ]

    async def _list(self, request: Request) -> Response:
        books = [] if self.shelf is None else self.shelf.books()
        return JSONResponse([_told(name, book) for name, book in books])

    async def _read(self, request: Request) -> Response:
        try:
            shelf, number = self._kept(), _number(request.query_params.get("version"))
            arena = await trio.to_thread.run_sync(shelf.read, request.path_params["name"], number)
        except CannotKeep as error:
            return not_done(error.status, error.sentence)
        return Response(msgspec.json.encode(arena), media_type="application/json")

    async def _save(self, api: Api, guest_of: GuestOf, request: Request) -> Response:
        name, now_s = request.path_params["name"], trio.current_time()
        try:
            by = request.query_params.get("by", SOMEBODY)
            by = by if is_good_name(by) else SOMEBODY
            shelf, (owner, may_change_all) = self._kept(), self._saver(api, guest_of, request, by, now_s)
            shelf.check(name, owner, may_change_all)
            arena = await trio.to_thread.run_sync(read_arena, await _body(request), name)
            async with self._saving:
                number = await trio.to_thread.run_sync(
                    shelf.save, name, owner, by, int(time.time()), arena, may_change_all
                )
        except (CannotKeep, Refused) as error:
            return not_done(error.status, error.sentence)
        except OSError as error:
            log.error("an arena could not be saved", name=name, why=str(error))
            return JSONResponse({"error": DISK}, 507)
        log.info("an arena was saved", name=name, version=number, by=by)
        return JSONResponse({"name": name, "version": number}, 201)

    async def _remove(self, api: Api, request: Request) -> Response:
        name, action = request.path_params["name"], "delete arena"
        try:
            admin, shelf = api.admin(request), self._kept()
            async with self._saving:
                await trio.to_thread.run_sync(shelf.remove, name)
        except Refused as refused:
            return refuse(request, action, refused)
        except CannotKeep as error:
            return refuse(request, action, Refused(error.status, error.sentence))
        except OSError as error:
            log.error("an arena could not be deleted", name=name, why=str(error))
            return refuse(request, action, Refused(507, "the disk didn't take it; ask again"))
        done, address = f"the arena {name} is deleted", caller_of(request.scope).address
        audit.info("admin", action=action, by=admin.subject, address=address, done=done, order={"name": name})
        return JSONResponse({"done": done})

    def draft(self, id: str, account: str) -> Arena | None:
        """One of somebody's drafts."""
        found = None if self.drafts is None else self.drafts.find(id, account)
        return None if found is None else found.arena

    async def discard_draft(self, owner: str, id: str) -> None:
        """It is gone for good. Raises OSError."""
        if self.rescue is not None:
            await self.rescue.discard(owner, id)

    async def forget(self, account: str) -> bool:
        """Somebody's drafts go, and what they have saved is nobody's; whether there was any of it. Raises OSError."""
        self.on_forget(account)
        had_drafts = self.rescue is not None and await self.rescue.discard(account)
        if self.shelf is None:
            return had_drafts
        async with self._saving:
            had_arenas = await trio.to_thread.run_sync(self.shelf.disown, account, SOMEBODY)
        return had_drafts or had_arenas

    def _kept(self) -> Shelf:
        if self.shelf is None:
            raise CannotKeep(503, NOWHERE)
        return self.shelf

    def _saver(self, api: Api, guest_of: GuestOf, request: Request, by: str, now_s: float) -> tuple[str, bool]:
        """(who saves, whether they may change others' arenas). Raises Refused."""
        caller, bans = caller_of(request.scope), api.reach.moderation.lobby.bans
        identity = api.bearer(request) or self._guest(api)
        if ban := bans.find_any(keys_of(identity, caller.address, by), now_s):
            raise Refused(403, ban.sentence(now_s))
        may = TABLE[identity.role]
        if not may.edit and not (self.is_open and may.play):
            raise Refused(403, "only editors save arenas here")
        self._count(key_of(identity, caller.address), now_s)
        return known_by(identity, guest_of, request), may.edit

    def _count(self, key: str, now_s: float) -> None:
        """Raises Refused."""
        if len(self._savers) >= SAVERS_MAX:
            self._savers = {other: bucket for other, bucket in self._savers.items() if bucket.back_s > now_s}
        if key not in self._savers and len(self._savers) < SAVERS_MAX:
            self._savers[key] = Bucket.full(SAVES_PER_SECOND_MAX, SAVES_BURST_MAX, now_s)
        if key not in self._savers or not self._savers[key].take(now_s):
            raise Refused(429, "too many arenas at once; wait a little")

    def _guest(self, api: Api) -> Identity:
        if not self.is_open:
            return GUEST
        try:
            return api.gate.identify(None)
        except Violation as violation:
            raise Refused(401, violation.sentence) from None


def library_of(config: Config, taken: Collection[str]) -> Library:
    """Raises UserError when the folder can't be had."""
    if config.state_dir is None:
        return Library(None, config.build_by == "players")
    folder: Path = config.state_dir
    try:
        shelf, drafts = Shelf(folder / "arenas", taken), Drafts(folder / "drafts")
    except OSError as error:
        raise UserError(f"{folder} can't be used for arenas: {(error.strerror or str(error)).lower()}") from None
    return Library(shelf, config.build_by == "players", drafts)


async def _body(request: Request) -> bytes:
    """Raises CannotKeep."""
    if (body := await read_at_most(request, ARENA_BYTES_MAX)) is None:
        raise CannotKeep(413, f"an arena has at most {ARENA_BYTES_MAX} bytes")
    return body


def _number(said: str | None) -> int | None:
    if said is None:
        return None
    if not (said.isascii() and said.isdigit() and len(said) < 8):
        raise CannotKeep(422, "a version is a number")
    return int(said)


def _told(name: str, book: Book) -> dict[str, Any]:
    versions = [{"version": one.number, "by": one.by, "saved_s": one.saved_s} for one in book.versions]
    size = book.arena.size
    return {"name": name, "owned": bool(book.owner), "width": size.width, "height": size.height, "versions": versions}
