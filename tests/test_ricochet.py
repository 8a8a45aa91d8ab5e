"""The command line's front page: which command loads what, and what a person reads when it can't be done."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest

import ricochet
from ricochet import COMMANDS
from server.config import Config
from tests.instruments.served import ROOT

GREETER = '''
import typer
from protocol.errors import UserError
app = typer.Typer()

@app.command()
def greet(name: str, times: int = 1) -> None:
    """Say hello."""
    if name == "nobody":
        raise UserError("greet needs somebody to greet")
    if name == "^C":
        raise BaseExceptionGroup("of a nursery", [KeyboardInterrupt()]) if times > 1 else KeyboardInterrupt
    if name == "mistake":
        raise BaseExceptionGroup("of a nursery", [KeyboardInterrupt(), ValueError("ours")])
    print(*[f"hello {name}"] * times)
'''


@pytest.fixture(autouse=True)
def two_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A command `greet`, and beside it a package that breaks whoever loads it."""
    (tmp_path / "greeter.py").write_text(GREETER)
    (tmp_path / "grump.py").write_text("raise RuntimeError('loaded without being asked for')")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(ricochet, "COMMANDS", {"greet": "greeter", "grumble": "grump"})
    yield
    sys.modules.pop("greeter", None)


def status_of(*words: str) -> object:
    with pytest.raises(SystemExit) as ended:
        ricochet.main(words)
    return ended.value.code


def test_a_command_runs_and_loads_no_other_package(capsys: pytest.CaptureFixture[str]) -> None:
    assert status_of("greet", "Ada", "--times", "2") in (0, None)
    assert capsys.readouterr().out == "hello Ada hello Ada\n"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["greet", "nobody"], "greet needs somebody to greet."),
        (["greet", "Ada", "--loud"], "No such option: --loud."),
        (
            ["greet", "Ada", "--times", "many"],
            "Invalid value for '--times': Input should be a valid integer, unable to parse string as an integer.",
        ),
        (["greet"], "Missing argument 'name'."),
    ],
)
def test_what_the_user_can_mend_is_one_sentence_and_status_2(
    words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert status_of(*words) == 2
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ("", f"ricochet: {sentence}\n")


@pytest.mark.parametrize("times", ["1", "2"])
def test_who_ends_it_with_ctrl_c_is_told_nothing(times: str, capsys: pytest.CaptureFixture[str]) -> None:
    """However deep in nurseries it was."""
    assert status_of("greet", "^C", "--times", times) == 130
    assert capsys.readouterr().err == ""


def test_a_mistake_of_ours_is_not_lost_in_it() -> None:
    with pytest.raises(BaseExceptionGroup):
        ricochet.main(["greet", "mistake"])


def test_an_unknown_command_is_named(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ricochet, "COMMANDS", {"greet": "greeter"})
    assert status_of("grete") == 2
    assert "'grete'" in capsys.readouterr().err


@pytest.mark.parametrize("words", [[], ["--help"]])
def test_asked_for_nothing_it_lists_the_commands(
    words: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ricochet, "COMMANDS", {"greet": "greeter"})
    assert status_of(*words) == 0
    assert "Say hello." in capsys.readouterr().out


def test_the_help_tells_the_defaults(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Which are brackets in a text, and not markup."""
    monkeypatch.setattr(ricochet, "COMMANDS", COMMANDS)
    monkeypatch.setenv("COLUMNS", "200")
    assert status_of("serve", "--help") == 0
    lines = capsys.readouterr().out.splitlines()
    told = {
        found[1].replace("-", "_"): found[2]
        for line in lines
        if (found := re.search(r"--([\w-]+) .*\[default: (.*?)\]", line))
    }
    numbers = {name for name, field in Config.model_fields.items() if type(field.default) in (int, float)}
    assert numbers - told.keys() == {"bots", "takeover_s"}, "which are nought"
    assert {name: float(told[name]) for name in numbers & told.keys()} == {
        name: float(Config.model_fields[name].default) for name in numbers & told.keys()
    }
    assert (told["host"], told["game"], told["map"]) == ("127.0.0.1", "melee", "the game's")


@pytest.mark.parametrize("command", ["server", "publish", "netcode"])
def test_so_does_that_of_the_bench(
    command: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ricochet, "COMMANDS", COMMANDS)
    monkeypatch.setenv("COLUMNS", "200")
    assert status_of("bench", command, "--help") == 0
    assert re.search(r"\[default: (all|20,80)", capsys.readouterr().out)


def test_its_version_is_told_and_nothing_is_loaded_for_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert status_of("--version") in (0, None)
    assert capsys.readouterr().out == f"ricochet {version('ricochet')}\n"


@pytest.mark.parametrize("word", ["admin", "bench"])
def test_a_word_that_is_only_a_beginning_lists_what_may_follow(
    word: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ricochet, "COMMANDS", COMMANDS)
    assert status_of(word) == 0
    printed = capsys.readouterr()
    assert f"Usage: ricochet {word}" in printed.out
    assert printed.err == ""


@pytest.fixture
def make_token(tmp_path: Path) -> list[str]:
    """A command that prints one line and ends."""
    (tmp_path / "secret").write_bytes(b"a secret of thirty-two bytes at least")
    return [sys.executable, "-m", "ricochet", "admin", "token", "ann", "--secret", str(tmp_path / "secret")]


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_who_stops_reading_it_is_told_nothing(make_token: list[str], unbuffered: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as unread:
        environment = os.environ | {"PYTHONUNBUFFERED": unbuffered}
        done = subprocess.run(
            make_token, cwd=ROOT, env=environment, stdout=unread, stderr=subprocess.PIPE, timeout=60, check=False
        )
    assert (done.returncode, done.stderr) == (1, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full to write to")
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_full_disk_is_one_sentence(make_token: list[str], unbuffered: str) -> None:
    with open("/dev/full", "wb") as full:
        environment = os.environ | {"PYTHONUNBUFFERED": unbuffered}
        done = subprocess.run(
            make_token, cwd=ROOT, env=environment, stdout=full, stderr=subprocess.PIPE, timeout=60, check=False
        )
    assert (done.returncode, done.stderr) == (2, b"ricochet: the output can't be written: no space left on device.\n")
