"""What every test may ask for, and how the tests behave in continuous integration.

With `CI=true` nothing is left to chance: Hypothesis draws the same examples every time, and a test that
needs a browser fails where there is none. On a person's machine such a test is skipped, and says why.
"""

import os
import shutil
from pathlib import Path

import pytest
import structlog
from hypothesis import settings
from xdist.remote import Producer

from tests.instruments.sharing import Sharing, load_ahead, turn_of, workers

IN_CI = os.environ.get("CI") == "true"

BROWSERS = ("chromium", "chromium-browser", "google-chrome")

settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("desk", deadline=None)
settings.load_profile("ci" if IN_CI else "desk")

structlog.dev.ConsoleRenderer.get_active().exception_formatter = structlog.dev.plain_traceback
"""The rich one takes a second, and many a test is of what goes wrong."""


def pytest_sessionstart(session: pytest.Session) -> None:
    if worker := os.environ.get("PYTEST_XDIST_WORKER"):
        shares = int(os.environ["PYTEST_XDIST_WORKER_COUNT"])
        load_ahead(session.config.rootpath, int(worker.removeprefix("gw")) % shares, shares)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if "PYTEST_XDIST_WORKER" in os.environ:
        items.sort(key=lambda item: turn_of(item.nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    return workers()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Sharing | None:
    return Sharing(config, log) if config.getvalue("dist") == "loadfile" else None


@pytest.fixture(scope="session")
def chromium_path() -> Path:
    """The Chromium that browser tests drive: `RICOCHET_CHROMIUM`, or else the first one on PATH."""
    named = os.environ.get("RICOCHET_CHROMIUM")
    candidates = [named] if named else BROWSERS
    for candidate in candidates:
        if found := shutil.which(candidate):
            return Path(found)
    absence = f"no browser: none of {', '.join(candidates)} is there; RICOCHET_CHROMIUM can name one"
    if IN_CI:
        pytest.fail(absence)
    pytest.skip(absence)
