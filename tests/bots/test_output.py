"""Whether a file can be written is asked before the work begins, and leaves no trace; what is written can be read."""

import json
import os
import threading
from importlib import import_module
from pathlib import Path
from typing import get_type_hints

import pytest

import ricochet
from bench.cli import MEASUREMENTS
from bots.output import to_be_written, write_json
from protocol.errors import UserError


def test_what_can_be_written_is_left_as_it_was(tmp_path: Path) -> None:
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    old.write_text("{}")
    assert (to_be_written(old), to_be_written(new), to_be_written(None)) == (old, new, None)
    assert old.read_text() == "{}"
    assert not new.exists()


@pytest.mark.parametrize(("name", "why"), [(".", "is a directory"), ("nowhere/x.json", "no such file or directory")])
def test_what_cant_be_written_is_told(tmp_path: Path, name: str, why: str) -> None:
    path = tmp_path / name
    with pytest.raises(UserError) as caught:
        to_be_written(path)
    assert str(caught.value) == f"{path} can't be written: {why}"


def test_whoever_reads_a_pipe_notices_nothing(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()), daemon=True)
    reader.start()
    assert to_be_written(pipe) == pipe
    pipe.write_text("the figures")
    reader.join(10)
    assert read == ["the figures"]


@pytest.mark.parametrize(
    "words",
    [
        ["swarm", "http://127.0.0.1:1", "--json"],
        ["swarm", "http://127.0.0.1:1", "--report"],
        ["replay", "none.replay", "--json"],
        ["replay", "none.replay", "--heatmap"],
    ],
)
def test_commands_ask_before_they_begin(words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SystemExit) as ended:
        ricochet.main([*words, str(tmp_path / "file" / "found")])
    assert ended.value.code == 2
    assert "found can't be written: not a directory" in capsys.readouterr().err


@pytest.mark.parametrize("name", MEASUREMENTS)
def test_measurements_ask_before_they_begin(name: str) -> None:
    command = getattr(import_module(MEASUREMENTS[name]), f"{name}_command")
    hints = get_type_hints(command, include_extras=True)
    asked = {option: hints[option].__metadata__[0].callback for option in ("json", "plot") if option in hints}
    assert asked
    assert set(asked.values()) == {to_be_written}


def test_what_was_found_can_be_read(tmp_path: Path) -> None:
    write_json(tmp_path / "found.json", [{"clients": 4}])
    assert json.loads((tmp_path / "found.json").read_text()) == [{"clients": 4}]


def test_a_folder_that_isnt_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"found.json can't be written: no such file"):
        write_json(tmp_path / "nowhere" / "found.json", [])
