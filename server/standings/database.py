"""The database behind the standings: SQLite or PostgreSQL, reached, and brought up to date.

Whatever keeps it from being used at the start is one sentence (`UserError`), and never has a password in it. Calls
to it may block, for some seconds at most, so they are made from a worker thread.
"""

import os
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, ExceptionContext, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from protocol.errors import UserError

CONNECT_S_MAX: Final = 5
STATEMENT_S_MAX: Final = 20
DRIVERS: Final = {"sqlite": "sqlite+pysqlite", "postgresql": "postgresql+psycopg"}
NEWEST: Final = "0002"
"""The revision that this version of the code goes with."""
MIGRATIONS: Final = Path(__file__).parent / "migrations"
MIGRATING: Final = 7_273_511
"""The lock in PostgreSQL of whoever migrates: two servers may start at once."""

READ_ONLY: Final = "25006"
"""What PostgreSQL says to a write where it takes none (SQLSTATE)."""


def open_database(address: str) -> Engine:
    """The database at `address`, up to date. Raises UserError."""
    url = read_url(address)
    shown = url.set(drivername=url.get_backend_name()).render_as_string(hide_password=True)
    engine = _engine(url)
    try:
        if _revision(engine) != NEWEST:
            migrate(engine)
    except UnknownRevision:
        engine.dispose()
        raise UserError(f"the database {shown} was made by a newer version of Ricochet, or is not one of its") from None
    except (SQLAlchemyError, OSError) as error:
        engine.dispose()
        raise UserError(f"the standings can't be kept in {shown}: {why(error)}") from None
    return engine


def read_url(address: str) -> URL:
    """What `address` names. Raises UserError."""
    try:
        url = make_url(address)
        backend = url.get_backend_name()
    except (ArgumentError, ValueError):
        raise UserError("standings_url is like sqlite:///standings.db or postgresql://user@host/name") from None
    if backend not in DRIVERS:
        raise UserError(f"standings are kept in sqlite or postgresql, not in {backend}")
    if backend == "sqlite" and not url.database:
        raise UserError("standings_url names no file: sqlite:///standings.db is one in the working directory")
    return url.set(drivername=DRIVERS[backend])


class UnknownRevision(Exception):
    """The database has a revision that isn't known here."""


def migrate(engine: Engine, revision: str = NEWEST) -> None:
    """Bring the tables to `revision`, all the way or not at all. Raises UnknownRevision."""
    from alembic import command  # a server that has nothing to migrate starts without it
    from alembic.config import Config as AlembicConfig
    from alembic.util import CommandError

    config = AlembicConfig()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATING})
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, revision)
        except CommandError as error:
            raise UnknownRevision from error


def _revision(engine: Engine) -> str | None:
    """That the database has; None: none yet."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return found


def why(error: BaseException) -> str:
    """The first line of what the driver says, which names no address."""
    said = str(getattr(error, "orig", None) or error).strip()
    return said.splitlines()[0].rstrip(".") if said else type(error).__name__


def _engine(url: URL) -> Engine:
    if url.get_backend_name() == "sqlite":
        return _sqlite(url)
    settings = {
        "connect_timeout": CONNECT_S_MAX,
        "options": f"-c statement_timeout={STATEMENT_S_MAX}s -c lock_timeout={CONNECT_S_MAX}s",
        "tcp_user_timeout": STATEMENT_S_MAX * 1000,
        "application_name": "ricochet",
    }
    settings = {key: value for key, value in settings.items() if key not in url.query}
    engine = create_engine(url, connect_args=settings, pool_size=1, max_overflow=0, pool_pre_ping=True)

    @event.listens_for(engine, "handle_error")
    def leave_standby(context: ExceptionContext) -> None:
        """One that takes no writes any more is a standby by now: the next try connects anew."""
        if getattr(context.original_exception, "sqlstate", None) == READ_ONLY:
            context.is_disconnect = True

    return engine


def _sqlite(url: URL) -> Engine:
    """Its file is for nobody else's eyes; what SQLite puts beside it gets the same permissions."""
    assert url.database is not None
    if url.database != ":memory:":
        with suppress(OSError):  # SQLite will say what is wrong
            os.close(os.open(url.database, os.O_RDWR | os.O_CREAT, 0o600))
    engine = create_engine(url, connect_args={"timeout": CONNECT_S_MAX})

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # the driver would begin transactions when it thinks fit, and not for DDL
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # Whoever reads first and then writes would be refused at once, were another to write in between; this waits.
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine
