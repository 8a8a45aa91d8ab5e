"""Quarters of the year follow each other without a gap."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from server.standings.seasons import is_season, season_of


def unix_s(*when: int) -> float:
    return datetime(*when, tzinfo=UTC).timestamp()  # type: ignore[arg-type, misc]


def test_a_quarter_begins_with_its_first_second() -> None:
    assert season_of(unix_s(2026, 9, 30, 23, 59, 59)).name == "2026-Q3"
    assert season_of(unix_s(2026, 10, 1)).name == "2026-Q4"


@given(st.floats(0, 4_000_000_000))
def test_each_moment_has_one_season_and_the_next_begins_where_it_ends(moment: float) -> None:
    season = season_of(moment)
    assert season.starts_s <= moment < season.ends_s
    assert season_of(season.starts_s) == season
    assert season_of(season.ends_s).starts_s == season.ends_s
    assert 90 * 86_400 <= season.ends_s - season.starts_s <= 92 * 86_400
    assert is_season(season.name)


@given(st.text())
def test_few_texts_are_the_name_of_a_season(text: str) -> None:
    assert is_season(text) <= (len(text) == 7)
