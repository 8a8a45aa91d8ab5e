"""One Chromium for all tests of a module: starting one costs more than most of what is done with it."""

from collections.abc import Iterator

import pytest

from tests.browser.page import shared


@pytest.fixture(scope="module", autouse=True)
def _chromium() -> Iterator[None]:
    with shared():
        yield
