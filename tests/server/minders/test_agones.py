"""The server and its sidecar on a mocked clock: what is said in which order, and what happens when nobody listens."""

from itertools import pairwise

import pytest
import structlog
import trio
from trio.testing import MockClock

from server.lobby import Lobby
from server.minders.agones import FAREWELL_S_MAX, PAUSE_S_MAX, PAUSE_S_MIN, Agones
from server.minders.duty import EMPTY_S
from server.minders.sidecar import Sidecar
from server.minders.vitals import Vitals
from server.statistics import Minding
from tests.instruments.agones import LocalAgones


class Told(Vitals):
    """Vitals that a test sets."""

    def __init__(self) -> None:
        super().__init__(Lobby(), lambda: self.welcomes)
        self.welcomes, self.playing, self.open, self.tick = True, 0, 1, 0
        self.lives = True

    def people(self) -> int:
        return self.playing

    def rooms(self) -> int:
        return self.open

    def ticks(self) -> dict[str, int]:
        self.tick += self.lives
        return {"a": self.tick}


class Scene:
    """A server that is minded, and the sidecar that does it."""

    def __init__(self, nursery: trio.Nursery) -> None:
        self.local, self.vitals, self.counted = LocalAgones(nursery), Told(), Minding()
        self.agones = Agones(Sidecar(self.local.connect), self.vitals, self.counted)
        self._nursery = nursery

    def start(self) -> None:
        self._nursery.start_soon(self.agones.run)

    @property
    def states(self) -> list[str]:
        return [path for path in self.local.said if path.startswith("/")]


@pytest.fixture
def scene(nursery: trio.Nursery) -> Scene:
    return Scene(nursery)


async def test_a_day_in_its_life(scene: Scene, autojump_clock: MockClock) -> None:
    scene.vitals.welcomes = False
    scene.start()
    await trio.sleep(5)
    assert scene.states == []
    scene.vitals.welcomes = True
    await trio.sleep(1)
    assert scene.states == ["/ready"]
    scene.vitals.playing = 3
    await trio.sleep(1)
    assert scene.states == ["/ready", "/allocate"]
    assert scene.counted.agones_allocated == 1
    scene.vitals.playing = 0
    await trio.sleep(EMPTY_S - 2)
    assert scene.states == ["/ready", "/allocate"]
    await trio.sleep(3)
    assert scene.states == ["/ready", "/allocate", "/ready"]
    assert scene.counted.agones_allocated == 0
    scene.agones.duty.leave()
    await scene.agones.farewell()
    await trio.sleep(10)
    assert scene.states == ["/ready", "/allocate", "/ready", "/shutdown"]


async def test_health_is_said_twice_a_period(scene: Scene, autojump_clock: MockClock) -> None:
    scene.start()
    await trio.sleep(21)
    pauses = [b - a for a, b in pairwise(scene.local.health_s)]
    assert len(pauses) >= 15
    assert all(pause == pytest.approx(1.0) for pause in pauses[2:])  # the GameServer asks for one in 2 s
    assert scene.counted.pings == len(scene.local.health_s)


async def test_a_game_that_stands_still_is_not_well(scene: Scene, autojump_clock: MockClock) -> None:
    scene.start()
    await trio.sleep(10)
    scene.vitals.lives = False
    await trio.sleep(2)
    before = len(scene.local.health_s)
    await trio.sleep(10)
    assert len(scene.local.health_s) == before
    assert scene.counted.pings_withheld >= 9
    scene.vitals.lives = True
    await trio.sleep(3)
    assert len(scene.local.health_s) > before


async def test_an_allocation_by_others_is_noticed(scene: Scene, autojump_clock: MockClock) -> None:
    scene.start()
    await trio.sleep(100)
    scene.local.turn("Allocated")
    await trio.sleep(EMPTY_S - 2)
    assert scene.states == ["/ready"]
    assert scene.counted.agones_allocated == 1
    await trio.sleep(4)
    assert scene.states == ["/ready", "/ready"]


