"""docs/your-first-game.md, followed literally: its code is written into a file, its commands are run, and then there is
a game, with bots in it, that the page shows by what it says of itself."""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest
import trio
from playwright.sync_api import expect

import bots
from protocol.messages import Event
from server.games import game_named
from tests.browser.page import PATIENCE_S, opened, wait_for
from tests.instruments.served import READY, ROOT, STOP_S
from tests.instruments.stepper import Stepper, wander

PAGE = (ROOT / "docs" / "your-first-game.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
CODE = [text for language, text in BLOCKS if language == "python"]
COMMANDS = [line for language, text in BLOCKS if language == "sh" for line in text.splitlines()]
SMALLEST, WHOLE = CODE[0], CODE[-1]
LINES_ABOUT = 60
RICOCHET = ".venv/bin/ricochet"


def written(folder: Path, code: str) -> Path:
    path = folder / "tag.py"
    path.write_text(code, "utf-8")
    return path


@contextmanager
def typed(command: str, folder: Path) -> Iterator[str]:
    """Run what the page says, where `tag.py` is; the address that it prints. Any free port will do."""
    program, *words = shlex.split(command)
    assert program == RICOCHET
    process = subprocess.Popen(
        [sys.executable, "-m", "ricochet", *words, "--port", "0"], cwd=folder, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        found = READY.search(process.stdout.readline())
        assert found, process.poll()
        yield found[0]
        process.terminate()
        assert process.wait(STOP_S) == 0
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def test_the_page_has_all_that_is_to_be_done() -> None:
    setup, serve = COMMANDS
    targets = re.findall(r"^([\w-]+):.*##", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert shlex.split(setup)[0] == "make"
    assert set(shlex.split(setup)[1:]) <= set(targets)
    assert serve.startswith(f"{RICOCHET} serve --game tag.py --bots ")
    assert LINES_ABOUT - 10 < len([line for line in WHOLE.splitlines() if line.strip()]) < LINES_ABOUT + 10


@pytest.mark.parametrize("part", CODE[1:-1], ids=lambda part: part.split("\n")[0].strip()[:30])
def test_what_is_explained_is_what_stands_in_the_whole_file(part: str) -> None:
    whole = [line.strip() for line in WHOLE.splitlines()]
    assert [line for line in part.splitlines() if line.strip() not in whole] == []


def test_the_smallest_game_is_one(tmp_path: Path) -> None:
    stepper = Stepper(game=game_named(str(written(tmp_path, SMALLEST))))
    client = stepper.join()
    client.pilot = wander(Random(1))
    stepper.step(60)
    assert client.told.own is not None


def test_the_rules_are_those_of_tag(tmp_path: Path) -> None:
    stepper = Stepper(game=game_named(str(written(tmp_path, WHOLE))))
    clients = {client.player.id: client for client in (stepper.join(name) for name in ("Ann", "Bob", "Cat"))}
    stepper.step(100)
    game: Any = stepper.room.game
    first = game.book.it
    assert clients[1].events_named("tagged") == [{"player": first, "by": 0}]
    one, other = clients[first], clients[first % 3 + 1]
    stepper.room.world.put(one.player.ship, 200, 200)
    stepper.room.world.put(other.player.ship, 240, 200)
    stepper.room.world.set_velocity(one.player.ship, 300, 0)
    stepper.until(lambda: game.book.it == other.player.id, ticks_max=60)
    stepper.step(30)
    assert game.book.it == other.player.id, "they stay in touch, and yet it counts once"
    assert game.book.rows[first][1] == 1
    assert stepper.room.world.status[other.player.ship] & 256
    stepper.step(120)
    assert game.book.rows[first][0] >= 2
    hud = [snapshot.hud for snapshot in other.snapshots if snapshot.hud][-1]
    assert hud[0] == 1
    stepper.room.leave(other.player)
    stepper.clients = [client for client in stepper.clients if client is not other]
    stepper.step()
    assert game.book.it in stepper.room.players


async def _look_on(url: str, players: int) -> dict[str, Any]:
    """Until so many are there, somebody is it, and being free has counted."""
    heard: list[Event] = []
    address = url.replace("http", "ws") + "play"
    async with bots.connect(address, name="Ada") as bot:
        bot.hear(lambda message: heard.append(message) if isinstance(message, Event) else None)
        async for view in bot.snapshots():
            counted = [row for event in heard if event.name == "scores" for row in event.body["scores"] if row[1] > 0]
            if len(bot.players) >= players and counted and (view.hud["it_x"], view.hud["it_y"]) != (0, 0):
                return {"hud": set(view.hud), "bots": {info.bot for info in bot.players.values()}}
    raise AssertionError(f"it ended: {bot.ended}")


def test_the_command_serves_the_smallest_game(tmp_path: Path) -> None:
    written(tmp_path, SMALLEST)
    with typed(COMMANDS[1], tmp_path) as url:
        assert url


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the whole game is served."""
    folder = written(tmp_path_factory.mktemp("game"), WHOLE).parent
    with typed(COMMANDS[1], folder) as address:
        yield address


def test_bots_are_in_it_and_play(url: str) -> None:
    seen = trio.run(partial(_look_on, url, 7))
    assert seen == {"hud": {"is_it", "it_x", "it_y"}, "bots": {True}}


@pytest.mark.browser
def test_the_page_shows_what_the_game_says_of_itself(url: str, chromium_path: Path) -> None:
    expect.set_options(timeout=PATIENCE_S * 1000)
    with opened(chromium_path, f"{url}?name=Grace&autojoin=1") as page:
        wait_for(page, "r.own !== null")
        expect(page.locator(".hint .keys")).to_contain_text("sprint")
        assert "Sprint" in page.locator(".bar-label").all_text_contents()
        page.keyboard.down("Tab")
        expect(page.locator(".board-table th")).to_have_text(["", "Player", "Seconds free", "Tags", "Ping"])
