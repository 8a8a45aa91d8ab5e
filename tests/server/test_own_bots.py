"""The operator's bots play like everybody, and through the same door."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from tests.instruments.keys import SECRET
from tests.instruments.served import ROOT, Served, served
from tests.server.net.wires import until


def players(server: Served) -> int:
    with urllib.request.urlopen(f"{server.page_url}api/rooms") as answer:
        return sum(room["players"] for room in json.load(answer))


def test_a_terminals_ctrl_c_says_nothing_of_bots_that_have_hardly_begun() -> None:
    """It is sent to the whole group of processes."""
    command = [sys.executable, "-m", "ricochet", "serve", "--port", "0", "--bots", "1", "--log-level", "warning"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdout=pipe, stderr=pipe, start_new_session=True) as process:
        assert process.stdout is not None
        assert b"is ready" in process.stdout.readline()
        time.sleep(0.3)  # while Python loads what bots are made of
        os.killpg(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 0
    assert b"Traceback" not in said


async def test_the_servers_own_bots_come_in_where_tokens_are_required(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(SECRET)
    with served("--auth", "jwt", "--jwt-secret", str(secret), "--jwt-audience", "game", "--bots", "2") as server:
        await until(lambda: players(server) == 2)
