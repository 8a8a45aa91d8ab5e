"""What several tests of the server ask for: a room that is kept, and a folder to keep it in; what is logged."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import structlog
import trio
import trio.testing
from structlog.testing import LogCapture

from server.store import Folder
from tests.server.keeping import Clock, Kept


@pytest.fixture
async def kept(nursery: trio.Nursery, mock_clock: Clock) -> Kept:
    kept = Kept(mock_clock)
    nursery.start_soon(kept.keeper.run)
    await trio.testing.wait_all_tasks_blocked()
    return kept


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    with closing(Folder(tmp_path)) as folder:
        yield folder


@pytest.fixture
def audit() -> Iterator[LogCapture]:
    capture = LogCapture()
    structlog.configure(processors=[capture], cache_logger_on_first_use=False)
    yield capture
    structlog.reset_defaults()
