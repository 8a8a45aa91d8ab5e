"""Matches of one room, as players were told of them: whether each that began was played to its end. Pure.

A match begins with the tick at which it will end. It was played to that end if the podium came then or later; it was
cut short if another began without that.
"""

from msgspec import Struct


class Match(Struct):
    """One."""

    ends_tick: int
    is_over: bool = False


class Matches:
    """Of one room, in the order in which they were heard of."""

    def __init__(self) -> None:
        self.all: list[Match] = []

    def note(self, tick: int, phase: str, ends_tick: int) -> None:
        """At `tick` it was told that the phase would last until then."""
        last = self.all[-1] if self.all else None
        if phase == "play":
            if last is None or last.ends_tick != ends_tick:
                self.all.append(Match(ends_tick))
        elif last is not None and tick >= last.ends_tick:
            last.is_over = True

    @property
    def played(self) -> int:
        """To their ends."""
        return sum(match.is_over for match in self.all)

    @property
    def cut_short(self) -> int:
        """The last may still go on."""
        return sum(not match.is_over for match in self.all[:-1])
