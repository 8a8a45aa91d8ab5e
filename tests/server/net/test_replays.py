"""Replays over HTTP: listed, whole, in parts, and nothing else of the disk."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from server.net.web import ASK_FIRST
from server.replay.archive import Archive
from tests.server.net.test_web import Site
from tests.server.replay.test_archive import LARGE, begin, record


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    archive = Archive(tmp_path / "replays", LARGE)
    yield archive
    archive.close()


@pytest.fixture
def site(tmp_path: Path, archive: Archive) -> Site:
    return Site(tmp_path, archive)


def plain(body: bytes) -> Any:
    return msgspec.json.decode(body)


async def test_the_newest_are_listed_first(site: Site, archive: Archive) -> None:
    names = [record(archive, n) for n in range(3)]
    begin(archive, names[0])
    answer = await site.get("/api/replays")
    assert answer.headers["cache-control"] == ASK_FIRST
    listed = plain(answer.body)
    assert [one["id"] for one in listed] == names[::-1]
    assert {"room", "game", "arena", "recorded_s", "seconds", "bytes", "standings", "has_ended"} <= set(listed[0])
    assert listed[0]["standings"][0]["name"] == "Ann"
    assert [one["id"] for one in plain((await site.get("/api/replays", query="limit=1")).body)] == names[2:]
    assert (await site.get("/api/replays", query="limit=-1")).status == 400


async def test_one_is_downloaded_whole_or_in_part(site: Site, archive: Archive) -> None:
    replay_id = record(archive)
    file = archive.folder / f"{replay_id}.replay"
    whole = await site.get(f"/api/replays/{replay_id}")
    assert (whole.status, whole.body) == (200, file.read_bytes())
    assert whole.headers["cache-control"].startswith("public, max-age=")
    assert replay_id in whole.headers["content-disposition"]
    part = await site.get(f"/api/replays/{replay_id}", headers={"range": "bytes=0-7"})
    assert (part.status, part.body) == (206, b"RICOREPL")
    assert part.headers["content-range"] == f"bytes 0-7/{len(whole.body)}"


async def test_a_private_one_is_in_no_list_and_is_given_to_whoever_has_its_id(site: Site, archive: Archive) -> None:
    public, private = record(archive), record(archive, 1, private=True)
    listed = await site.get("/api/replays")
    assert [one["id"] for one in plain(listed.body)] == [public]
    assert b"private" not in listed.body
    whole = await site.get(f"/api/replays/{private}")
    assert (whole.status, whole.body) == (200, (archive.folder / f"{private}.replay").read_bytes())
    assert whole.headers["cache-control"] == "private, no-store"
    part = await site.get(f"/api/replays/{private}", headers={"range": "bytes=0-7"})
    assert (part.status, part.body, part.headers["cache-control"]) == (206, b"RICOREPL", "private, no-store")
    wrong = private[:-1] + ("0" if private[-1] != "0" else "1")
    assert (await site.get(f"/api/replays/{wrong}")).status == 404


@pytest.mark.parametrize(
    "name", ["nothing", "..", "%2e%2e%2fsecret", "../secret", "20231114T221320Z-main-melee/../../secret"]
)
async def test_nothing_else_is_given_out(name: str, site: Site, archive: Archive) -> None:
    record(archive)
    answer = await site.get(f"/api/replays/{name}")
    assert answer.status in (404, 503)
    assert b"not for you" not in answer.body


async def test_one_that_was_just_removed_is_not_there(site: Site, archive: Archive) -> None:
    replay_id = record(archive)
    (archive.folder / f"{replay_id}.replay").unlink()
    assert (await site.get(f"/api/replays/{replay_id}")).status == 404


async def test_where_nothing_is_recorded_the_list_is_empty(tmp_path: Path) -> None:
    site = Site(tmp_path)
    assert plain((await site.get("/api/replays")).body) == []
    assert (await site.get("/api/replays/20231114T221320Z-main-melee")).status == 404


async def test_the_page_is_there_once_it_is_built(site: Site) -> None:
    site.build_client()
    assert (await site.get("/replay")).status == 404
    (site.client / "replay.html").write_text("<title>a replay</title>")
    answer = await site.get("/replay")
    assert (answer.status, answer.body) == (200, b"<title>a replay</title>")
