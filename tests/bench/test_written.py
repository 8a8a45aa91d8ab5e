"""What a bench writes can be read, and where it can't write it says so."""

import json
from pathlib import Path

import pytest

from bench.written import write_json
from protocol.errors import UserError


def test_what_was_found_can_be_read(tmp_path: Path) -> None:
    write_json(tmp_path / "found.json", [{"clients": 4}])
    assert json.loads((tmp_path / "found.json").read_text()) == [{"clients": 4}]


def test_a_folder_that_isnt_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"found.json can't be written: no such file"):
        write_json(tmp_path / "nowhere" / "found.json", [])
