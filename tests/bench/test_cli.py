"""`ricochet bench`: every measurement that there is has a sub-command with its name."""

import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec

import pytest
from typer.testing import CliRunner

import ricochet
from bench.cli import MEASUREMENTS, app


@pytest.mark.parametrize(("name", "module"), [each for each in MEASUREMENTS.items() if find_spec(each[1])])
def test_each_measurement_explains_itself(name: str, module: str) -> None:
    assert callable(getattr(import_module(module), f"{name}_command"))
    shown = CliRunner().invoke(app, ["bench", name, "--help"])
    assert shown.exit_code == 0
    assert "--json" in shown.output


def test_without_a_measurement_all_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        ricochet.main(["bench"])
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    assert [name for name in MEASUREMENTS if f" {name} " not in shown] == []


def test_nothing_to_draw_with_is_loaded_before_there_is_something_to_draw() -> None:
    code = "import sys, bench.cli; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "bench.server" in done.stdout.split()
    assert "matplotlib" not in done.stdout.split()
