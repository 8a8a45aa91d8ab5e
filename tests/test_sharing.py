"""How tests are shared out: by files, browsers in one process, what takes long first; in a pytest of its own."""

import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

from tests.instruments.served import ROOT
from tests.instruments.sharing import BROWSERS_MAX, turn_of, unmade

BROWSERS = ("tests/browser/test_a.py", "tests/browser/test_b.py", "tests/browser/test_c.py", "tests/browser/test_d.py")
OTHERS = ("tests/protocol/test_e.py", "tests/protocol/test_f.py", "tests/wire/test_g.py", "tests/test_h.py")
CONFTEST = """
from tests.instruments.sharing import Sharing, turn_of

def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: turn_of(item.nodeid))

def pytest_xdist_make_scheduler(config, log):
    return Sharing(config, log)
"""
TEST = """
import os, pathlib, time, pytest

@pytest.mark.parametrize("number", range(4))
def test_it(number):
    time.sleep(0.05 if "browser" in __file__ else 0.15)
    with pathlib.Path("told").open("a") as told:
        told.write(f"{os.environ['PYTEST_XDIST_WORKER']} {pathlib.Path(__file__).relative_to(pathlib.Path.cwd())}\\n")
"""


def test_a_file_stays_in_one_process_and_browsers_in_one(tmp_path: Path) -> None:
    for path in (*BROWSERS, *OTHERS):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(TEST)
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    command = [sys.executable, "-m", "pytest", "--import-mode=importlib", "-n3", "-q", "-p", "xdist"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    told = [line.split() for line in (tmp_path / "told").read_text().splitlines()]
    assert len(told) == 4 * len(BROWSERS + OTHERS)
    where = defaultdict[str, set[str]](set)
    for worker, path in told:
        where[path].add(worker)
    assert all(len(workers) == 1 for workers in where.values()), where
    assert len(set[str]().union(*(where[path] for path in BROWSERS))) == BROWSERS_MAX
    assert {path for _, path in told[:3]} <= {*BROWSERS, *OTHERS[2:]}, "what takes long comes first"


AHEAD_CONFTEST = """
import os, sys
from pathlib import Path
from tests.instruments.sharing import load_ahead

def pytest_sessionstart(session):
    share = int(os.environ["SHARE"])
    load_ahead(session.config.rootpath, share, 2)
    print("ahead", *sorted(name for name in sys.modules if name.startswith("tests.ahead")))
"""


def ahead(folder: Path, share: int) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "pytest", "--import-mode=importlib", "-qs", "--continue-on-collection-errors"]
    environment = {**os.environ, "PYTHONPATH": f"{folder}:{ROOT}", "SHARE": str(share)}
    environment |= {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_in_a_fresh_clone_each_loads_its_share_first(tmp_path: Path) -> None:
    (tmp_path / "tests/ahead").mkdir(parents=True)
    for name, text in (("a", "x = 1\ndef test_a(): assert x == 2"), ("b", ""), ("c", "import nothing_of_that_name")):
        (tmp_path / f"tests/ahead/test_{name}.py").write_text(text + "\n")
    (tmp_path / "conftest.py").write_text(AHEAD_CONFTEST)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    assert [*unmade(tmp_path, 0, 2)] == ["tests.ahead.test_a", "tests.ahead.test_c"]
    first = ahead(tmp_path, 0)
    assert "ahead tests.ahead tests.ahead.test_a\n" in first.stdout, first.stdout + first.stderr
    assert "1 == 2" in first.stdout, "and says as ever why an assertion failed"
    assert "nothing_of_that_name" in first.stdout, "and what can't be loaded"
    again = ahead(tmp_path, 1)
    assert "ahead\n" in again.stdout, "what was made is not loaded ahead again"
    os.utime(tmp_path / "tests/ahead/test_b.py", (2**31, 2**31))
    assert [*unmade(tmp_path, 1, 2)] == ["tests.ahead.test_b"]


def test_browsers_come_first_and_what_is_quick_last() -> None:
    in_turn = sorted((*OTHERS, *BROWSERS), key=turn_of)
    assert in_turn == [*BROWSERS, "tests/wire/test_g.py", "tests/test_h.py", *OTHERS[:2]]