async def test_in_a_cluster_ready_is_said_once_and_seen_to_by_others(scene: Scene, autojump_clock: MockClock) -> None:
    scene.local.in_cluster = True
    scene.start()
    await trio.sleep(30)
    assert (scene.states, scene.local.state) == (["/ready"], "RequestReady")
    scene.local.turn("Ready")
    await trio.sleep(30)
    assert scene.states == ["/ready"]
    scene.vitals.playing = 3
    await trio.sleep(3)
    assert scene.states == ["/ready", "/allocate"]
    assert scene.local.counters["players"]["count"] == 3
    scene.vitals.playing = 0
    await trio.sleep(EMPTY_S + 30)
    assert scene.states == ["/ready", "/allocate", "/ready"]
    assert scene.counted.minders_failed == 0


async def test_players_and_rooms_are_counted_up_to_the_capacity(scene: Scene, autojump_clock: MockClock) -> None:
    scene.start()
    await trio.sleep(3)
    assert (scene.local.counters["players"]["count"], scene.local.counters["rooms"]["count"]) == (0, 1)
    scene.vitals.playing, scene.vitals.open = 5, 3
    await trio.sleep(3)
    assert (scene.local.counters["players"]["count"], scene.local.counters["rooms"]["count"]) == (5, 3)
    scene.vitals.playing = 100
    await trio.sleep(3)
    assert scene.local.counters["players"]["count"] == 8
    asked = len(scene.local.tries)
    await trio.sleep(0.9)
    assert not [path for _, path in scene.local.tries[asked:] if "counters" in path]


async def test_without_counters_all_else_works(scene: Scene, autojump_clock: MockClock) -> None:
    scene.local.counters.clear()
    scene.start()
    scene.vitals.playing = 1
    await trio.sleep(60)
    assert scene.states == ["/allocate"]
    assert scene.local.health_s
    assert len([path for _, path in scene.local.tries if path.endswith("players")]) < 10


async def test_a_sidecar_that_comes_late_is_waited_for(scene: Scene, autojump_clock: MockClock) -> None:
    scene.local.is_there = False
    with structlog.testing.capture_logs() as said:
        scene.start()
        await trio.sleep(40)
        assert scene.counted.minders_failed > 10
        assert scene.states == []
        scene.local.is_there = True
        await trio.sleep(PAUSE_S_MAX)
    news = {
        sentence: sorted(line["what"] for line in said if line["event"] == sentence)
        for sentence in ("Agones' sidecar fails; it is tried again", "Agones' sidecar works again")
    }
    failed, works = news.values()
    assert failed == ["health", "players", "rooms", "state", "watch"], "it is said once, however often it fails"
    assert [what for what in works if what not in ("players", "rooms")] == ["health", "state", "watch"]
    assert scene.states == ["/ready"]
    assert scene.local.watchers == 1
    assert scene.local.health_s


async def test_pauses_grow_while_it_fails(scene: Scene, autojump_clock: MockClock) -> None:
    scene.local.refuses.add("/ready")
    scene.start()
    await trio.sleep(100)
    tries_s = [time_s for time_s, path in scene.local.tries if path == "/ready"]
    pauses = [b - a for a, b in pairwise(tries_s)]
    assert pauses[:6] == [pytest.approx(pause_s) for pause_s in (PAUSE_S_MIN, 1, 2, 4, 8, PAUSE_S_MAX)]
    assert max(pauses) <= PAUSE_S_MAX + 0.1
    assert scene.local.health_s  # one thing that fails is one thing


async def test_a_watch_that_ends_begins_again(scene: Scene, nursery: trio.Nursery, autojump_clock: MockClock) -> None:
    scene.start()
    await trio.sleep(5)
    assert scene.local.watchers == 1
    scene.local.refuses.add("/health")
    before = scene.counted.minders_failed
    await trio.sleep(5)
    assert scene.counted.minders_failed > before
    scene.local.refuses.clear()
    await trio.sleep(2)
    assert scene.agones.duty.state == "Ready"


async def test_a_farewell_that_nobody_hears_ends(scene: Scene, autojump_clock: MockClock) -> None:
    scene.local.is_there = False
    began_s = trio.current_time()
    await scene.agones.farewell()
    assert trio.current_time() - began_s == pytest.approx(FAREWELL_S_MAX)


async def test_a_farewell_is_tried_again(scene: Scene, nursery: trio.Nursery, autojump_clock: MockClock) -> None:
    scene.local.is_there = False

    async def come() -> None:
        await trio.sleep(1)
        scene.local.is_there = True

    nursery.start_soon(come)
    await scene.agones.farewell()
    assert scene.states == ["/shutdown"]
