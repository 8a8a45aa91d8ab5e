"""`deploy/Containerfile`: a linter finds nothing, its steps can be taken, and what comes of them runs read-only.

No container is made here, for there may be no engine and no base image to be had. Its steps are: the wheel is built as
the Containerfile has it, installed as it has it, and served from a root that is read-only but for the two folders.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pytest

from tests.instruments.served import READY, ROOT

CONTAINERFILE = ROOT / "deploy" / "Containerfile"
IGNORED = (ROOT / ".dockerignore").read_text()
HADOLINT = Path(sys.executable).parent / "hadolint"
SERVE_READ_ONLY: Final = """
set -e
mount --bind / /
mount -o remount,bind,ro /
mount -t tmpfs tmpfs /tmp
mount -t tmpfs tmpfs /var/lib
mkdir /var/lib/ricochet
cd /var/lib/ricochet
if touch /written 2>/dev/null; then echo "the root can be written"; exit 1; fi
exec "$@"
"""


def test_a_linter_finds_nothing() -> None:
    if not HADOLINT.exists():
        pytest.skip("hadolint has a wheel for Linux on x86-64 alone")
    told = subprocess.run([HADOLINT, CONTAINERFILE], capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout


def test_it_ends_with_nobody_in_particular_and_can_be_asked_how_it_is() -> None:
    last_stage = CONTAINERFILE.read_text().rpartition("\nFROM ")[2]
    for line in ("USER 10001:10001", "STOPSIGNAL SIGTERM", 'ENTRYPOINT ["ricochet"]'):
        assert f"\n{line}\n" in last_stage
    assert '["python", "-P", "-m", "server.health"]' in last_stage[last_stage.index("HEALTHCHECK") :]


def test_nothing_that_was_made_here_gets_in() -> None:
    made = [
        line for line in (ROOT / ".gitignore").read_text().splitlines() if line in ("/.venv/", "/.tools/", "/dist/")
    ]
    assert len(made) == 3
    assert {line.strip("/") for line in made} <= set(IGNORED.splitlines())
    assert ".git" in IGNORED.splitlines()


@pytest.mark.slow
def test_what_it_builds_runs_where_nothing_can_be_written() -> None:
    with TemporaryDirectory(dir="/var/tmp") as name:  # /tmp will be another one
        _install(Path(name))
        _serve_read_only(Path(name) / "there" / "bin" / "ricochet")


def _install(folder: Path) -> None:
    """In `there`, as the Containerfile does."""
    steps = re.findall(r"hatchling build -t wheel|uv pip install .*--constraint requirements\.txt", _joined())
    assert len(steps) == 2  # as below
    python, there = sys.executable, folder / "there"
    uv = shutil.which("uv") or str(ROOT / ".tools" / "bin" / "uv")
    wheels = folder / "wheels"
    subprocess.run([python, "-m", "hatchling", "build", "-t", "wheel", "-d", wheels], cwd=ROOT, check=True)
    (wheel,) = wheels.glob("*.whl")
    subprocess.run([uv, "venv", "--quiet", "--no-python-downloads", "--python", python, there], check=True)
    install = [uv, "pip", "install", "--quiet", "--python", str(there / "bin" / "python"), "--compile-bytecode"]
    subprocess.run([*install, "--constraint", "requirements.txt", str(wheel)], cwd=ROOT, check=True)
    assert not (there / "bin" / "pytest").exists()  # what only the project's own work needs


def _joined() -> str:
    return CONTAINERFILE.read_text().replace("\\\n", " ")


def _serve_read_only(ricochet: Path) -> None:
    """From its start to its end, in a mount namespace of its own."""
    if os.getuid() != 0 or shutil.which("unshare") is None:
        pytest.skip("to have a root of its own takes root")
    words = [str(ricochet), "serve", "--port", "0", "--state-dir", "/var/lib/ricochet"]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    command = ["unshare", "--mount", "sh", "-c", SERVE_READ_ONLY, "sh", *words]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stderr is not None
            line = process.stdout.readline()
            if not line and "ermission" in (said := process.stderr.read()):
                pytest.skip(f"no mount namespaces here: {said.strip()}")
            assert READY.search(line), line
            process.terminate()
            assert process.wait(60) == 0
        finally:
            process.kill()
