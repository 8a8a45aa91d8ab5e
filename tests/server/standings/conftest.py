"""Both databases, each as it is after the migrations: a file of SQLite, and a real PostgreSQL."""

import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from server.standings.database import open_database
from server.standings.repository import Repository
from tests.instruments.postgres import Postgres, empty, running

_numbers = count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """With a database named `current`, which has all migrations and nothing in it."""
    with running() as server:
        open_database(server.make("current")).dispose()
        yield server


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of SQLite with all migrations and nothing in it."""
    file = tmp_path_factory.mktemp("migrated") / "standings.db"
    engine = open_database(f"sqlite:///{file}")
    with engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA journal_mode=DELETE")
    engine.dispose()
    return file


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Of a database with nothing in it."""
    if request.param == "sqlite":
        file = shutil.copy(request.getfixturevalue("migrated"), tmp_path / "standings.db")
        return f"sqlite:///{file}"
    server: Postgres = request.getfixturevalue("postgres")
    empty(server.address("current"))
    return server.address("current")


@pytest.fixture(params=["sqlite", "postgresql"])
def blank(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Of a database without tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'blank.db'}"
    server: Postgres = request.getfixturevalue("postgres")
    return server.make(f"blank{next(_numbers)}")


@pytest.fixture
def repository(address: str) -> Iterator[Repository]:
    ids = count(1)
    repository = Repository(open_database(address), lambda: f"id{next(ids)}")
    yield repository
    repository.close()
