"""Migrations: from nothing, from each older version with what it held, and to the very tables that the code has."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, inspect, text

from protocol.errors import UserError
from server.standings.database import MIGRATIONS, NEWEST, migrate, open_database, read_url
from server.standings.repository import Repository
from server.standings.tables import Base
from tests.server.standings.matches import NOW_S, SEASON, duel

OLD = (
    "INSERT INTO accounts VALUES (1, 'subject:ann', 'ann-id', 'Ann', 1794000000, 1794000000)",
    "INSERT INTO accounts VALUES (2, 'subject:bob', 'bob-id', 'Bob', 1794000000, 1794000000)",
    "INSERT INTO seasons VALUES (1, '2026-Q4', 1790812800, 1798761600)",
    "INSERT INTO standings VALUES (1, 1, 'melee', 27.5, 7.0, 1260, 1, 1, '{\"kills\": 4}')",
    "INSERT INTO standings VALUES (2, 1, 'melee', 22.5, 7.0, 1060, 1, 0, '{\"kills\": 1}')",
    "INSERT INTO matches VALUES (1, 'first', 1, 'melee', 'Pinball', 1794000000, 300, 2)",
    "INSERT INTO placings VALUES (1, 0, 1, 'Ann', 0, 1, 400, '{\"kills\": 4}', 1260)",
    "INSERT INTO placings VALUES (1, 1, 2, 'Bob', 0, 2, 100, '{\"kills\": 1}', 1060)",
)
"""What a server of revision 0001 had written."""
COUNT = "SELECT setval(pg_get_serial_sequence('{0}', 'id'), (SELECT max(id) FROM {0}))"


def revisions() -> list[str]:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    return [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()][::-1]


def fill(engine: Engine) -> None:
    with engine.begin() as connection:
        for order in OLD:
            connection.execute(text(order))
        if engine.dialect.name == "postgresql":
            for table in ("accounts", "seasons", "matches"):
                connection.execute(text(COUNT.format(table)))


def test_revisions_are_one_line() -> None:
    assert revisions() == ["0001", "0002"]
    assert revisions()[-1] == NEWEST


def test_an_older_database_is_brought_up_to_date_with_what_it_holds(blank: str) -> None:
    engine = create_engine(read_url(blank))
    migrate(engine, "0001")
    fill(engine)
    engine.dispose()
    repository = Repository(open_database(blank))
    ann = repository.person("ann-id", NOW_S)
    assert ann is not None
    (match,) = ann.matches
    assert (match.place, match.points, match.change, match.has_left) == (1, 1260, 0, False)
    assert (ann.standings[0].season, ann.standings[0].rating.points) == (SEASON, 1260)
    assert repository.record(duel("ann", "bob"))
    ann = repository.person("ann-id", NOW_S)
    assert ann is not None
    assert (ann.standings[0].rating.matches, ann.standings[0].rating.figures) == (2, {"kills": 7})
    repository.close()


def test_the_tables_are_those_of_the_code(blank: str) -> None:
    engine = open_database(blank)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


def test_each_step_can_be_taken_back(blank: str) -> None:
    from alembic import command

    engine = open_database(blank)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
    migrate(engine)
    engine.dispose()


def test_a_database_of_a_newer_version_is_left_alone(address: str) -> None:
    engine = open_database(address)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'ffff'"))
    with pytest.raises(UserError, match="newer version"):
        open_database(address)
    with engine.begin() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "ffff"
        connection.execute(text(f"UPDATE alembic_version SET version_num = '{revisions()[-1]}'"))
    engine.dispose()


def test_a_step_that_fails_is_taken_back_whole(blank: str) -> None:
    engine = create_engine(read_url(blank))
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE placings (in_the_way INTEGER)"))
    engine.dispose()
    with pytest.raises(UserError, match="can't be kept"):
        open_database(blank)
    assert set(inspect(engine).get_table_names()) <= {"placings", "alembic_version"}
    engine.dispose()
