"""Deadlines are kept, and a server that was itself away holds them against nobody."""

import pytest
import trio
import trio.testing

from protocol.limits import HELLO_DEADLINE_S, SILENCE_S_MAX
from server.deadlines import SWEEP_EVERY_S, TOGETHER, keep_deadlines
from server.session import Session, State
from tests.instruments.stepper import Stepper


async def test_a_server_that_was_stopped_holds_it_against_nobody(
    nursery: trio.Nursery, autojump_clock: trio.testing.MockClock
) -> None:
    stepper = Stepper()
    stepper.now_s = trio.current_time()
    greeting, playing, dropped = stepper.connect(), stepper.join(), stepper.join("Bob")
    stepper.drop(dropped)
    nursery.start_soon(keep_deadlines, stepper.lobby)
    await trio.sleep(1.0)
    autojump_clock.jump(1000.0)
    await trio.sleep(3.0)
    assert [client.session.state for client in (greeting, playing)] == [State.GREETING, State.PLAYING]
    assert len(stepper.room.players) == 2
    await trio.sleep(HELLO_DEADLINE_S)
    assert [client.session.state for client in (greeting, playing)] == [State.ENDED, State.PLAYING]
    await trio.sleep(SILENCE_S_MAX)
    assert playing.session.state is State.ENDED
    assert len(stepper.room.players) == 1


async def test_what_has_waited_is_done_too(nursery: trio.Nursery, autojump_clock: trio.testing.MockClock) -> None:
    done: list[float] = []
    nursery.start_soon(keep_deadlines, Stepper().lobby, lambda: done.append(trio.current_time()))
    await trio.sleep(2.2 * SWEEP_EVERY_S)
    assert len(done) == 2


class Turns(trio.abc.Instrument):
    """How many conversations were judged in each turn of the loop."""

    def __init__(self) -> None:
        self.judged = [0]

    def before_io_wait(self, timeout: float) -> None:
        self.judged.append(0)


async def test_many_are_judged_a_few_at_a_time_and_each_of_them(
    nursery: trio.Nursery, autojump_clock: trio.testing.MockClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    stepper = Stepper()
    stepper.now_s = trio.current_time()
    silent = [stepper.connect() for _ in range(3 * TOGETHER)]
    turns, expire = Turns(), Session.expire

    def failing(session: Session, now_s: float) -> None:
        """There is a mistake of ours with one of them."""
        turns.judged[-1] += 1
        if session is silent[0].session:
            raise RuntimeError("no")
        expire(session, now_s)

    monkeypatch.setattr(Session, "expire", failing)
    trio.lowlevel.add_instrument(turns)
    nursery.start_soon(keep_deadlines, stepper.lobby)
    await trio.sleep(HELLO_DEADLINE_S + 2 * SWEEP_EVERY_S)
    trio.lowlevel.remove_instrument(turns)
    assert max(turns.judged) == TOGETHER
    assert [client.session.state is State.ENDED for client in silent] == [client is not silent[0] for client in silent]
    assert stepper.lobby.faults.chores_failed > 0
