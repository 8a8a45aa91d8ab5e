"""`python -m bots`."""

import subprocess
import sys

from tests.instruments.served import ROOT


def test_it_lists_its_commands_and_hides_what_is_not_typed() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bots", "--help"], cwd=ROOT, capture_output=True, text=True, timeout=240, check=True
    )
    assert "swarm" in done.stdout
    assert "share" not in done.stdout
