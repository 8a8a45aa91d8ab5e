"""What every test may ask for, and how the tests behave in continuous integration.

With `CI=true` nothing is left to chance: Hypothesis draws the same examples every time, and a test that
needs a browser fails where there is none. On a person's machine such a test is skipped, and says why.
"""

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import settings

IN_CI = os.environ.get("CI") == "true"

BROWSERS = ("chromium", "chromium-browser", "google-chrome")

settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("desk", deadline=None)
settings.load_profile("ci" if IN_CI else "desk")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Say what belongs together where processes share the tests out: a file, and all files that need a browser.

    What a file has started is started once, and no two browsers compete.
    """
    in_browsers = {item.path for item in items if item.get_closest_marker("browser")}
    for item in items:
        group = "browser" if item.path in in_browsers else str(item.path)
        item.add_marker(pytest.mark.xdist_group(group))


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
