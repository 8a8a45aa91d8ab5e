"""Which Node runs the Node contestants, and whether they are installed."""

import json
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Final

PROJECT: Final = Path(__file__).parent / "node"
NODE_MAJOR_MIN: Final = 24
_WHO_ARE_YOU: Final = "JSON.stringify([process.execPath, parseInt(process.versions.node)])"


@cache
def node() -> str | None:
    """Node on PATH when it is new enough, else the one of this Python environment, else None.

    The program itself, where what is on PATH only starts it: that would stand between us and its signals.
    """
    for candidate in (shutil.which("node"), str(Path(sys.executable).parent / "node")):
        if candidate:
            program, major = _asked(candidate)
            if major >= NODE_MAJOR_MIN:
                return program
    return None


def absent() -> str | None:
    """Why there can be no Node contestant; None: there can."""
    if node() is None:
        return f"there is no Node {NODE_MAJOR_MIN} or newer"
    if not (PROJECT / "node_modules").is_dir():
        return "its packages are not installed; `make bench` installs them"
    return None


def _asked(node: str) -> tuple[str, int]:
    """Where its program lies, and its major version; 0 when it doesn't run."""
    try:
        said = subprocess.run([node, "-p", _WHO_ARE_YOU], capture_output=True, text=True, check=True, timeout=10)
        program, major = json.loads(said.stdout)
        return str(program), int(major)
    except (OSError, subprocess.SubprocessError, ValueError):
        return node, 0
