"""Files that may be replaced while the server runs: have they changed?"""

import os
from collections.abc import Sequence
from pathlib import Path

WATCH_EVERY_S = 2.0


class Watched:
    """Some files that belong together. They may be missing for a moment, while they are being replaced."""

    def __init__(self, *paths: Path) -> None:
        self._paths = paths
        self._seen = self._look()

    def changed(self) -> bool:
        """Whether any of them is another one since this was last asked."""
        before, self._seen = self._seen, self._look()
        return self._seen != before

    def _look(self) -> Sequence[tuple[int, ...] | None]:
        return [_signature(path) for path in self._paths]


def _signature(path: Path) -> tuple[int, ...] | None:
    """The time of the last change is another also when somebody else may read it now (`chown`, `chmod`)."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino
