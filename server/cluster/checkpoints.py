"""Checkpoints that outlast their process: which of a room's counts, whoever wrote them, and in whatever order.

    ROOM.room/FENCE     the newest that was made under that fence, as twenty digits

**A former owner never overwrites what a later one has written.** Each claim of a room has a fence of its own, greater
than all before it, and only the process that was granted it writes under it. So no two ever write at the same key, and
a write that was held up for an hour lands where nobody looks any more: whoever goes on with a room reads the greatest
fence that is there. That needs no lock and no condition, and holds in any folder and in any object store.

Whoever writes under a new fence removes what is there of lesser ones, once its own stands.
"""

from typing import Final
from urllib.parse import quote, unquote

from server.cluster.places import Place
from server.store import Superseded

ENDING: Final = ".room"
DIGITS: Final = 20


class Checkpoints:
    """Of all processes, at `place`. One thread at a time writes and removes; any may read."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._written: dict[str, int] = {}
        """By room, under which fence we have written last."""

    def write(self, room: str, fence: int, content: bytes) -> None:
        """Raises Superseded, or another OSError."""
        is_first = self._written.get(room) != fence
        others = self._fences(room) if is_first else []
        if any(other > fence for other in others):
            raise Superseded(f"{room} was gone on with under a later fence than {fence}")
        self._place.write(_key(room, fence), content)
        self._written[room] = fence
        for other in others:
            if other < fence:
                self._place.remove(_key(room, other))

    def newest(self, room: str, below: int) -> bytes | None:
        """What to go on from under the fence `below`; None: there is nothing. Raises OSError."""
        fence = max((fence for fence in self._fences(room) if fence < below), default=None)
        return self._place.read(_key(room, fence)) if fence is not None else None

    def remove(self, room: str, fence: int | None = None) -> None:
        """The room, which was ours, has ended; under `fence`, or under the one that we wrote under. Raises OSError."""
        last = fence if fence is not None else self._written.get(room, 0)
        for other in self._fences(room):
            if other <= last:
                self._place.remove(_key(room, other))
        self._written.pop(room, None)

    def forget(self, room: str) -> None:
        """It is ours no longer, and has not ended."""
        self._written.pop(room, None)

    def older_than(self, age_s: float) -> list[str]:
        """Rooms of which nothing was written for so long. Raises OSError."""
        newest: dict[str, float] = {}
        for key, its_age_s in self._place.ages_s().items():
            folder = key.partition("/")[0]
            newest[folder] = min(its_age_s, newest.get(folder, its_age_s))
        return [
            room_of(folder) for folder, its_age_s in newest.items() if its_age_s > age_s and folder.endswith(ENDING)
        ]

    def _fences(self, room: str) -> list[int]:
        names = (key.partition("/")[2] for key in self._place.ages_s(f"{quote(room, safe='')}{ENDING}"))
        return [int(name) for name in names if name.isdecimal()]


def _key(room: str, fence: int) -> str:
    return f"{quote(room, safe='')}{ENDING}/{fence:0{DIGITS}}"


def room_of(folder: str) -> str:
    """Whose folder that is."""
    return unquote(folder.removesuffix(ENDING))
