"""A child as a real process: what it says is heard, signals reach it, and it ends when its parent is no more."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import trio

from server.config import Config
from server.processes.child import Cradle, Process
from server.processes.command import ports_of
from server.processes.parent import READY, STOPPING
from server.processes.shares import shares_of
from tests.instruments.redis import running

PATIENCE_S = 60.0


async def heard(child: Process, word: str) -> None:
    with trio.fail_after(PATIENCE_S):
        while word not in await child.hear():
            pass


async def test_it_says_that_it_is_ready_and_drains_when_its_pipe_closes(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with running() as redis:
        config = Config(processes=2, port=0, directory=redis.url, standings_url="off")
        first = shares_of(config, ports_of(config))[0]
        child = await Cradle(tmp_path).spawn(first)
        try:
            await heard(child, READY)
            assert os.getsid(child.pid) == child.pid, "Ctrl-C is the parent's alone"
            stdin = child._process.stdin
            assert stdin is not None
            await stdin.aclose()
            await heard(child, STOPPING)
            with trio.fail_after(PATIENCE_S):
                assert await child.ended() == 0
            child.tell(signal.SIGTERM)
        finally:
            child.tell(signal.SIGKILL)
            child.close()
    out, err = capfd.readouterr()
    lines = [json.loads(line) for line in err.splitlines()]  # whatever it says is a line of the log
    [ready] = [line for line in lines if line["event"] == "ready"]
    assert (ready["process"], ready["url"]) == (1, f"http://127.0.0.1:{first.config.port}/")
    assert out == ""


async def test_a_socket_that_cant_be_had_is_an_os_error(tmp_path: Path) -> None:
    config = Config(processes=2, directory="redis://127.0.0.1")
    with pytest.raises(OSError, match="No such file"):
        await Cradle(tmp_path / "nowhere").spawn(shares_of(config, [1, 2])[0])


def test_nothing_of_a_game_is_loaded_by_the_parent() -> None:
    code = "import sys, server.processes.command; print(*sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert not {"server.app", "server.lobby", "pymunk", "starlette", "coredis"} & set(said.split())
