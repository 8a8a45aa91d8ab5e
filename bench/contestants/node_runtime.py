"""Which Node runs the Node contestants, and whether they are installed."""

import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Final

PROJECT: Final = Path(__file__).parent / "node"
NODE_MAJOR_MIN: Final = 24


@cache
def node() -> str | None:
    """Node on PATH when it is new enough, else the one of this Python environment, else None."""
    for candidate in (shutil.which("node"), str(Path(sys.executable).parent / "node")):
        if candidate and _major(candidate) >= NODE_MAJOR_MIN:
            return candidate
    return None


def absent() -> str | None:
    """Why there can be no Node contestant; None: there can."""
    if node() is None:
        return f"there is no Node {NODE_MAJOR_MIN} or newer"
    if not (PROJECT / "node_modules").is_dir():
        return "its packages are not installed; `make bench` installs them"
    return None


def _major(node: str) -> int:
    """0 when it doesn't run."""
    try:
        said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False, timeout=10).stdout
    except (OSError, subprocess.TimeoutExpired):
        return 0
    version = re.match(r"v(\d+)", said)
    return int(version[1]) if version else 0
