"""How good somebody is, as far as is known: the model of Bradley and Terry, as Weng and Lin rate by it. Pure.

A skill is a guess (`mu`) and how uncertain it is (`sigma`). Who does better than was to be expected rises, the more so
the less was known of them. What people see is one number, `points`: a skill that somebody very probably has at least.
So it is low while little is known, and rises by playing. Source: https://www.jmlr.org/papers/v12/weng11a.html

Of openskill's models this is the one in which a match of sixteen moves nobody more than a duel does (ARCHITECTURE.md,
Standings): everybody is compared with everybody, and the mean of that is what counts.
"""

from collections.abc import Sequence
from math import sqrt
from typing import Final

from msgspec import Struct
from openskill.models import BradleyTerryPart

MU: Final = 25.0
SIGMA: Final = MU / 3
SIGMA_MIN: Final = 0.75
"""Never so certain that no match matters any more."""
TAU: Final = MU / 300
"""What is uncertain anew with each match: people get better, or have a bad day."""
POINTS_BASE: Final = 1000
POINTS_PER_MU: Final = 40
NEW_SIGMA, SETTLING_SIGMA = 6.5, 4.5
SIDES_MAX: Final = 64
"""So many are rated against each other at once: it takes the square of that, a millisecond of the interpreter's."""
SEASON_KEEPS: Final = 0.75
"""How much of what was known of somebody counts in the next season."""
SEASON_SIGMA: Final = SIGMA * 0.6
"""How uncertain it is at the least by then."""


class Skill(Struct, frozen=True):
    """What is known of somebody in one game."""

    mu: float = MU
    sigma: float = SIGMA

    @property
    def points(self) -> int:
        """What people see and are ranked by; 1000 for a newcomer."""
        return max(0, round(POINTS_BASE + POINTS_PER_MU * (self.mu - 3 * self.sigma)))

    @property
    def certainty(self) -> str:
        """How far `points` can be relied on, in a word: new, settling or settled."""
        return "new" if self.sigma > NEW_SIGMA else "settling" if self.sigma > SETTLING_SIGMA else "settled"

    @property
    def give_or_take(self) -> int:
        """The standard deviation of the guess, in points."""
        return round(POINTS_PER_MU * self.sigma)

    def carried_over(self) -> "Skill":
        """Where it stands when the next season begins: nearer to everybody's, and less certain."""
        return Skill(MU + SEASON_KEEPS * (self.mu - MU), max(self.sigma, SEASON_SIGMA))


class Side(Struct, frozen=True):
    """Whoever wins or loses together: a team, or one person. The best place is the lowest."""

    place: int
    skills: Sequence[Skill]


def _as_much_for_all(*_: object) -> float:
    """How fast certainty grows with a match: by all that it tells, however many are in it."""
    return 1.0


_MODEL: Final = BradleyTerryPart(mu=MU, sigma=SIGMA, tau=TAU, gamma=_as_much_for_all, window_size=SIDES_MAX)


def rate(sides: Sequence[Side]) -> list[list[Skill]]:
    """The skills after a match between `sides`, in their order. It makes no difference in which order they come.

    Where there are more than SIDES_MAX sides they are dealt out, by place, into fields of their own.
    """
    after: list[list[Skill]] = [list(side.skills) for side in sides]
    order = sorted(range(len(sides)), key=lambda i: (sides[i].place, [(s.mu, s.sigma) for s in sides[i].skills]))
    fields = -(-len(sides) // SIDES_MAX)
    for first in range(fields):
        chosen = order[first::fields]
        if len(chosen) > 1:
            for i, skills in zip(chosen, _rate_field([sides[i] for i in chosen]), strict=True):
                after[i] = skills
    return after


def _rate_field(sides: Sequence[Side]) -> list[list[Skill]]:
    teams = [[_MODEL.rating(skill.mu, skill.sigma) for skill in side.skills] for side in sides]
    rated = _MODEL.rate(teams, ranks=[float(side.place) for side in sides])
    return [[Skill(one.mu, _bounded(one.sigma)) for one in team] for team in rated]


def _bounded(sigma: float) -> float:
    return min(SIGMA, max(SIGMA_MIN, sigma))


def sigma_after_at_most(sigma: float) -> float:
    """No match makes a skill less certain than this."""
    return min(SIGMA, max(SIGMA_MIN, sqrt(sigma**2 + TAU**2)))
