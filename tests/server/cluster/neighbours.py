"""Whole servers that share a directory and a place of checkpoints, in one process, on a clock that a test moves."""

from collections.abc import Callable

import trio
import trio.testing

from protocol.limits import PROTOCOL_VERSION
from protocol.messages import ClientMessage, Hello
from server.app import Server
from server.cluster.adoption import Adoption
from server.cluster.checkpoints import Checkpoints
from server.cluster.company import Company
from server.cluster.directory import LocalDirectory, Unreachable
from server.cluster.places import Place
from server.config import Config
from server.games.melee import Melee
from server.lobby import Lobby
from server.room import Room
from server.session import Session
from server.takeover import listen
from tests.instruments.stepper import Client, FakeLink
from tests.server.running import settings

STEP_S = 0.25
NO_REDIS = "redis://127.0.0.1:1"
"""Nobody is there, and that is known at once: a name would be looked up first."""


class Memory:
    """A `server.cluster.places.Place` that needs no disk, and can be broken."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}
        self.ages: dict[str, float] = {}
        self.why_broken = ""

    def read(self, key: str) -> bytes | None:
        self._check()
        return self.kept.get(key)

    def write(self, key: str, content: bytes) -> None:
        self._check()
        self.kept[key] = content

    def remove(self, key: str) -> None:
        self._check()
        self.kept.pop(key, None)

    def ages_s(self, under: str = "") -> dict[str, float]:
        self._check()
        return {key: self.ages.get(key, 0.0) for key in list(self.kept) if key.startswith(f"{under}/" if under else "")}

    def _check(self) -> None:
        if self.why_broken:
            raise OSError(self.why_broken)


class Neighbour:
    """One of these servers; it can vanish as if killed."""

    def __init__(self, name: str, directory: LocalDirectory, place: Place, nursery: trio.Nursery) -> None:
        self._nursery, self._life = nursery, trio.CancelScope()
        self.config = settings(directory=NO_REDIS, checkpoints="none", public_url=f"https://{name}.example")
        self._directory, self._place = directory, place
        self.cut = False
        """Whether the directory is out of reach."""
        self.server = Server(self.config, None, self._company_of)
        self.clients: list[Client] = []

    def _company_of(self, config: Config, lobby: Lobby) -> Company:
        company = Company(Way(self, self._directory), lobby, Checkpoints(self._place), clock=trio.current_time)
        lobby.elsewhere = company
        return company

    @property
    def company(self) -> Company:
        assert isinstance(self.server.company, Company)
        return self.server.company

    @property
    def adoption(self) -> Adoption:
        assert self.company.adoption is not None
        return self.company.adoption

    @property
    def rooms(self) -> dict[str, Room]:
        return self.server.lobby.rooms

    async def live(self) -> None:
        async def serve(task_status: trio.TaskStatus[None]) -> None:
            with self._life:
                async with trio.open_nursery() as nursery:
                    await nursery.start(self.server.serve, await listen(self.config))
                    task_status.started()
                    await trio.sleep_forever()

        await self._nursery.start(serve)

    def vanish(self) -> None:
        """Nobody is told anything."""
        self._life.cancel()
        self.clients.clear()

    def hail(self, **hello: object) -> Client:
        """Somebody says hello."""
        link = FakeLink()
        client = Client(Session(link, self.server.lobby, trio.current_time()), link)
        self.clients.append(client)
        told = {"name": "Ann", **hello}
        client.say(Hello(PROTOCOL_VERSION, **told), trio.current_time())  # type: ignore[arg-type]
        return client

    def say(self, client: Client, message: ClientMessage) -> None:
        client.say(message, trio.current_time())


class Way(LocalDirectory):
    """From one neighbour to the directory of all."""

    def __init__(self, neighbour: Neighbour, directory: LocalDirectory) -> None:
        super().__init__(directory._ledger)
        self._neighbour, self._key = neighbour, directory._key

    def _now_ms(self) -> int:
        if self._neighbour.cut:
            raise Unreachable("no answer")
        return super()._now_ms()


class Street:
    """They all, and the time that passes there."""

    def __init__(self, clock: trio.testing.MockClock) -> None:
        self._clock = clock
        self.neighbours: list[Neighbour] = []

    async def pass_time(self, seconds: float, until: Callable[[], bool] = lambda: False) -> float:
        """In small steps, and what is to be done in each is done; how many seconds it was until `until`."""
        began_s, threads = trio.current_time(), trio.to_thread.current_default_thread_limiter()
        while trio.current_time() < began_s + seconds and not until():
            self._clock.jump(STEP_S)
            await trio.testing.wait_all_tasks_blocked(0.001)
            while threads.borrowed_tokens:
                await trio.testing.wait_all_tasks_blocked(0.001)
            for one in self.neighbours:
                for client in one.clients:
                    client.read()
        return trio.current_time() - began_s


def melee_of(room: Room) -> Melee:
    assert isinstance(room.game, Melee)
    return room.game
