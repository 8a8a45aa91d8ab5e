"""What is written and what is asked, on SQLite and on PostgreSQL."""

import pytest
from sqlalchemy.orm import Session

from server.standings.database import open_database
from server.standings.repository import Repository
from server.standings.tables import Line
from tests.server.standings.matches import NOW_S, SEASON, duel, placing, played

QUARTER_S = 92 * 86_400


def test_a_match_moves_both_of_its_people(repository: Repository) -> None:
    assert repository.record(duel("ann", "bob"))
    table = repository.table(NOW_S)
    assert table is not None
    assert (table.game, table.season, table.people, table.pages, table.figures) == ("melee", SEASON, 2, 1, ["kills"])
    ann, bob = table.rows
    assert (ann.name, ann.rating.rank, ann.rating.wins, ann.rating.figures) == ("Ann", 1, 1, {"kills": 3})
    assert (bob.name, bob.rating.rank, bob.rating.wins, bob.rating.figures) == ("Bob", 2, 0, {"kills": 0})
    assert ann.rating.points > 1000
    assert {ann.rating.matches, bob.rating.matches} == {1}


def test_a_match_that_is_written_twice_counts_once(repository: Repository) -> None:
    match = duel("ann", "bob")
    assert [repository.record(match), repository.record(match)] == [True, False]
    table = repository.table(NOW_S)
    assert table is not None
    assert [row.rating.matches for row in table.rows] == [1, 1]


def test_a_match_that_ends_again_after_a_crash_counts_once(repository: Repository) -> None:
    first = played(placing("ann", 1), placing("bob", 2), key="k", ended_s=NOW_S)
    again = played(placing("ann", 2), placing("bob", 1), key="k", ended_s=NOW_S + 8)
    another = played(placing("ann", 1), placing("bob", 2), key="k", ended_s=NOW_S + 60)
    assert [repository.record(match) for match in (first, again, another)] == [True, False, True]


def test_practice_leaves_no_trace(repository: Repository) -> None:
    assert not repository.record(played(placing("ann", 1), placing("robot", 2, bot=True)))
    table = repository.table(NOW_S)
    assert table is not None
    assert (table.rows, table.game, table.seasons) == ([], "", [SEASON])


def test_figures_add_up_and_names_are_the_last_ones(repository: Repository, address: str) -> None:
    repository.record(duel("ann", "bob", kills=3))
    again = Repository(open_database(address))
    again.record(duel("ann", "bob", kills=4))
    again.close()
    table = repository.table(NOW_S)
    assert table is not None
    assert table.rows[0].rating.figures == {"kills": 7}
    assert table.rows[0].rating.matches == 2


def test_games_are_told_apart_and_the_most_played_comes_first(repository: Repository) -> None:
    repository.record(duel("ann", "bob", game="ball"))
    repository.record(duel("bob", "ann"))
    repository.record(duel("cid", "dan"))
    table, ball = repository.table(NOW_S), repository.table(NOW_S, game="ball")
    assert table is not None
    assert ball is not None
    assert (table.game, table.games, table.people) == ("melee", ["melee", "ball"], 4)
    assert [row.name for row in ball.rows] == ["Ann", "Bob"]


def test_a_season_begins_with_part_of_what_was_known(repository: Repository) -> None:
    for _ in range(8):
        repository.record(duel("ann", "bob"))
    repository.record(duel("bob", "ann", ended_s=NOW_S + QUARTER_S))
    old, new = repository.table(NOW_S), repository.table(NOW_S + QUARTER_S)
    assert old is not None
    assert new is not None
    assert (old.season, new.season, new.seasons) == (SEASON, "2027-Q1", ["2027-Q1", SEASON])
    assert [row.name for row in old.rows] == ["Ann", "Bob"]
    assert old.rows[0].rating.matches == 8
    assert {row.rating.matches for row in new.rows} == {1}
    assert old.rows[0].rating.points > new.rows[0].rating.points > 1000
    looked_up = repository.table(NOW_S + QUARTER_S, season=SEASON)
    assert looked_up is not None
    assert looked_up.rows == old.rows
    assert repository.table(NOW_S, season="1999-Q1") is None


def test_a_personal_page(repository: Repository) -> None:
    repository.record(duel("ann", "bob", ended_s=NOW_S - 60))
    repository.record(duel("bob", "ann", game="ball"))
    ann = repository.id_of("subject:ann")
    assert ann is not None
    person = repository.person(ann, NOW_S)
    assert person is not None
    assert (person.id, person.name, person.season, person.since_s) == (ann, "Ann", SEASON, int(NOW_S) - 60)
    assert [(match.game, match.place, match.people) for match in person.matches] == [("ball", 2, 2), ("melee", 1, 2)]
    assert {stand.game: stand.rating.rank for stand in person.standings} == {"melee": 1, "ball": 2}
    melee = next(stand for stand in person.standings if stand.game == "melee")
    assert person.matches[1].points == melee.rating.points == 1000 + person.matches[1].change
    assert repository.person("nobody", NOW_S) is None
    assert repository.id_of("subject:nobody") is None


def test_who_is_forgotten_is_nowhere_and_others_keep_their_matches(repository: Repository, address: str) -> None:
    repository.record(duel("ann", "bob"))
    ann, bob = repository.id_of("subject:ann"), repository.id_of("subject:bob")
    assert ann is not None
    assert bob is not None
    assert (repository.subject_of(ann), repository.subject_of("nobody")) == ("subject:ann", None)
    assert repository.forget(public_id=ann) == "subject:ann"
    assert repository.forget(public_id=ann) is None
    assert repository.person(ann, NOW_S) is None
    table, person = repository.table(NOW_S), repository.person(bob, NOW_S)
    assert table is not None
    assert person is not None
    assert [row.name for row in table.rows] == ["Bob"]
    assert person.matches[0].people == 2
    engine = open_database(address)
    with Session(engine) as session:
        assert [(line.name, line.account_id is None) for line in session.query(Line).order_by(Line.number)] == [
            ("", True),
            ("Bob", False),
        ]
    engine.dispose()
    assert repository.forget(subject="subject:bob") == "subject:bob"


def test_who_comes_back_after_that_begins_anew(repository: Repository) -> None:
    repository.record(duel("ann", "bob"))
    before = repository.id_of("subject:ann")
    repository.forget(subject="subject:ann")
    repository.record(duel("ann", "bob"))
    after = repository.id_of("subject:ann")
    assert after not in (None, before)
    person = repository.person(after or "", NOW_S)
    assert person is not None
    assert len(person.matches) == 1


@pytest.mark.parametrize(("page", "first"), [(1, 1), (2, 51), (3, 101), (99, 101), (-5, 1)])
def test_a_long_table_comes_in_pages(repository: Repository, page: int, first: int) -> None:
    repository.record(played(*(placing(f"p{number}", number) for number in range(1, 121))))
    table = repository.table(NOW_S, page=page)
    assert table is not None
    assert (table.pages, table.people, table.rows[0].rating.rank) == (3, 120, first)
    assert len(table.rows) == (20 if first == 101 else 50)


def test_teams_win_together(repository: Repository) -> None:
    reds, blues = [placing(f"r{n}", 1, team=1, goals=n) for n in (1, 2)], [placing(f"b{n}", 2, team=2) for n in (1, 2)]
    repository.record(played(*reds, *blues, game="ball"))
    table = repository.table(NOW_S)
    assert table is not None
    assert {row.name: row.rating.wins for row in table.rows} == {"R1": 1, "R2": 1, "B1": 0, "B2": 0}
