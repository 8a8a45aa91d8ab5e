"""The dashboard of one of two processes, in a real Chromium: it shows both, and an admin acts on the other by it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.axe import AXE, barriers, is_wide
from tests.browser.page import PHONE
from tests.browser.test_dashboard import PATIENCE_MS, SECRET, WIDE, confirm, dashboard, rows, says
from tests.instruments.redis import running
from tests.instruments.served import Served, served

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, Served]]:
    folder = tmp_path_factory.mktemp("fleet")
    (folder / "secret").write_bytes(SECRET)
    with running() as redis:
        flags = ("--directory", redis.url, "--jwt-secret", str(folder / "secret"))
        with served(*flags, "--bots", "2") as here, served(*flags, "--map", "belt") as there:
            yield here, there


def test_all_processes_and_rooms_are_there_for_everybody(two: tuple[Served, Served], chromium_path: Path) -> None:
    here, there = two
    with dashboard(chromium_path, here) as page:
        says(page, "Live")
        expect(rows(page, "Processes")).to_have_count(2, timeout=PATIENCE_MS)
        expect(rows(page, "Processes").first).to_contain_text(f"127.0.0.1:{here.port} (this one)")
        expect(rows(page, "Processes").nth(1)).to_contain_text(f"127.0.0.1:{there.port}")
        expect(page.get_by_text("2 processes: 2 rooms, 0 people, 2 bots")).to_be_visible(timeout=PATIENCE_MS)
        belt = rows(page, "Rooms").filter(has_text="belt")
        expect(belt).to_contain_text(f"127.0.0.1:{there.port}", timeout=PATIENCE_MS)
        expect(page.get_by_role("link", name="Processes")).to_be_visible()
        page.evaluate(AXE.read_text("utf-8"))
        for width, height in (WIDE, PHONE):
            page.set_viewport_size({"width": width, "height": height})
            assert not is_wide(page)
            assert not barriers(page)


def test_a_room_of_the_other_process_is_closed_and_that_process_drained(
    two: tuple[Served, Served], chromium_path: Path
) -> None:
    here, there = two
    with dashboard(chromium_path, here) as page:
        says(page, "Live")
        belt = rows(page, "Rooms").filter(has_text=f"127.0.0.1:{there.port}")
        belt.get_by_role("button").click(timeout=PATIENCE_MS)
        confirm(page, "Close belt?", "Close the room")
        says(page, "Elsewhere: closed the room belt")
        page.get_by_role("button", name="Drain", exact=True).click()
        expect(page.get_by_label("And all other processes with it")).not_to_be_checked()
        page.keyboard.press("Escape")
        place = f"127.0.0.1:{there.port}"
        page.get_by_role("button", name=f"Drain {place}").click()
        confirm(page, f"Drain {place}?", "Drain the process")
        says(page, "is draining.")
        assert there.process.wait(60) == 0
        there.has_ended = True
        expect(rows(page, "Processes")).to_have_count(1, timeout=PATIENCE_MS)
