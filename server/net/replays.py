"""Replays over HTTP, for everybody, as matches are; those of private rooms for whoever has been told their id.

    GET /api/replays            the newest, as a list (`archive.Summary`); `?limit=` up to 200, and by default as many;
                                without private ones
    GET /api/replays/ID         one, as a file: whole or in ranges, the same for ever as long as it is there

An id is looked up among those that the archive has; nothing that is asked for ever becomes a path.
"""

from typing import Final

import msgspec
import trio
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from server.replay.archive import SUFFIX, Archive, is_private

LIST_MAX: Final = 200
KEPT: Final = "public, max-age=86400"
NOT_KEPT: Final = "private, no-store"
ASK_FIRST: Final = "no-cache"


class Replays(Struct, frozen=True):
    """Where they come from; None: nothing is recorded."""

    archive: Archive | None

    def routes(self) -> list[Route]:
        return [
            Route("/api/replays", self._list),
            Route("/api/replays/{id}", self._file),
        ]

    async def _list(self, request: Request) -> Response:
        asked = request.query_params.get("limit", str(LIST_MAX))
        if not (asked.isascii() and asked.isdecimal() and len(asked) < 10):
            return JSONResponse({"error": "limit is a number"}, 400)
        summaries = [] if self.archive is None else self.archive.summaries()[: min(int(asked), LIST_MAX)]
        return JSONResponse(msgspec.to_builtins(summaries), headers={"Cache-Control": ASK_FIRST})

    async def _file(self, request: Request) -> Response:
        replay_id = request.path_params["id"]
        path = None if self.archive is None else self.archive.find(replay_id)
        if path is None or not await trio.to_thread.run_sync(path.is_file):
            return JSONResponse({"error": "there is no such replay, or none any more"}, 404)
        headers = {"Cache-Control": NOT_KEPT if is_private(replay_id) else KEPT}
        return FileResponse(
            path, media_type="application/octet-stream", filename=f"{replay_id}{SUFFIX}", headers=headers
        )
