"""`ricochet bench cluster`, and a whole drill that is small."""

import pytest
from typer.testing import CliRunner

from bench.cli import app


def test_a_room_for_each_process_is_the_least() -> None:
    told = CliRunner().invoke(app, ["bench", "cluster", "--rooms", "2"])
    assert told.exit_code == 2
    assert "--rooms" in told.output


@pytest.mark.parametrize("command", ["cluster"])
def test_they_say_what_they_do(command: str) -> None:
    told = CliRunner().invoke(app, ["bench", command, "--help"])
    assert told.exit_code == 0
    assert "kill one" in told.output
