"""Standings in a database: each call is one transaction.

Calls block, so they are made from a worker thread. Where the database can't be reached they raise Away, and then
nothing was written. A match may be recorded again after that: it counts once. Several servers may share a database.
"""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, Select, select
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, TimeoutError
from sqlalchemy.orm import Session

from server.standings.answers import Person, Table
from server.standings.asking import find_person, find_table
from server.standings.away import Away
from server.standings.backlog import Played
from server.standings.database import why
from server.standings.retention import prune
from server.standings.rules import entrants
from server.standings.tables import Account, Match
from server.standings.writing import erase, write_match


class Repository:
    """`new_id` makes ids that are told to everybody."""

    def __init__(self, engine: Engine, new_id: Callable[[], str] = lambda: secrets.token_urlsafe(9)) -> None:
        self._engine, self._new_id = engine, new_id

    def close(self) -> None:
        self._engine.dispose()

    def record(self, played: Played) -> bool:
        """Write a match down; whether it counts, and was not written down before."""
        people = entrants(played.result)
        if not people:
            return False
        with self._writing() as session:
            if session.scalar(_same(played)) is not None:
                return False
            write_match(session, played, people, self._new_id)
        return True

    def forget(self, subject: str = "", public_id: str = "") -> str | None:
        """Forget somebody, and say what they were known by; None: there is nobody to forget."""
        which = Account.subject == subject if subject else Account.public_id == public_id
        with self._writing() as session:
            found = session.execute(select(Account.id, Account.subject).where(which)).first()
            if found is None:
                return None
            erase(session, [found.id])
            return str(found.subject)

    def prune(self, now_s: float) -> int:
        """Remove some of what is kept no longer; how much."""
        with self._writing() as session:
            return prune(session, now_s)

    def id_of(self, subject: str) -> str | None:
        """What others may know somebody by; None: they have no account."""
        with self._reading() as session:
            return session.scalar(select(Account.public_id).where(Account.subject == subject))

    def subject_of(self, public_id: str) -> str | None:
        """What somebody is known by here; None: there is nobody of that id."""
        with self._reading() as session:
            return session.scalar(select(Account.subject).where(Account.public_id == public_id))

    def table(self, now_s: float, game: str = "", season: str = "", page: int = 1) -> Table | None:
        with self._reading() as session:
            return find_table(session, now_s, game, season, page)

    def person(self, public_id: str, now_s: float) -> Person | None:
        with self._reading() as session:
            return find_person(session, public_id, now_s)

    @contextmanager
    def _reading(self) -> Iterator[Session]:
        with _reached(), Session(self._engine) as session:
            yield session

    @contextmanager
    def _writing(self) -> Iterator[Session]:
        with _reached(), Session(self._engine) as session, session.begin():
            yield session


def _same(played: Played) -> Select[int]:
    """The match, if it has been written down before."""
    ended_s, length_s = int(played.ended_s), max(1, int(played.ended_s - played.began_s))
    is_near = Match.ended_s.between(ended_s - length_s + 1, ended_s + length_s - 1)
    return select(Match.id).where(Match.key == played.key, is_near)


@contextmanager
def _reached() -> Iterator[None]:
    """What the database's being away has many names for is Away."""
    try:
        yield
    except (OperationalError, InterfaceError, TimeoutError) as error:
        raise Away(why(error)) from error
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
        raise Away(why(error)) from error
