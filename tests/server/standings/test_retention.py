"""What is kept no longer, on both databases: little at a time, and in the end all of it."""

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from server.standings.database import open_database
from server.standings.repository import Repository
from server.standings.retention import ACCOUNTS_S_MAX, MATCHES_S_MAX, prune
from server.standings.tables import Account, Line, Match, Season, Standing
from tests.server.standings.matches import NOW_S, duel


def counts(engine: Engine) -> dict[str, int]:
    tables = (Account, Standing, Match, Line, Season)
    with Session(engine) as session:
        return {table.__tablename__: session.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


def test_old_matches_go_and_standings_stay(address: str) -> None:
    repository, engine = Repository(open_database(address)), open_database(address)
    repository.record(duel("ann", "bob"))
    assert repository.prune(NOW_S + MATCHES_S_MAX) == 0
    assert repository.prune(NOW_S + MATCHES_S_MAX + 1) == 1
    assert counts(engine) == {"accounts": 2, "standings": 2, "matches": 0, "placings": 0, "seasons": 1}
    repository.close()
    engine.dispose()


def test_people_who_have_not_been_seen_for_long_are_forgotten(address: str) -> None:
    repository, engine = Repository(open_database(address)), open_database(address)
    repository.record(duel("ann", "bob"))
    repository.record(duel("ann", "cid", ended_s=NOW_S + ACCOUNTS_S_MAX))
    repository.prune(NOW_S + ACCOUNTS_S_MAX + 1)
    assert repository.id_of("subject:bob") is None
    assert repository.id_of("subject:ann") is not None
    assert counts(engine)["accounts"] == 2
    repository.close()
    engine.dispose()


def test_of_too_many_the_oldest_go(address: str) -> None:
    repository, engine = Repository(open_database(address)), open_database(address)
    for number in range(5):
        repository.record(duel(f"a{number}", f"b{number}", ended_s=NOW_S + number))
    with Session(engine) as session, session.begin():
        assert prune(session, NOW_S, matches_max=2, accounts_max=4) == 3 + 6
    assert counts(engine) == {"accounts": 4, "standings": 4, "matches": 2, "placings": 4, "seasons": 1}
    assert repository.id_of("subject:a4") is not None
    with Session(engine) as session, session.begin():
        assert prune(session, NOW_S, matches_max=2, accounts_max=4) == 0
    repository.close()
    engine.dispose()


def test_seasons_of_long_ago_go(address: str) -> None:
    repository, engine = Repository(open_database(address)), open_database(address)
    quarter_s = 365.25 * 86_400 / 4
    for number in reversed(range(22)):
        repository.record(duel("ann", "bob", ended_s=NOW_S - quarter_s * number))
    while repository.prune(NOW_S):
        pass
    assert counts(engine)["seasons"] == 20
    assert counts(engine)["standings"] == 40
    repository.close()
    engine.dispose()
