"""Standings in a database: each call is one transaction.

Calls block, so they are made from a worker thread. What goes wrong is an SQLAlchemyError, and then nothing was written.
A match may be recorded again after that: it counts once. Several servers may share a database.
"""

import secrets
from collections.abc import Callable

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from server.standings.answers import Person, Table
from server.standings.asking import find_person, find_table
from server.standings.retention import prune
from server.standings.rules import entrants
from server.standings.tables import Account, Match
from server.standings.writing import Played, erase, write_match


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
        with Session(self._engine) as session, session.begin():
            if session.scalar(select(Match.id).where(Match.key == played.key)) is not None:
                return False
            write_match(session, played, people, self._new_id)
        return True

    def forget(self, subject: str = "", public_id: str = "") -> bool:
        """Whether there was somebody to forget."""
        which = Account.subject == subject if subject else Account.public_id == public_id
        with Session(self._engine) as session, session.begin():
            account = session.scalar(select(Account.id).where(which))
            if account is not None:
                erase(session, [account])
        return account is not None

    def prune(self, now_s: float) -> int:
        """Remove some of what is kept no longer; how much."""
        with Session(self._engine) as session, session.begin():
            return prune(session, now_s)

    def id_of(self, subject: str) -> str | None:
        """What others may know somebody by; None: they have no account."""
        with Session(self._engine) as session:
            return session.scalar(select(Account.public_id).where(Account.subject == subject))

    def table(self, now_s: float, game: str = "", season: str = "", page: int = 1) -> Table | None:
        with Session(self._engine) as session:
            return find_table(session, now_s, game, season, page)

    def person(self, public_id: str, now_s: float) -> Person | None:
        with Session(self._engine) as session:
            return find_person(session, public_id, now_s)
