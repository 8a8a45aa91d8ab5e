"""How tests are shared out among processes: whole files, what takes long first, and browsers in one of them.

What a file has started is started once, so a file stays in one process. Files that drive a browser come first, and only
BROWSERS_MAX processes take any while there is something else: without a graphics card a browser keeps a core busy by
itself, and two of them take more than twice as long. After these come files that start processes of their own or wait
for the clock, and what is quickly done is left for the end.

There are two processes more than there are cores, for tests often wait: for a server to start, for a game to be
played. (xdist's own groups go by a mark that it adds to the names of tests, which pytest 9.2 doesn't take any more.)

Every process collects all files. What pytest makes of a file to say what went wrong in an assertion costs three times
what is left of that, and is kept beside it in `__pycache__`. Where it isn't there, as in a fresh clone, each process
first loads its share of the files, so that most is made once and not by each.
"""

import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Final

import pytest
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

BROWSERS: Final = "tests/browser/"
BROWSERS_MAX: Final = 1
LONG: Final = (
    BROWSERS,
    "tests/wire/",
    "tests/bench/",
    "tests/deploy/",
    "tests/server/net/test_stalled",
    "tests/server/minders/",
    "tests/server/test_room_beliefs",
    "tests/server/processes/",
    "tests/server/test_cli",
    "tests/server/test_own_bots",
    "tests/simulation/",
    "tests/clients/",
    "tests/bots/test_swarm",
    "tests/bots/test_cli",
    "tests/test_",
    "tests/server/cluster/",
    "tests/attack/",
)
"""The longest first."""


def workers() -> int:
    return (os.cpu_count() or 1) + 2


def turn_of(nodeid: str) -> int:
    """When it is the turn of a test."""
    return next((turn for turn, place in enumerate(LONG) if nodeid.startswith(place)), len(LONG))


def unmade(root: Path, share: int, shares: int) -> Iterator[str]:
    """Modules of tests below `root` that pytest has yet to make something of: those of one of the `shares`."""
    for number, path in enumerate(sorted(root.glob("tests/**/test_*.py"))):
        if number % shares == share:
            made = path.parent.glob(f"__pycache__/{path.stem}.*-pytest-*.pyc")
            if all(kept.stat().st_mtime < path.stat().st_mtime for kept in made):
                yield ".".join(path.relative_to(root).with_suffix("").parts)


def load_ahead(root: Path, share: int, shares: int) -> None:
    """One that can't be loaded is collected like all others, and told of then."""
    if sys.dont_write_bytecode:
        return
    for module in unmade(root, share, shares):
        with warnings.catch_warnings(), suppress(Exception, pytest.skip.Exception, pytest.fail.Exception):
            warnings.simplefilter("error")
            import_module(module)


class Sharing(LoadScopeScheduling):
    """xdist asks it what to do next for a process that has little left to do."""

    def _split_scope(self, nodeid: str) -> str:
        return nodeid.split("::", 1)[0]

    def schedule(self) -> None:
        self.config.option.loadscopereorder = False  # the order is that of `turn_of`
        super().schedule()

    def _assign_work_unit(self, node: WorkerController) -> None:
        """The first file that is for `node`; if there is none, the first."""
        if self.nodes.index(node) >= BROWSERS_MAX:
            scope = next((scope for scope in self.workqueue if not scope.startswith(BROWSERS)), None)
            if scope is not None:
                self.workqueue.move_to_end(scope, last=False)
        super()._assign_work_unit(node)
