"""The bench's PostgreSQL, where a test needs one, on a socket and on no port."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from psycopg import sql

from bench.cluster.postgres import Postgres, find_postgres, postgres_at

__all__ = ["Postgres", "empty", "running"]


@contextmanager
def running() -> Iterator[Postgres]:
    """Until the block is left. Without PostgreSQL a test is skipped, and in continuous integration it fails."""
    programs = find_postgres()
    if programs is None:
        absence = "no PostgreSQL: neither is initdb on PATH nor is Debian's package installed"
        if os.environ.get("CI") == "true":
            pytest.fail(absence)
        pytest.skip(absence)
    with postgres_at(programs=programs) as server:
        yield server


def empty(address: str) -> None:
    """Remove all rows of it but what Alembic has noted, and count anew."""
    with psycopg.connect(address, autocommit=True) as connection:
        names = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        tables = [sql.Identifier(name) for (name,) in names if name != "alembic_version"]
        connection.execute(sql.SQL("TRUNCATE {} RESTART IDENTITY").format(sql.SQL(", ").join(tables)))
