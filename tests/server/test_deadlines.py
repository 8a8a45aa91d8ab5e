"""Deadlines are kept, and a server that was itself away holds them against nobody."""

import trio
import trio.testing

from protocol.limits import HELLO_DEADLINE_S, SILENCE_S_MAX
from server.deadlines import SWEEP_EVERY_S, keep_deadlines
from server.session import State
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
