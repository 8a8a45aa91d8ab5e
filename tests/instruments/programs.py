"""Programs that a machine may have or not: without one, a test is skipped and says why; in continuous integration it
fails."""

import os
import shutil

import pytest

from tests.conftest import IN_CI


def program(name: str, package: str) -> str:
    """Where `name` is, which Debian has in `package`."""
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if found is None:
        absence = f"no {name}: on Debian, apt-get install {package}"
        if IN_CI:
            pytest.fail(absence)
        pytest.skip(absence)
    return found
