"""Who was seen to run which room, and when: whether ever two did at once. Pure.

A sighting is a snapshot that somebody received. Sightings of one room from one process that follow each other closely
are one span. All clocks are the one of this machine, so spans from different watchers may be laid side by side: two of
different processes that overlap are two owners at once.
"""

from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Final

from msgspec import Struct

GAP_S: Final = 2.0
"""Without a snapshot for longer, a span is over."""


class Span(Struct):
    """Of one room at one process."""

    owner: str
    """Its URL."""
    from_s: float
    until_s: float
    from_tick: int
    until_tick: int

    def overlap_s(self, other: "Span") -> float:
        return min(self.until_s, other.until_s) - max(self.from_s, other.from_s)


class Sightings:
    """Of all rooms, by whoever watched."""

    def __init__(self) -> None:
        self.spans: dict[str, list[Span]] = {}
        self._last: dict[tuple[str, str], Span] = {}
        """By room and owner."""

    def see(self, room: str, owner: str, tick: int, now_s: float) -> None:
        """A snapshot of that tick came from there."""
        span = self._last.get((room, owner))
        if span is None or now_s - span.until_s > GAP_S:
            span = self._last[room, owner] = Span(owner, now_s, now_s, tick, tick)
            self.spans.setdefault(room, []).append(span)
        span.until_s, span.until_tick = now_s, max(span.until_tick, tick)

    def take_in(self, room: str, spans: Iterable[Span]) -> None:
        """What somebody else has seen."""
        self.spans.setdefault(room, []).extend(spans)

    def owners(self, room: str) -> list[str]:
        """In the order in which they were first seen, each once for each time that another was seen between."""
        names: list[str] = []
        for span in sorted(self.spans.get(room, ()), key=lambda span: span.from_s):
            if names[-1:] != [span.owner]:
                names.append(span.owner)
        return names

    def first_s(self, room: str, after_s: float, but: str) -> float | None:
        """When it was first seen after that at another process than `but`."""
        later = [span for span in self.spans.get(room, ()) if span.owner != but and span.until_s >= after_s]
        return min((max(after_s, span.from_s) for span in later), default=None)

    def double_owners(self) -> list[tuple[str, Span, Span]]:
        """Rooms that two processes showed at once, each with both."""
        return [
            (room, one, other)
            for room, spans in self.spans.items()
            for one, other in combinations(joined(spans), 2)
            if one.owner != other.owner and one.overlap_s(other) > 0
        ]


def joined(spans: Sequence[Span]) -> list[Span]:
    """Spans of one room, such that those of one owner that touch are one."""
    whole: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.owner, span.from_s)):
        last = whole[-1] if whole else None
        if last is not None and last.owner == span.owner and span.from_s - last.until_s <= GAP_S:
            last.until_s, last.until_tick = max(last.until_s, span.until_s), max(last.until_tick, span.until_tick)
        else:
            whole.append(Span(span.owner, span.from_s, span.until_s, span.from_tick, span.until_tick))
    return whole
