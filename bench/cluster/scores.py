"""Scores before a room was lost and after it is back: which of them are less than they must be. Pure.

A room goes on from its checkpoint, which may be a second old: what happened since is gone, for everybody alike, and its
tick says so. So a score must be at least the one that was told by the tick at which the room goes on; whoever had one
and is nobody in the room any more has lost it all. How old the checkpoint was is a figure of its own.
"""

from collections.abc import Iterable
from typing import Final

from msgspec import Struct

TOLD_MAX: Final = 4096
"""Scores that are remembered of one room; with more, older half of them are forgotten."""


class Told(Struct, frozen=True):
    """What players were told of one score."""

    tick: int
    player: int
    score: int


class Lost(Struct, frozen=True):
    """Somebody's score is less than it was."""

    room: str
    player: int
    was: int
    now: int | None
    """None: they are not there any more."""


class Book:
    """Of one room."""

    def __init__(self) -> None:
        self.told: list[Told] = []

    def note(self, tick: int, scores: Iterable[tuple[int, int]]) -> None:
        """(player, score), as told at that tick."""
        self.told += [Told(tick, player, score) for player, score in scores]
        if len(self.told) > TOLD_MAX:
            del self.told[: TOLD_MAX // 2]

    def scores_at(self, tick: int) -> dict[int, int]:
        """The newest that was told by then, of each player."""
        found: dict[int, Told] = {}
        for told in self.told:
            former = found.get(told.player)
            if told.tick <= tick and (former is None or told.tick >= former.tick):
                found[told.player] = told
        return {player: told.score for player, told in found.items()}


def lost_scores(room: str, before: Book, goes_on_tick: int, after: Book, there: Iterable[int]) -> list[Lost]:
    """`before` is what was told until the room was lost, `after` since it is back; `there` is who plays there now."""
    present, told = set(there), dict[int, int]()
    for one in after.told:
        told.setdefault(one.player, one.score)
    lost = []
    for player, was in before.scores_at(goes_on_tick).items():
        now = told.get(player) if player in present else None
        if was and (now is None or now < was):
            lost.append(Lost(room, player, was, now))
    return lost
