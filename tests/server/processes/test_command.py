"""`ricochet serve --processes 2` as it is typed, with a real Redis; and what it says where it can't be."""

import json
import os
import signal
import socket
import urllib.request
from pathlib import Path

import pytest
import trio

import bots
from protocol.errors import UserError
from server.config import Config
from server.processes.command import Mind, ports_of
from tests.instruments.redis import running
from tests.instruments.served import STOP_S, Served, served

PATIENCE_S = 60.0


def rooms(url: str) -> list[dict[str, object]]:
    try:
        with urllib.request.urlopen(f"{url}api/rooms") as answer:
            listed: list[dict[str, object]] = json.load(answer)
            return listed
    except OSError:
        return []


def own(url: str) -> list[str]:
    """The rooms of the process at `url` itself."""
    return [str(room["name"]) for room in rooms(url) if "url" not in room]


async def theirs(url: str) -> tuple[str, str]:
    """A room of the other process, and where that is."""
    with trio.fail_after(PATIENCE_S):
        while not (found := [room for room in rooms(url) if "url" in room]):  # noqa: ASYNC110
            await trio.sleep(0.1)
    return str(found[0]["name"]), str(found[0]["url"])


def children(server: Served) -> dict[str, int]:
    """The processes of its children, by what they were started as. Linux, by way of /proc."""
    tasks = Path(f"/proc/{server.process.pid}/task").glob("*/children")
    pids = [pid for task in tasks for pid in task.read_text().split()]
    return {Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[-2].decode(): int(pid) for pid in pids}


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="children are found by /proc")
async def test_two_processes_by_one_command() -> None:
    """A bot is led from one to the other; one of them is killed with -9 and is back; one signal ends both."""
    with running() as redis, served("--processes", "2", "--directory", redis.url, "--drain-s", "1") as server:
        name, address = await theirs(server.page_url)
        async with bots.connect(server.play_url, "Ada", room=name) as ada:
            assert ada.room == name
            assert own(address) == [name], "that is where it is"
        before = children(server)
        assert set(before) == {"1", "2"}
        os.kill(before["2"], signal.SIGKILL)
        with trio.fail_after(PATIENCE_S):
            while own(address) in ([], [name]):  # noqa: ASYNC110
                await trio.sleep(0.1)
        after = children(server)
        assert after["1"] == before["1"]
        assert after["2"] != before["2"]
        server.process.send_signal(signal.SIGTERM)
        assert await trio.to_thread.run_sync(server.process.wait, STOP_S) == 0
        server.has_ended = True
        for pid in after.values():
            with pytest.raises(ProcessLookupError):
                os.kill(pid, 0)


def test_ports_follow_one_another_or_are_any_that_are_free() -> None:
    assert ports_of(Config(processes=3, directory="redis://a", port=9000)) == [9000, 9001, 9002]
    free = ports_of(Config(processes=3, directory="redis://a", port=0))
    assert len(set(free)) == 3
    with pytest.raises(UserError, match=r"no ports of 192\.0\.2\.1 can be had: "):
        ports_of(Config(processes=2, directory="redis://a", port=0, host="192.0.2.1", public_url="http://a:{port}"))


async def test_systemd_hears_of_all_as_of_one(tmp_path: Path, autojump_clock: trio.abc.Clock) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(str(tmp_path / "ear"))
        mind = Mind({"NOTIFY_SOCKET": str(tmp_path / "ear"), "WATCHDOG_USEC": "10000000"})
        mind.say("READY=1", "STATUS=2 processes")
        with trio.move_on_after(12):
            await mind.run()
        assert [ear.recv(100) for _ in range(4)] == [b"READY=1\nSTATUS=2 processes", *[b"WATCHDOG=1"] * 3]
        await Mind({}).run()
