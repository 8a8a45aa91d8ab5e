"""The arena library over HTTP, of a whole server: who saves what, and what is told."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
import trio
from structlog.testing import LogCapture

from protocol.errors import UserError
from server.app import Server
from server.build.shelf import Shelf
from server.config import Config
from server.net import library_api
from server.takeover import listen
from tests.instruments.keys import SECRET, token
from tests.instruments.plans import ARENA
from tests.server.net.test_api import ADMIN, FAR_FUTURE, Running

ANN, BOB = (token(sub=name, exp=FAR_FUTURE) for name in ("ann", "bob"))
EDITOR = token(sub="ed", role="editor", exp=FAR_FUTURE)
BODY: dict[str, Any] = json.loads(msgspec.json.encode(ARENA))


async def start(nursery: trio.Nursery, tmp_path: Path, **settings: Any) -> Running:
    secret = tmp_path / "secret"
    secret.write_bytes(SECRET)
    config = Config(**{"port": 0, "seed": 1, "jwt_secret": secret, "state_dir": tmp_path / "state", **settings})
    listeners = await listen(config, trio.current_time())
    server = Server(config)
    await nursery.start(server.serve, listeners)
    return Running(server, listeners[0].socket.getsockname()[1])


async def test_an_arena_is_saved_listed_and_exported_by_version(nursery: trio.Nursery, tmp_path: Path) -> None:
    running = await start(nursery, tmp_path)
    status, said, _ = await running.ask("/api/arenas/mine?by=Ann", ANN, BODY)
    assert (status, said) == (201, {"name": "mine", "version": 1})
    status, said, _ = await running.ask("/api/arenas/mine?by=Ann", ANN, {**BODY, "crates": []})
    assert (status, said["version"]) == (201, 2)
    status, said, _ = await running.ask("/api/arenas", None)
    assert [(one["name"], one["owned"], one["width"]) for one in said] == [("mine", True, 1024.0)]
    assert [(version["version"], version["by"]) for version in said[0]["versions"]] == [(1, "Ann"), (2, "Ann")]
    assert (await running.ask("/api/arenas/mine", None))[1] == {**BODY, "name": "mine", "crates": []}
    assert (await running.ask("/api/arenas/mine?version=1", None))[1] == {**BODY, "name": "mine"}
    assert (await running.ask("/api/arenas/mine?version=7", None))[0] == 404
    assert (await running.ask("/api/arenas/mine?version=x", None))[0] == 422
    assert "mine" in running.server.library.arenas()


async def test_a_saved_arena_can_be_chosen_for_a_room(nursery: trio.Nursery, tmp_path: Path) -> None:
    running = await start(nursery, tmp_path)
    await running.ask("/api/arenas/mine", ANN, BODY)
    assert running.server.lobby.catalogue is not None
    (build,) = [game for game in running.server.lobby.catalogue.games() if game.name == "build"]
    assert "mine" in build.arenas


async def test_what_is_somebodys_nobody_else_changes(nursery: trio.Nursery, tmp_path: Path) -> None:
    running = await start(nursery, tmp_path)
    await running.ask("/api/arenas/hers", ANN, BODY)
    status, said, _ = await running.ask("/api/arenas/hers", BOB, BODY)
    assert (status, said) == (403, {"error": "'hers' is somebody else's; save it under another name"})
    assert (await running.ask("/api/arenas/hers", None, BODY))[0] == 403
    assert (await running.ask("/api/arenas/hers", EDITOR, BODY))[0] == 201
    assert (await running.ask("/api/arenas/hers", "nonsense", BODY))[0] == 401


async def test_where_only_editors_build_only_they_save(nursery: trio.Nursery, tmp_path: Path) -> None:
    running = await start(nursery, tmp_path, build_by="editors")
    assert (await running.ask("/api/arenas/mine", ANN, BODY))[0] == 403
    assert (await running.ask("/api/arenas/mine", None, BODY))[0] == 403
    assert (await running.ask("/api/arenas/mine", EDITOR, BODY))[0] == 201


async def test_what_is_no_arena_is_refused_with_a_sentence(nursery: trio.Nursery, tmp_path: Path) -> None:
    running = await start(nursery, tmp_path)
    status, said, _ = await running.ask("/api/arenas/mine", ANN, {**BODY, "crates": [{"x": 9999, "y": 0}]})
    assert status == 422
    assert said["error"].startswith("mine: crates[0]: (9999, 0) is outside of the arena")
    assert (await running.ask("/api/arenas/mine", ANN, b"{"))[0] == 422
    assert (await running.ask("/api/arenas/pinball", ANN, BODY))[0] == 409
    assert (await running.ask("/api/arenas/Mine", ANN, BODY))[0] == 422
    assert (await running.ask("/api/arenas", None))[1] == []


async def test_who_saves_too_often_waits(
    nursery: trio.Nursery, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library_api, "SAVES_BURST_MAX", 2)
    running = await start(nursery, tmp_path)
    assert [(await running.ask("/api/arenas/mine", ANN, BODY))[0] for _ in range(3)] == [201, 201, 429]
    assert (await running.ask("/api/arenas/other", BOB, BODY))[0] == 201


async def test_who_is_banned_saves_nothing(nursery: trio.Nursery, tmp_path: Path) -> None:
    running = await start(nursery, tmp_path)
    for order in ({"subject": "ann"}, {"address": "127.0.0.1", "name": "Eve"}):
        status, _, _ = await running.ask("/api/admin/ban", ADMIN, {**order, "seconds": 600, "reason": "vandal"})
        assert status == 200
    sentence = {"error": "banned for 10 more min: vandal"}
    assert (await running.ask("/api/arenas/mine", ANN, BODY))[:2] == (403, sentence)
    assert (await running.ask("/api/arenas/mine?by=Eve", None, BODY))[:2] == (403, sentence)
    assert (await running.ask("/api/arenas", None))[1] == []
    assert (await running.ask("/api/arenas/mine?by=Zoe", None, BODY))[0] == 201, "nobody else at that address is meant"
    await running.ask("/api/admin/ban", ADMIN, {"address": "127.0.0.1", "seconds": 600})
    assert (await running.ask("/api/arenas/mine?by=Zoe", None, BODY))[0] == 403
    assert (await running.ask("/api/arenas/his", BOB, BODY))[0] == 201, "whoever shows a token is known by it alone"


async def test_a_page_of_another_site_saves_nothing(nursery: trio.Nursery, tmp_path: Path) -> None:
    running = await start(nursery, tmp_path)
    assert (await running.ask("/api/arenas/mine", None, BODY, origin="https://evil.example"))[0] == 403
    assert (await running.ask("/api/arenas", None))[1] == []


async def test_an_admin_removes_an_arena_and_nobody_else(
    nursery: trio.Nursery, tmp_path: Path, audit: LogCapture
) -> None:
    running = await start(nursery, tmp_path)
    for name in ("rude", "mine"):
        await running.ask(f"/api/arenas/{name}", ANN, BODY)
    for bearer, status in ((None, 401), (ANN, 403), (EDITOR, 403)):
        assert (await running.ask("/api/arenas/rude", bearer, method="DELETE"))[0] == status
    assert (await running.ask("/api/arenas/rude", ADMIN, method="DELETE", origin="https://evil.example"))[0] == 403
    status, said, _ = await running.ask("/api/arenas/rude", ADMIN, method="DELETE")
    assert (status, said) == (200, {"done": "the arena rude is deleted"})
    assert (await running.ask("/api/arenas/rude", ADMIN, method="DELETE"))[0] == 404
    assert [one["name"] for one in (await running.ask("/api/arenas", None))[1]] == ["mine"]
    assert "rude" not in running.server.library.arenas()
    (deed,) = [entry for entry in audit.entries if entry["event"] == "admin"]
    assert (deed["action"], deed["by"], deed["order"]) == ("delete arena", "root", {"name": "rude"})


async def test_without_a_folder_nothing_is_kept(nursery: trio.Nursery, tmp_path: Path) -> None:
    running = await start(nursery, tmp_path, state_dir=None)
    status, said, _ = await running.ask("/api/arenas/mine", ANN, BODY)
    assert (status, said) == (503, {"error": library_api.NOWHERE})
    assert (await running.ask("/api/arenas", None))[1] == []
    assert (await running.ask("/api/drafts", ANN))[1] == []
    assert (await running.ask("/api/drafts/0123456789abcdef", ANN, method="DELETE"))[0] == 404


async def test_a_disk_that_fails_is_said(
    nursery: trio.Nursery, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError("no space left on device")

    running = await start(nursery, tmp_path)
    monkeypatch.setattr(Shelf, "save", full)
    monkeypatch.setattr(Shelf, "remove", full)
    assert (await running.ask("/api/arenas/mine", ANN, BODY))[:2] == (507, {"error": library_api.DISK})
    said = {"error": "the disk didn't take it; ask again"}
    assert (await running.ask("/api/arenas/mine", ADMIN, method="DELETE"))[:2] == (507, said)


def test_a_folder_that_cannot_be_had_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "arenas").write_text("in the way")
    with pytest.raises(UserError, match="can't be used for arenas: file exists"):
        library_api.library_of(Config(state_dir=tmp_path), [])
