"""`deploy/ricochet.service`: systemd's own tool reads it, and finds little that an intruder could do from in there.

What this proves: every directive is one, and the sandbox is as tight as it says. Not proved is that the server runs
within it, for that takes a machine that systemd has started; `test_read_only` proves the part about the root.
"""

import subprocess
from configparser import RawConfigParser
from pathlib import Path

import pytest

from server.config import Config
from tests.instruments.programs import program
from tests.instruments.served import ROOT

UNIT = ROOT / "deploy" / "ricochet.service"
EXPOSURE_MAX = 15
"""Of 100, which is systemd's 1.5 of 10."""


class _Directives(RawConfigParser):
    """Of which one may be there more than once; the last counts here."""

    def optionxform(self, optionstr: str) -> str:
        return optionstr


@pytest.fixture(scope="module")
def directives() -> dict[str, str]:
    parser = _Directives(strict=False)
    parser.read_string(UNIT.read_text())
    return dict(parser["Service"])


@pytest.fixture
def unit(tmp_path: Path, directives: dict[str, str]) -> Path:
    """As it stands there, but for the program, which isn't installed here."""
    installed = directives["ExecStart"].split()[0]
    unit = tmp_path / "ricochet.service"
    unit.write_text(UNIT.read_text().replace(installed, "/bin/true"))
    return unit


def run(*words: str | Path) -> None:
    told = subprocess.run(words, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr
    assert not told.stderr.strip()


def test_systemd_understands_it(unit: Path) -> None:
    run(program("systemd-analyze", "systemd"), "verify", "--man=no", unit)


def test_it_is_locked_in(unit: Path) -> None:
    analyze = program("systemd-analyze", "systemd")
    run(analyze, "security", "--offline=true", f"--threshold={EXPOSURE_MAX}", "--no-pager", unit)


def test_it_waits_for_what_the_server_says_and_does(directives: dict[str, str]) -> None:
    assert directives["Type"] == "notify"
    assert int(directives["TimeoutStopSec"]) > Config().drain_s + 10
    assert int(directives["LimitNOFILE"]) > 2 * Config().connections_max
    assert directives["KillMode"] == "mixed"  # SIGTERM is for the server alone, which ends its bots


def test_what_it_sets_are_settings() -> None:
    named = [line.split("=")[1] for line in UNIT.read_text().splitlines() if line.startswith("Environment=RICOCHET_")]
    assert named
    assert {name.removeprefix("RICOCHET_").lower() for name in named} <= set(Config.model_fields)
