"""`ricochet serve` as it is typed: one line when it is ready, one sentence when it can't be, and a clean end."""

import inspect
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

import ricochet
from server import cli
from server.config import Config
from tests.instruments.served import ROOT, STOP_S, served

ENVIRONMENT = {key: value for key, value in os.environ.items() if not key.startswith("RICOCHET_")}


def serve(*flags: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "ricochet", "serve", *flags]
    return subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, timeout=240, check=False)


def assert_refused(done: "subprocess.CompletedProcess[str]", *names: str) -> None:
    """Status 2, nothing on stdout, and one sentence that has `names` in it."""
    assert done.returncode == 2
    assert_one_sentence(done.stdout, done.stderr, *names)


def assert_one_sentence(out: str, err: str, *names: str) -> None:
    assert out == ""
    assert err.count("\n") == 1, err
    assert all(name in err for name in names), err


@pytest.mark.parametrize(
    ("flags", "names"),
    [
        (["--prot", "8000"], ["--prot"]),
        (["--port", "many"], ["--port"]),
        (["--port", "70000"], ["--port", "65535"]),
        (["--config", "missing.toml"], ["missing.toml"]),
        (["--state-dir", ""], ["--state-dir", "empty"]),
        (["--replay-dir", ""], ["--replay-dir", "empty"]),
    ],
)
def test_what_cant_be_is_said_in_one_sentence(
    flags: list[str], names: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for key in {*os.environ} - {*ENVIRONMENT}:
        monkeypatch.delenv(key)
    with pytest.raises(SystemExit) as ended:
        ricochet.main(["serve", *flags])
    assert ended.value.code == 2
    assert_one_sentence(*capsys.readouterr(), *names)


def test_a_game_of_ones_own_that_fails_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "tag.py").write_text("from server.games.plain import Plain\n\nclass Tag(Plane):\n    name = 'tag'\n")
    assert_refused(serve("--game", str(tmp_path / "tag.py")), "tag.py, line 3: NameError")


def test_an_unknown_map_is_answered_with_those_there_are() -> None:
    assert_refused(serve("--map", "nowhere"), "nowhere", "pinball")


def test_a_taken_port_is_said_in_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert_refused(serve("--port", port), port, "in use")


def test_a_broken_map_is_named_with_the_place(tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text('{"name": "x", "size": {"width": 1000, "height": 1000}, "spawns": [{"x": 5, "y": "no"}]}')
    assert_refused(serve("--map", str(broken)), "broken.json", "spawns[0].y")


def test_every_setting_is_a_flag() -> None:
    flags = {name.rstrip("_") for name in inspect.signature(cli.serve).parameters}
    assert flags - {"config"} == set(Config.model_fields)


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_it_says_where_it_is_once_and_ends_when_asked(stop: signal.Signals) -> None:
    with served() as server:
        assert server.page_url.startswith("http://127.0.0.1:")
        server.process.send_signal(stop)
        assert server.process.wait(STOP_S) == 0
        assert server.process.stdout is not None
        assert server.process.stdout.read() == ""
