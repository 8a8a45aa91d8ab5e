"""When a server that keeps its rooms has written down what was played by now, as it is seen from outside."""

from pathlib import Path


class Writing:
    """Watches the checkpoint of a room from the moment that this is made."""

    def __init__(self, folder: Path, room: str = "pinball") -> None:
        self._path = folder / f"{room}.checkpoint"
        self._written = [self._stamp()]

    def is_done(self) -> bool:
        """Whether one is there that was begun since.

        That is the second that is new: the first may have been under way, and they are made one after the other.
        """
        if (stamp := self._stamp()) != self._written[-1]:
            self._written.append(stamp)
        return len(self._written) > 2

    def _stamp(self) -> tuple[int, int]:
        try:
            status = self._path.stat()
        except FileNotFoundError:
            return 0, 0
        return status.st_ino, status.st_mtime_ns
