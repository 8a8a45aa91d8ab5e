"""One Chromium for the browser tests of a file: starting one costs more than most of what is done with it.

It is there from the first of them until another file is next. One that goes on and on gets slow and loses the focus,
and Playwright holds on to the thread that it runs in.
"""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.browser.page import shared

_held: list[ExitStack] = []
"""What holds it, while it is there."""


@pytest.fixture(scope="module", autouse=True)
def _chromium() -> None:
    if not _held:
        _held.append(ExitStack())
        _held[-1].enter_context(shared())


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    yield
    if nextitem is None or nextitem.path != item.path:
        while _held:
            _held.pop().close()
