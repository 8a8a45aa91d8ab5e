"""The servers of a cluster: each a process of its own in its place, that is started, killed, stopped and asked."""

import os
import signal
import sys
from pathlib import Path
from subprocess import DEVNULL, PIPE
from typing import Any, Final

import msgspec
import trio
from msgspec import Struct

from bench.cluster.ground import Ground, Place
from protocol.errors import UserError
from server.config import ENVIRONMENT_PREFIX

ROOT: Final = Path(__file__).parents[2]
READY_S_MAX: Final = 120.0
"""Many at once start on few cores."""
STOP_S_MAX: Final = 60.0
ASK_S_MAX: Final = 2.0
READY: Final = b"Ricochet is ready"
SAID_CHARS: Final = 600
"""Of the end of a log, where something went wrong."""
CROWDS_FROM: Final = "198.18.0.0/15"
"""All bots come from one address of that network (RFC 2544), which has no quota: it stands for many."""


class Settings(Struct, frozen=True, kw_only=True):
    """What all of them have in common."""

    folder: Path
    directory: str
    standings: str
    rooms: int
    flags: tuple[str, ...] = ()
    keeps: bool = True
    """Whether each has a folder for what outlasts it, and all have one for their checkpoints."""


class Member:
    """One of them, number `number`, from 1 on."""

    def __init__(self, number: int, place: Place, settings: Settings) -> None:
        self.number, self.place, self._settings = number, place, settings
        self.url = f"http://{place.host}:{place.port}"
        self._process: trio.Process | None = None
        self.folder = settings.folder / str(number)
        self.log = settings.folder / f"{number}.log"

    @property
    def pid(self) -> int:
        """0 while it doesn't run."""
        return self._process.pid if self._process is not None and self._process.poll() is None else 0

    async def start(self) -> None:
        """Until it takes connections. Raises UserError."""
        settings, place = self._settings, self.place
        self.folder.mkdir(exist_ok=True)
        words = ["serve", "--host", place.host, "--port", str(place.port), "--public-url", self.url]
        words += ["--directory", settings.directory, "--rooms", str(settings.rooms), *settings.flags]
        words += ["--connections-per-address-max", "0", "--trusted-proxies", CROWDS_FROM, "--log-format", "json"]
        if settings.keeps:
            words += ["--state-dir", str(self.folder), "--checkpoints", str(settings.folder / "checkpoints")]
        command = place.within([sys.executable, "-m", "ricochet", *words])
        with self.log.open("ab") as stderr:
            self._process = await trio.lowlevel.open_process(
                command, stdin=DEVNULL, stdout=PIPE, stderr=stderr, cwd=ROOT, env=self._environment()
            )
        with trio.move_on_after(READY_S_MAX):
            assert self._process.stdout is not None
            said = b""
            async for chunk in self._process.stdout:
                said += chunk
                if READY in said:
                    return
        await self.kill()
        raise UserError(f"server {self.number} did not get ready: {self.log.read_text(errors='replace')[-SAID_CHARS:]}")

    def _environment(self) -> dict[str, str]:
        """Without settings of whoever measures."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(ENVIRONMENT_PREFIX)}
        return {**inherited, f"{ENVIRONMENT_PREFIX}STANDINGS_URL": self._settings.standings}

    def cut(self) -> None:
        self.place.cut(self.pid)

    def mend(self) -> None:
        self.place.mend(self.pid)

    async def kill(self) -> None:
        """As `kill -9` does."""
        if self._process is not None:
            if self.pid:
                self.place.mend(self.pid)
            self._process.kill()
            await self._ended()

    async def stop(self) -> int:
        """As an operator does, with SIGTERM: its status. Raises UserError when it doesn't end."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        with trio.move_on_after(STOP_S_MAX):
            return await self._ended()
        raise UserError(f"server {self.number} did not end within {STOP_S_MAX:.0f} s of SIGTERM")

    async def _ended(self) -> int:
        assert self._process is not None
        status = await self._process.wait()
        if self._process.stdout is not None:
            await self._process.stdout.aclose()
        return status

    async def rooms(self) -> dict[str, int]:
        """The tick of each room that runs here, by name; nothing where it doesn't answer."""
        return {room["name"]: room["tick"] for room in await self._described() if "tick" in room}

    async def listed(self) -> set[str]:
        """The names of all rooms that it knows of, its own and those of others."""
        return {room["name"] for room in await self._described()}

    async def _described(self) -> list[dict[str, Any]]:
        return await described(self.place.host, self.place.port) if self.pid else []


class Fleet:
    """All of them."""

    def __init__(self, ground: Ground, settings: Settings) -> None:
        self.members = [Member(number, place, settings) for number, place in enumerate(ground.places, 1)]

    async def start(self) -> None:
        async with trio.open_nursery() as nursery:
            for member in self.members:
                nursery.start_soon(member.start)

    async def end(self) -> None:
        """Whatever state they are in."""
        with trio.CancelScope(shield=True):
            for member in self.members:
                await member.kill()

    async def rooms(self) -> dict[str, set[int]]:
        """In which of them each room runs, by name."""
        owners: dict[str, set[int]] = {}
        for member in self.members:
            for name in await member.rooms():
                owners.setdefault(name, set()).add(member.number)
        return owners

    def trouble(self) -> list[str]:
        """What they themselves call a mistake of ours."""
        return [
            f"server {member.number}: {sentence}"
            for member in self.members
            if member.log.exists()
            for line in member.log.read_bytes().splitlines()
            if (sentence := mistake_in(line))
        ]


def mistake_in(line: bytes) -> str:
    """Of a log: what happened, to which room, and by what exception; nothing where that is no mistake."""
    try:
        told = msgspec.json.decode(line, type=dict[str, Any])
    except msgspec.DecodeError:
        return ""
    if told.get("level") != "error":
        return ""
    causes = [str(one.get("exc_value")) for one in told.get("exception", [])[:1]]
    return ": ".join(filter(None, [str(told.get("event")), str(told.get("room", "")), *causes]))


async def described(host: str, port: int) -> list[dict[str, Any]]:
    """What `/api/rooms` says there; nothing where nobody answers."""
    page, ask = b"", f"GET /api/rooms HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n"
    with trio.move_on_after(ASK_S_MAX):
        try:
            async with await trio.open_tcp_stream(host, port) as stream:
                await stream.send_all(ask.encode())
                async for chunk in stream:
                    page += chunk
            return msgspec.json.decode(page.partition(b"\r\n\r\n")[2], type=list[dict[str, Any]])
        except (OSError, trio.BrokenResourceError, msgspec.DecodeError):
            return []
    return []
