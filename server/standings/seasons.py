"""Seasons: quarters of the year, in UTC, named like 2026-Q4. Pure."""

import re
from datetime import UTC, datetime
from typing import Final

from msgspec import Struct

NAME: Final = re.compile(r"[0-9]{4}-Q[1-4]")


class Span(Struct, frozen=True):
    """One season: from its first second up to the next one's."""

    name: str
    starts_s: int
    ends_s: int
    """In Unix time."""


def season_of(unix_s: float) -> Span:
    """The season that this moment belongs to."""
    moment = datetime.fromtimestamp(unix_s, UTC)
    year, quarter = moment.year, (moment.month - 1) // 3
    following = datetime(year + (quarter == 3), (3 * quarter + 3) % 12 + 1, 1, tzinfo=UTC)
    starts = datetime(year, 3 * quarter + 1, 1, tzinfo=UTC)
    return Span(f"{year:04}-Q{quarter + 1}", int(starts.timestamp()), int(following.timestamp()))


def is_season(name: str) -> bool:
    """Whether a season could have this name."""
    return NAME.fullmatch(name) is not None
