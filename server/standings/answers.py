"""What is told of standings, as the API has it in JSON: declarations. Pure.

A person is named by their public id and by the name that they used last. What an account is known by (the subject of a
token, or what a guest's cookie holds) is told to nobody.
"""

from msgspec import Struct


class Rating(Struct, frozen=True):
    """Where somebody stands in one game and season. `rank` counts from 1."""

    rank: int
    points: int
    give_or_take: int
    """How far off `points` may be, in their own measure."""
    certainty: str
    matches: int
    wins: int
    figures: dict[str, int]


class Row(Struct, frozen=True):
    """A line of a table."""

    id: str
    name: str
    rating: Rating


class Table(Struct, frozen=True):
    """One page of a season's table."""

    game: str
    """"": nothing has been played yet."""
    games: list[str]
    """Of the season; what most people play comes first."""
    season: str
    seasons: list[str]
    """The newest first."""
    ends_s: int
    """When the season ends, in Unix time."""
    page: int
    pages: int
    people: int
    figures: list[str]
    """What the game counts, in its own order."""
    rows: list[Row]


class Stand(Struct, frozen=True):
    """One of a person's standings. The rank is told for the season that is under way; else it is 0."""

    game: str
    season: str
    rating: Rating


class Played(Struct, frozen=True):
    """One of a person's matches. `place` counts people; `people` is how many there were."""

    game: str
    arena: str
    ended_s: int
    seconds: int
    place: int
    people: int
    score: int
    figures: dict[str, int]
    points: int
    change: int
    has_left: bool


class Person(Struct, frozen=True):
    """A personal page."""

    id: str
    name: str
    since_s: int
    season: str
    standings: list[Stand]
    """The newest season first."""
    matches: list[Played]
    """The latest first."""
