"""How long an owner may rely on a room, by its own clock: the owner's half of the timing rule in `records`. Pure.

What has lapsed stays lapsed: an answer that comes too late renews nothing, and a room that is to run again is claimed
again. Both a directory that has heard and one that is *not there* (it refuses connections) renew: whatever answers
later at that address began after we had sent, and a young directory gives nothing away for a TTL.
"""

from collections.abc import Callable, Iterable

from msgspec import Struct

from server.cluster.records import Timing


class Tenure(Struct):
    """Of one room."""

    fence: int
    until_s: float


class Tenures:
    """Of all rooms of one process. Every `now_s` and `sent_s` is by the process's own clock."""

    def __init__(self, timing: Timing) -> None:
        self._good_for_s = timing.ttl_s - timing.margin_s
        self._tenures: dict[str, Tenure] = {}

    def __len__(self) -> int:
        return len(self._tenures)

    def __contains__(self, name: str) -> bool:
        return name in self._tenures

    def fences(self) -> dict[str, int]:
        """By room."""
        return {name: tenure.fence for name, tenure in self._tenures.items()}

    def granted(self, name: str, fence: int, sent_s: float, now_s: float) -> bool:
        """A claim that was sent then is granted; False: the answer comes too late to be of use."""
        if now_s >= sent_s + self._good_for_s:
            return False
        self._tenures[name] = Tenure(fence, sent_s + self._good_for_s)
        return True

    def renewed(self, fences: Iterable[tuple[str, int]], sent_s: float, now_s: float) -> None:
        """What was sent then is heard, for these rooms under these fences."""
        for name, fence in fences:
            tenure = self._tenures.get(name)
            if tenure is not None and tenure.fence == fence and now_s < tenure.until_s:
                tenure.until_s = max(tenure.until_s, sent_s + self._good_for_s)

    def lost(self, name: str, fence: int) -> bool:
        """The directory knows another owner, or none; whether that is news."""
        tenure = self._tenures.get(name)
        if tenure is None or tenure.fence != fence:
            return False
        del self._tenures[name]
        return True

    def given_up(self, name: str) -> int:
        """The room has been stopped; the fence under which it was owned, or 0."""
        tenure = self._tenures.pop(name, None)
        return tenure.fence if tenure is not None else 0

    def holds(self, name: str, now_s: float) -> bool:
        """Whether the room may do a tick now."""
        tenure = self._tenures.get(name)
        return tenure is not None and now_s < tenure.until_s

    def lapsed(self, now_s: float) -> list[str]:
        """Rooms whose time is over; they are forgotten here."""
        over = [name for name, tenure in self._tenures.items() if now_s >= tenure.until_s]
        for name in over:
            del self._tenures[name]
        return over

    def stop_all(self, stop: Callable[[str], None]) -> None:
        """Nothing is owned any more."""
        names = list(self._tenures)
        self._tenures.clear()
        for name in names:
            stop(name)
