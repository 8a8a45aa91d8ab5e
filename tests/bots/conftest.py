"""A real server for the tests of what does I/O."""

from collections.abc import Iterator

import pytest

from tests.instruments.served import Served, served


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    """`ricochet serve`, once for all of these tests."""
    with served() as running:
        yield running
