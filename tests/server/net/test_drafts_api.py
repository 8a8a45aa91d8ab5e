"""Drafts over HTTP, of a whole server: who is told of them, and who deletes them."""

from pathlib import Path

import pytest
import trio
from structlog.testing import LogCapture

from server.build.drafts import Draft, Drafts
from tests.instruments.plans import ARENA
from tests.server.net.test_api import ADMIN, Running
from tests.server.net.test_library_api import ANN, BOB, BODY, EDITOR, start
from tests.server.standings.matches import duel

ID, OTHER = "0123456789abcdef", "fedcba9876543210"


@pytest.fixture
async def running(nursery: trio.Nursery, tmp_path: Path) -> Running:
    """With two drafts of Ann's."""
    running = await start(nursery, tmp_path)
    for number, id in enumerate((ID, OTHER)):
        drafts_of(running).keep(id, Draft("subject:ann", f"Ours {number}", 1000 - number, ARENA))
    return running


def drafts_of(running: Running) -> Drafts:
    assert running.server.library.drafts is not None
    return running.server.library.drafts


async def test_drafts_are_told_to_whose_they_are_until_they_are_saved(running: Running) -> None:
    status, said, _ = await running.ask("/api/drafts", ANN)
    told = {"id": ID, "title": "Ours 0", "arena": "Site", "saved_s": 1000, "pieces": 8}
    assert (status, said[0]) == (200, {**told, "width": 1024.0, "height": 1024.0})
    assert [one["id"] for one in said] == [ID, OTHER]
    assert (await running.ask(f"/api/drafts/{ID}", ANN))[1] == BODY
    for stranger in (BOB, None):
        assert (await running.ask("/api/drafts", stranger))[1] == []
        assert (await running.ask(f"/api/drafts/{ID}", stranger))[0] == 404
    assert (await running.ask("/api/drafts", "nonsense"))[0] == 401
    await running.ask("/api/arenas/ours", ANN, BODY)
    assert (await running.ask("/api/drafts", ANN))[1] == [], "the library has it now"


async def test_a_draft_is_deleted_by_its_owner_or_an_admin(running: Running, audit: LogCapture) -> None:
    for stranger, status in ((BOB, 404), (None, 404), (EDITOR, 404), ("nonsense", 401)):
        assert (await running.ask(f"/api/drafts/{ID}", stranger, method="DELETE"))[0] == status
    evil = {"origin": "https://evil.example"}
    assert (await running.ask(f"/api/drafts/{ID}", ANN, method="DELETE", **evil))[0] == 403
    assert len(drafts_of(running)) == 2
    own = {"origin": "http://game.example"}
    status, said, _ = await running.ask(f"/api/drafts/{ID}", ANN, method="DELETE", **own)
    assert (status, said) == (200, {"done": "the draft is deleted"})
    assert [id for id, _ in drafts_of(running).of("subject:ann")] == [OTHER]
    status, said, _ = await running.ask(f"/api/drafts/{ID}", ANN, method="DELETE")
    assert (status, said) == (404, {"error": "there is no such draft of yours, or not any more"})
    assert (await running.ask("/api/drafts/nothing", ADMIN, method="DELETE"))[0] == 404
    assert not [entry for entry in audit.entries if entry["event"] == "admin"]
    assert (await running.ask(f"/api/drafts/{OTHER}", ADMIN, method="DELETE"))[0] == 200
    (line,) = [entry for entry in audit.entries if entry["event"] == "admin"]
    assert (line["action"], line["by"], line["order"]) == ("delete draft", "root", {"id": OTHER})
    assert len(drafts_of(running)) == 0


async def test_a_disk_that_fails_is_said(running: Running, tmp_path: Path) -> None:
    path = tmp_path / "state" / "drafts" / f"{ID}.json"
    path.unlink()
    path.mkdir()
    status, said, _ = await running.ask(f"/api/drafts/{ID}", ANN, method="DELETE")
    assert (status, "the disk" in said["error"]) == (507, True)
    assert len(drafts_of(running)) == 2


async def test_who_is_forgotten_leaves_no_draft_and_no_name(running: Running, tmp_path: Path) -> None:
    for version in (BODY, {**BODY, "crates": []}):
        assert (await running.ask("/api/arenas/hers?by=Ann", ANN, version))[0] == 201
    drafts_of(running).keep("0" * 16, Draft("subject:bob", "His", 1000, ARENA))
    status, said, _ = await running.ask("/api/players/me", ANN, method="DELETE")
    assert (status, said) == (200, {"done": "you are forgotten"}), "though she has never played"
    assert (await running.ask("/api/drafts", ANN))[1] == []
    assert [path.stem for path in (tmp_path / "state" / "drafts").iterdir()] == ["0" * 16]
    (book,) = (await running.ask("/api/arenas", None))[1]
    assert (book["name"], book["owned"]) == ("hers", False)
    assert [(version["version"], version["by"]) for version in book["versions"]] == [(1, "Somebody"), (2, "Somebody")]
    assert (await running.ask("/api/arenas/hers?version=1", None))[1]["crates"] == BODY["crates"]
    assert not [path for path in (tmp_path / "state" / "arenas").rglob("*.json") if b"nn" in path.read_bytes()]
    assert (await running.ask("/api/players/me", ANN, method="DELETE"))[0] == 404, "nothing is left"


async def test_without_standings_one_is_forgotten_all_the_same(nursery: trio.Nursery, tmp_path: Path) -> None:
    running = await start(nursery, tmp_path, standings_url="off")
    drafts_of(running).keep(ID, Draft("subject:ann", "Ours", 1000, ARENA))
    assert (await running.ask("/api/players/me", ANN))[0] == 404
    assert (await running.ask("/api/players/me", ANN, method="DELETE"))[0] == 200
    assert len(drafts_of(running)) == 0


async def test_an_admin_has_what_somebody_built_forgotten_too(running: Running) -> None:
    repository = running.server.standings.repository
    assert repository is not None
    repository.record(duel("ann", "bob"))
    public_id = repository.id_of("subject:ann")
    assert (await running.ask("/api/admin/forget", ADMIN, {"id": public_id}))[0] == 200
    assert (len(drafts_of(running)), repository.id_of("subject:ann")) == (0, None)


async def test_a_disk_that_fails_leaves_everything_to_be_asked_for_again(running: Running, tmp_path: Path) -> None:
    repository = running.server.standings.repository
    assert repository is not None
    repository.record(duel("ann", "bob"))
    public_id, path = repository.id_of("subject:ann"), tmp_path / "state" / "drafts" / f"{ID}.json"
    content = path.read_bytes()
    path.unlink()
    path.mkdir()
    assert (await running.ask("/api/players/me", ANN, method="DELETE"))[0] == 507
    assert (await running.ask("/api/admin/forget", ADMIN, {"id": public_id}))[0] == 507
    assert repository.id_of("subject:ann") == public_id
    path.rmdir()
    path.write_bytes(content)
    assert (await running.ask("/api/players/me", ANN, method="DELETE"))[0] == 200
    assert (len(drafts_of(running)), repository.id_of("subject:ann")) == (0, None)
