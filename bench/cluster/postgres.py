"""A real PostgreSQL of one's own in a temporary folder, from Debian's package or whatever else put it on this machine.

It listens on a socket in that folder and, when it is given a host, there as well; whoever comes is let in. PostgreSQL
refuses to run as root, so root lends it another user.
"""

import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Final

from bench.cluster.redis import free_port
from protocol.errors import UserError

START_S_MAX: Final = 30.0
USER: Final = "ricochet"
FAST: Final = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=16MB")
CONNECTIONS: Final = "max_connections=20"
PORT: Final = 5432
"""Of the socket in the folder, as long as nothing else is said."""


def find_postgres() -> Path | None:
    """The folder of its programs."""
    on_path = shutil.which("initdb")
    folders = [Path(on_path).resolve().parent] if on_path else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in folders if (folder / "initdb").exists()), None)


class Postgres:
    """One server. It can be stopped, and started again with what it had. Raises UserError."""

    def __init__(self, programs: Path, folder: Path, host: str = "") -> None:
        self._programs, self.folder, self._host = programs, folder, host
        self._port = free_port(host) if host else PORT
        self._process: subprocess.Popen[bytes] | None = None
        self._as_other: dict[str, Any] = {}
        if os.geteuid() == 0:
            user = _other_user()
            self._as_other = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
            os.chown(folder, user.pw_uid, user.pw_gid)
        self._run("initdb", "-D", str(folder / "state"), "-U", USER, "-A", "trust", "-E", "UTF8", "--no-sync")
        with (folder / "state" / "pg_hba.conf").open("a") as rules:
            rules.write("host all all samenet trust\n")

    def address(self, database: str) -> str:
        if self._host:
            return f"postgresql://{USER}@{self._host}:{self._port}/{database}"
        return f"postgresql://{USER}@/{database}?host={self.folder}"

    def start(self) -> None:
        listen = [f"listen_addresses={self._host}", f"port={self._port}"]
        settings = [f"-c{setting}" for setting in (*FAST, CONNECTIONS, *listen)]
        command = [str(self._programs / "postgres"), "-D", str(self.folder / "state"), "-k", str(self.folder)]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen([*command, *settings], stdout=log, stderr=log, cwd="/", **self._as_other)
        end_s = time.monotonic() + START_S_MAX
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > end_s:
                raise UserError(f"PostgreSQL doesn't start: {(self.folder / 'log').read_text()[-400:]}")
            time.sleep(0.05)

    def stop(self) -> None:
        """Whoever is connected; what is written is on the disk."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait()
            self._process = None

    def make(self, database: str) -> str:
        """A database without tables; its address."""
        self._run("createdb", *self._there(), "-U", USER, database)
        return self.address(database)

    def _there(self) -> list[str]:
        return ["-h", str(self.folder), "-p", str(self._port)]

    def _answers(self) -> bool:
        told = subprocess.run([str(self._programs / "pg_isready"), "-q", *self._there()], check=False)
        return told.returncode == 0

    def _run(self, program: str, *words: str) -> None:
        command = [str(self._programs / program), *words]
        told = subprocess.run(command, check=False, capture_output=True, cwd="/", **self._as_other)
        if told.returncode:
            raise UserError(f"{program} has failed: {told.stderr.decode(errors='replace').strip()[-400:]}")


def _other_user() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise UserError("root needs another user to run PostgreSQL as, and there is neither postgres nor nobody")


@contextmanager
def postgres_at(host: str = "", programs: Path | None = None) -> Iterator[Postgres]:
    """One that runs until the block is left. Raises UserError."""
    programs = programs or find_postgres()
    if programs is None:
        raise UserError("there is no PostgreSQL: neither is initdb on PATH nor is Debian's package installed")
    folder = Path(mkdtemp(prefix="ricochet-pg-"))
    try:
        server = Postgres(programs, folder, host)
        try:
            server.start()
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
