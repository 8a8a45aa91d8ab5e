"""Who counts in a match, and how they came out of it. Pure.

- Bots don't count, nor whoever has no account. Places are among people, whatever bots did.
- A match between fewer than two people, or with all of them on one side, is practice: nothing of it counts.
- Who came in for the last moments is not there yet. Who has gone before the end, and hasn't come back, comes last,
  and on no side, whatever their team does.
- One account counts once, by the worst of its places: a second tab brings nothing.
- Who is equal shares a place. Everybody on the first place has won, unless nobody is behind them.
"""

from collections.abc import Hashable, Iterable
from typing import Final

from msgspec import Struct

from protocol.limits import NAME_CHARS_MAX
from server.results import Placing, Result

PLAYED_S_MIN: Final = 30.0
"""Who was there for less, and for less than half of the match, doesn't count."""
FIGURES_MAX: Final = 8
FIGURE_CHARS_MAX: Final = 24
NUMBER_MAX: Final = 1_000_000_000
LABEL_CHARS_MAX: Final = 64
SUBJECT_CHARS_MAX: Final = 260
_GONE: Final = 1 << 30
"""A place behind all others."""


class Entrant(Struct, frozen=True):
    """One person who counts. `side` is whose fortune they share: a number from 0 on."""

    subject: str
    name: str
    side: int
    team: int
    place: int
    won: bool
    has_left: bool
    score: int
    figures: dict[str, int]


def entrants(result: Result) -> list[Entrant]:
    """Everybody who counts, the best first; none when it was practice."""
    counted = _counted(result)
    sides: dict[Hashable, int] = {}
    for line, has_left in counted:
        side = _side_of(line, has_left)
        sides[side] = min(sides.get(side, _GONE), _GONE if has_left else line.place)
    if len(sides) < 2:
        return []
    numbers = {side: number for number, side in enumerate(sides)}
    last = max(sides.values())
    people = [
        Entrant(
            subject=line.subject,
            name=label(line.name, NAME_CHARS_MAX),
            side=numbers[side],
            team=line.team,
            place=1 + sum(other < sides[side] for other in sides.values()),
            won=sides[side] == min(sides.values()) < last,
            has_left=has_left,
            score=_number(line.score),
            figures=_figures(line.figures),
        )
        for line, has_left in counted
        for side in (_side_of(line, has_left),)
    ]
    return sorted(people, key=lambda one: one.place)


def label(text: str, chars_max: int = LABEL_CHARS_MAX) -> str:
    """What of `text` can be printed, as far as there is room for it."""
    return "".join(filter(str.isprintable, text))[:chars_max]


def _counted(result: Result) -> list[tuple[Placing, bool]]:
    """One line for each account, and whether it has left."""
    returned = {line.subject for line in result.left}
    present = {
        line.subject: line
        for line in result.placings
        if _has_account(line) and (line.subject in returned or _has_played(line, result))
    }
    gone = {line.subject: line for line in result.left if _has_account(line) and line.subject not in present}
    ordered: Iterable[Placing] = sorted(present.values(), key=lambda line: (line.place, -line.score, line.player))
    return [*((line, False) for line in ordered), *((line, True) for line in gone.values())]


def _has_account(line: Placing) -> bool:
    return not line.bot and 0 < len(line.subject) <= SUBJECT_CHARS_MAX


def _has_played(line: Placing, result: Result) -> bool:
    length = result.ended_tick - result.started_tick
    played = result.ended_tick - max(result.started_tick, line.since_tick)
    return played >= min(PLAYED_S_MIN * result.tick_rate, length / 2)


def _side_of(line: Placing, has_left: bool) -> Hashable:
    return ("team", line.team) if line.team and not has_left else ("one", line.subject)


def _figures(figures: dict[str, int]) -> dict[str, int]:
    named = [(label(name, FIGURE_CHARS_MAX), _number(value)) for name, value in figures.items()]
    return dict(named[:FIGURES_MAX])


def _number(value: int) -> int:
    return max(-NUMBER_MAX, min(NUMBER_MAX, int(value)))
