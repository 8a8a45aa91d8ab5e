"""A real PostgreSQL in a temporary folder, from Debian's package or whatever else has put it on this machine.

It listens on a socket in that folder and on no port. PostgreSQL refuses to run as root, so root lends it another user.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

START_S_MAX = 30.0
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=16MB", "max_connections=20")


def find_postgres() -> Path | None:
    """The folder of its programs."""
    on_path = shutil.which("initdb")
    folders = [Path(on_path).parent] if on_path else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in folders if (folder / "initdb").exists()), None)


class Postgres:
    """One server. It can be stopped, and started again with what it had."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self._programs, self.folder = programs, folder
        self._process: subprocess.Popen[bytes] | None = None
        self._as_other: dict[str, Any] = {}
        if os.geteuid() == 0:
            user = _other_user()
            self._as_other = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
            os.chown(folder, user.pw_uid, user.pw_gid)
        self._run("initdb", "-D", str(folder / "state"), "-U", "ricochet", "-A", "trust", "-E", "UTF8", "--no-sync")

    def address(self, database: str) -> str:
        return f"postgresql://ricochet@/{database}?host={self.folder}"

    def start(self) -> None:
        settings = [f"-c{setting}" for setting in (*FAST, "listen_addresses=")]
        command = [str(self._programs / "postgres"), "-D", str(self.folder / "state"), "-k", str(self.folder)]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen([*command, *settings], stdout=log, stderr=log, cwd="/", **self._as_other)
        end = time.monotonic() + START_S_MAX
        while not self._answers():
            assert self._process.poll() is None, (self.folder / "log").read_text()
            assert time.monotonic() < end, "PostgreSQL doesn't start"
            time.sleep(0.05)

    def stop(self) -> None:
        """Whoever is connected; what is written is on the disk."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait()
            self._process = None

    def make(self, database: str) -> str:
        """A database without tables; its address."""
        with self._connected() as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))
        return self.address(database)

    def empty(self, database: str) -> None:
        """Remove all rows of it but what Alembic has noted, and count anew."""
        with psycopg.connect(self.address(database), autocommit=True) as connection:
            names = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
            tables = [sql.Identifier(name) for (name,) in names if name != "alembic_version"]
            connection.execute(sql.SQL("TRUNCATE {} RESTART IDENTITY").format(sql.SQL(", ").join(tables)))

    def _connected(self) -> "psycopg.Connection[tuple[Any, ...]]":
        return psycopg.connect(self.address("postgres"), autocommit=True)

    def _answers(self) -> bool:
        try:
            self._connected().close()
        except psycopg.OperationalError:
            return False
        return True

    def _run(self, program: str, *words: str) -> None:
        command = [str(self._programs / program), *words]
        subprocess.run(command, check=True, capture_output=True, cwd="/", **self._as_other)


def _other_user() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise AssertionError("root needs another user to run PostgreSQL as")


@contextmanager
def running(programs: Path) -> Iterator[Postgres]:
    """Until the block is left."""
    folder = Path(tempfile.mkdtemp(prefix="ricochet-pg-"))
    server = Postgres(programs, folder)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
