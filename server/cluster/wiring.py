"""What a server has of other processes, from the settings: without a directory nothing, and nothing of it is loaded."""

import secrets
from collections.abc import Callable
from hashlib import sha256
from typing import TYPE_CHECKING

from protocol.errors import Code
from server.config import Config
from server.elsewhere import Elsewhere
from server.room import Room
from server.statistics import Statistics
from server.store import Store

if TYPE_CHECKING:
    from server.lobby import Lobby


class Lost(Exception):
    """A room isn't ours to run any more."""


class Alone(Elsewhere):
    """One process: every room is its own."""

    url = ""
    """Where the world finds this process; known once it listens."""
    run_room: Callable[[Room], None]
    """Runs a room that is ours by now."""
    stop_room: Callable[[Room], None]
    """Ends one that isn't ours any more, but may be again."""
    open_fresh: Callable[[], None]
    """Opens another one of the operator's."""
    code_when_lost = Code.ROOM_CLOSED
    """What those are told whose room had to stop here."""

    def store(self, local: Store | None) -> Store | None:
        """Where our rooms are kept, and all else that outlasts us; `local` is this process's own."""
        return local

    def take(self, room: Room, is_new: bool) -> bool:
        """Whether `room` may run now; else `run_room` is called once it may. `is_new`: nobody had one of that name."""
        return True

    def gone(self, name: str) -> None:
        """The room has ended for good."""

    def lost(self, name: str) -> None:
        """It has noticed itself that it isn't ours any more."""

    def fenced(self, room: Room, drain: Callable[[], None]) -> Callable[[], None]:
        """`drain`, which is called before each tick, and may now raise Lost."""
        return drain

    def counting(self, statistics: Callable[[], Statistics]) -> Callable[[], Statistics]:
        """`statistics`, with what is counted here."""
        return statistics

    async def run(self) -> None:
        """Keep our part in the directory; for ever, or until there is nothing to do."""

    async def leave(self) -> None:
        """All rooms have been stopped."""


def company_of(config: Config, lobby: "Lobby") -> Alone:
    """The other processes, as `lobby` sees them from now on. Raises UserError."""
    if config.directory is None:
        return Alone()
    from server.cluster.company import Company
    from server.cluster.redis import RedisDirectory

    checkpoints = None
    if config.checkpoints is not None:
        from server.cluster.checkpoints import Checkpoints
        from server.cluster.places import place_of

        checkpoints = Checkpoints(place_of(config.checkpoints))
    company = Company(RedisDirectory(config.directory), lobby, checkpoints)
    lobby.elsewhere = company
    return company


def suffix_of(config: Config) -> str:
    """What sets the operator's rooms of one process apart from those of another. With a `state_dir` of its own it stays
    so; where others may go on with them, each life of a process has other ones."""
    if config.directory is None:
        return ""
    if config.state_dir is None or config.checkpoints is not None:
        return f"-{secrets.token_hex(3)}"
    return f"-{sha256((config.public_url or f'{config.host}:{config.port}').encode()).hexdigest()[:6]}"
