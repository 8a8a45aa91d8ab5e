"""The store of a process among many: its rooms where all of them find them, all else in a folder of its own, if any.

Nothing of a room is read at the start: whoever goes on with one claims it first (`adoption`).
"""

from server.cluster.checkpoints import Checkpoints
from server.store import Store, Why, room_of


class SharedStore:
    """A `server.store.Store`. Without a `local` one nothing but rooms is kept."""

    def __init__(self, checkpoints: Checkpoints, local: Store | None) -> None:
        self._checkpoints, self._local = checkpoints, local

    def read(self, name: str) -> bytes | None:
        return self._local.read(name) if self._local is not None and room_of(name) is None else None

    def names(self) -> list[str]:
        return [name for name in self._local.names() if room_of(name) is None] if self._local is not None else []

    def write(self, name: str, content: bytes, fence: int = 0) -> None:
        room = room_of(name)
        if room is not None:
            self._checkpoints.write(room, fence, content)
        elif self._local is not None:
            self._local.write(name, content)

    def remove(self, name: str) -> None:
        room = room_of(name)
        if room is not None:
            self._checkpoints.remove(room)
        elif self._local is not None:
            self._local.remove(name)

    def set_aside(self, name: str, why: Why, content: bytes | None = None) -> str:
        if self._local is None or content is None:
            return "nowhere, for there is no state_dir"
        return self._local.set_aside(name, why, content)

    def close(self) -> None:
        if self._local is not None:
            self._local.close()
