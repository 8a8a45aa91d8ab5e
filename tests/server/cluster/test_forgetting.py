"""Whole servers on a clock of the test's own: whoever is forgotten by one is so by all, whatever their disks say."""

from hashlib import sha256
from pathlib import Path

import pytest
import structlog
import trio
from trio.testing import MockClock

from server.build.drafts import Draft
from server.cluster.erasures import AGAIN_AFTER_S
from tests.instruments.plans import ARENA
from tests.server.cluster.fleets import Flotilla
from tests.server.net.wires import really


@pytest.fixture
async def flotilla(nursery: trio.Nursery, monkeypatch: pytest.MonkeyPatch) -> Flotilla:
    return Flotilla(nursery, monkeypatch)


async def test_who_is_forgotten_by_one_is_forgotten_by_all(
    flotilla: Flotilla, autojump_clock: MockClock, tmp_path: Path
) -> None:
    here, there = [await flotilla.launch(state_dir=tmp_path / name, standings_url="off") for name in ("a", "b")]
    library = there.server.library
    assert library.drafts is not None
    assert library.shelf is not None
    for owner in ("subject:ann", "subject:bob"):
        library.drafts.keep(sha256(owner.encode()).hexdigest()[:16], Draft(owner, "Site", 1, ARENA))
        library.shelf.save(owner[8:], owner, owner[8:], 1, ARENA)
    await really(lambda: len(here.fleet.peers) == 1)
    assert here.fleet.forgotten("subject:ann") == 1
    await really(lambda: library.shelf is not None and not dict(library.shelf.books())["ann"].owner)
    assert (library.drafts.ids_of("subject:ann"), len(library.drafts)) == ([], 1)
    assert dict(library.shelf.books())["bob"].owner == "subject:bob"
    assert list(there.server.standings._forgotten) == ["subject:ann"], "what they play there counts for them no more"


async def test_a_disk_that_fails_holds_up_nobody_elses_forgetting_and_is_asked_again(
    flotilla: Flotilla, autojump_clock: MockClock
) -> None:
    here, there = await flotilla.launch(), await flotilla.launch()
    is_full, asked = True, list[str]()

    async def forget(account: str) -> None:
        await trio.lowlevel.checkpoint()
        asked.append(account)
        if is_full and account == "subject:ann":
            raise OSError("the disk is full")

    there.fleet.on_forgotten = forget
    with structlog.testing.capture_logs() as said:
        for account in ("subject:ann", "subject:bob"):
            here.fleet.forgotten(account)
        await trio.sleep(1.0)
    assert asked == ["subject:ann", "subject:bob"]
    assert [(line["event"], line["why"]) for line in said if line["log_level"] == "error"] == [
        ("some who were forgotten elsewhere could not be here yet", "the disk is full")
    ]
    assert there.fleet.counting(there.server.lobby.statistics)().forgotten_waiting == 1
    await trio.sleep(AGAIN_AFTER_S)
    assert asked[2:] == ["subject:ann"]
    is_full = False
    await trio.sleep(3 * AGAIN_AFTER_S)
    assert asked[2:] == ["subject:ann"] * 2, "and then it is done"
