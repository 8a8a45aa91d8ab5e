"""Rooms rest: no tick while nobody is there, the next at once when somebody comes, and game time stands still."""

from collections.abc import Iterator
from typing import Any

import pytest
import trio
import trio.testing

from server.games.melee import Melee
from server.phases import Phases
from server.rest import REST_AFTER_S, live
from tests.instruments.stepper import Client, Stepper

Clock = trio.testing.MockClock
RATE = 60


class Alive:
    """A room that is run, on a clock that only moves when everyone waits."""

    def __init__(self, nursery: trio.Nursery) -> None:
        self.stepper = Stepper(options={"match_s": 20.0})
        self.room, self.lobby = self.stepper.room, self.stepper.lobby
        self.phases = Phases(RATE)
        self.at_s: list[float] = []
        self.rests = 0
        self.scope = trio.CancelScope()
        nursery.start_soon(self._live)

    async def _live(self) -> None:
        with self.scope:
            await live(self.room, self._ticked, self.phases, on_rest=self._rests)

    def _ticked(self, duration_s: float, lateness_s: float) -> None:
        self.at_s.append(trio.current_time())
        for client in self.stepper.clients:
            client.read()

    def _rests(self) -> None:
        self.rests += 1

    def join(self, name: str = "Ann", **hello: Any) -> Client:
        self.stepper.now_s = trio.current_time()
        return self.stepper.join(name, **hello)


@pytest.fixture
def alive(nursery: trio.Nursery) -> Iterator[Alive]:
    alive = Alive(nursery)
    yield alive
    alive.scope.cancel()


async def test_it_ticks_for_a_moment_and_then_no_more(alive: Alive, autojump_clock: Clock) -> None:
    await trio.sleep(100.0)
    assert alive.room.tick == pytest.approx(REST_AFTER_S * RATE, abs=2)
    assert alive.room.is_resting
    assert alive.phases.taken == []
    assert alive.rests == 1
    assert alive.lobby.statistics().rooms_resting == 1


@pytest.mark.parametrize("role", ["player", "spectator"])
async def test_whoever_comes_finds_it_awake_at_once(alive: Alive, role: str, autojump_clock: Clock) -> None:
    await trio.sleep(100.0)
    tick, came_s = alive.room.tick, trio.current_time()
    ann = alive.join(role=role)
    assert ann.welcome.tick == tick
    await trio.sleep(1.0)
    assert not alive.room.is_resting
    assert next(at_s for at_s in alive.at_s if at_s >= came_s) - came_s <= 1 / RATE + 1e-6
    assert alive.room.tick - tick == pytest.approx(RATE, abs=1)
    assert len(ann.snapshots) == pytest.approx(RATE / 2, abs=1)
    assert alive.room.statistics.ticks_shifted == 0, "it has nothing to catch up with"


async def test_a_match_has_as_long_to_go_as_it_had(alive: Alive, autojump_clock: Clock) -> None:
    ann = alive.join()
    await trio.sleep(10.0)
    alive.stepper.drop(ann)
    await trio.sleep(1000.0)
    game = alive.room.game
    assert isinstance(game, Melee)
    assert game.phase == "play"
    alive.join("Bob")
    await trio.sleep(20.0 - 10.0 - REST_AFTER_S - 0.5)
    assert game.phase == "play"
    await trio.sleep(1.0)
    assert game.phase == "podium"


async def test_whoever_drops_for_a_moment_comes_back_to_a_game_that_went_on(
    alive: Alive, autojump_clock: Clock
) -> None:
    ann = alive.join()
    await trio.sleep(1.0)
    alive.stepper.drop(ann)
    await trio.sleep(REST_AFTER_S / 2)
    back = alive.join(resume=ann.welcome.resume)
    assert back.welcome.tick == pytest.approx((1.0 + REST_AFTER_S / 2) * RATE, abs=2)
    await trio.sleep(REST_AFTER_S * 2)
    assert alive.rests == 0


async def test_a_kept_seat_runs_out_while_it_rests_and_is_written_down(alive: Alive, autojump_clock: Clock) -> None:
    ann = alive.join()
    await trio.sleep(1.0)
    alive.lobby.sweep(trio.current_time())
    alive.stepper.now_s = trio.current_time()
    alive.stepper.drop(ann)
    await trio.sleep(20.0)
    assert alive.rests == 1
    alive.lobby.sweep(trio.current_time() + 20.0)
    assert not alive.room.players
    await trio.sleep(1.0)
    assert alive.rests == 2
    assert alive.room.is_resting


async def test_a_bot_keeps_it_awake(alive: Alive, autojump_clock: Clock) -> None:
    alive.join("Robot", bot=True)
    await trio.sleep(20.0)
    assert alive.room.tick == pytest.approx(20 * RATE, abs=2)


async def test_two_rooms_dont_tick_at_once(alive: Alive, nursery: trio.Nursery, autojump_clock: Clock) -> None:
    other, at_s = Stepper().room, list[float]()
    with trio.move_on_after(2.0):
        await live(other, lambda duration_s, lateness_s: at_s.append(trio.current_time()), alive.phases)
    apart = {round((theirs - ours) * RATE % 1.0, 3) for ours, theirs in zip(alive.at_s, at_s, strict=False)}
    assert apart == {0.5}
    assert len(alive.phases.taken) == 1, "its phase is given back"
