"""How tests are shared out among processes: whole files, what takes long first, and browsers in one of them.

What a file has started is started once, so a file stays in one process. Files that drive a browser come first, and only
BROWSERS_MAX processes take any while there is something else: without a graphics card a browser keeps a core busy by
itself, and two of them take more than twice as long. After these come files that start processes of their own or wait
for the clock, and what is quickly done is left for the end.

There are two processes more than there are cores, for tests often wait: for a server to start, for a game to be
played. (xdist's own groups go by a mark that it adds to the names of tests, which pytest 9.2 doesn't take any more.)
"""

import os
from typing import Final

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
