"""What is read in bulk is what would have been read one by one, and nothing else is; and so with what is written."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import cast

import pytest
import trio
from trio_websocket import WebSocketConnection

from protocol import limits
from protocol.errors import Code
from protocol.input_rows import unpack
from protocol.messages import Event, Hello, Inputs
from protocol.motion import Button, Input
from protocol.snapshot import Snapshot
from server.input_table import RING_TICKS
from server.net import bulk
from server.net.connection import _Delivery
from server.net.fast_lane import FastLane
from server.net.link import FastLink
from server.net.sweep import current_sweep, sweep
from server.session import Session, State
from server.statistics import Traffic
from tests.instruments.stepper import Stepper
from tests.server.net.wires import MSGPACK, frame, hear_frame, stream_pair, until

COUNT = bulk.TOGETHER_MIN + 4


class Caller:
    """One client, at the other end of a real socket."""

    def __init__(self, session: Session, lane: FastLane, far: trio.SocketStream) -> None:
        self.session, self.lane, self.far = session, lane, far

    @property
    def inputs(self) -> list[Input]:
        """Those that wait, by tick."""
        assert self.session.seat is not None
        assert self.session.seat.player is not None
        table, slot = self.session.seat.player.inputs.table, self.session.seat.player.inputs.slot
        lines = [tick % RING_TICKS for tick in range(table.next_tick, table.next_tick + RING_TICKS)]
        lines = [line for line in lines if table.ticks[line, slot] >= table.next_tick]
        return [unpack(int(table.entries[line, slot])) for line in lines]

    async def say(self, message: Inputs) -> None:
        await self.far.send_all(frame(MSGPACK.encode(message)))


class Library:
    """Closes at once."""

    async def aclose(self, code: int, reason: str) -> None:
        await trio.lowlevel.checkpoint()


class Hall:
    """Many of them in one room."""

    def __init__(self, stepper: Stepper, callers: list[Caller], traffic: Traffic) -> None:
        self.stepper, self.callers, self.traffic = stepper, callers, traffic


@asynccontextmanager
async def hall() -> AsyncIterator[Hall]:
    stepper, traffic = Stepper(), Traffic()
    async with trio.open_nursery() as nursery:
        callers = []
        for n in range(COUNT):
            near, far = await stream_pair("fast")
            assert isinstance(near, trio.SocketStream)
            assert isinstance(far, trio.SocketStream)
            lane = FastLane(near, b"", b"", traffic, nursery)
            link = FastLink(cast(WebSocketConnection, Library()), lane, MSGPACK, f"10.0.0.{n}", nursery)
            session = Session(link, stepper.lobby, trio.current_time())
            lane.open(_Delivery(link, lane, session).deliver)
            await far.send_all(frame(MSGPACK.encode(Hello(limits.PROTOCOL_VERSION, f"P{n}"))))
            callers.append(Caller(session, lane, far))
        await until(lambda: all(caller.session.state is State.PLAYING for caller in callers))
        yield Hall(stepper, callers, traffic)
        nursery.cancel_scope.cancel()
    for caller in callers:
        caller.lane.stop_reading()
        caller.lane.forget()
        await trio.aclose_forcefully(caller.lane.stream)
        await trio.aclose_forcefully(caller.far)


@pytest.fixture
def one_by_one(monkeypatch: pytest.MonkeyPatch) -> list[Session]:
    """Sessions that have received something themselves."""
    heard: list[Session] = []
    receive = Session.receive

    def noted(session: Session, wire: bytes | str, now_s: float) -> None:
        heard.append(session)
        receive(session, wire, now_s)

    monkeypatch.setattr(Session, "receive", noted)
    return heard


def read_all() -> None:
    """What has arrived; between two of these nothing is read."""
    current_sweep().sweep(trio.current_time(), 60.0)


async def settle(condition: Callable[[], bool]) -> None:
    """Bytes cross loopback at once, nearly always."""
    with trio.fail_after(60):
        while not condition():
            await trio.sleep(0.001)
            read_all()


async def test_many_inputs_need_no_message(one_by_one: list[Session]) -> None:
    async with hall() as there:
        one_by_one.clear()
        read_all()
        before = there.traffic.received_messages
        for n, caller in enumerate(there.callers):
            await caller.say(Inputs(3, [Input(move_x=n), Input(aim=n, buttons=Button.FIRE)], applied=1, seen=9))
        await trio.sleep(0.05)
        read_all()
        assert one_by_one == []
        for n, caller in enumerate(there.callers):
            assert caller.inputs == [Input(move_x=n), Input(aim=n, buttons=Button.FIRE)]
        assert there.traffic.received_messages == before + COUNT


async def test_several_of_one_sender_are_taken_in_the_order_in_which_they_came(one_by_one: list[Session]) -> None:
    async with hall() as there:
        read_all()
        one_by_one.clear()
        short, long = Inputs(3, [Input(move_y=1)]), Inputs(3, [Input(move_y=2), Input(move_y=3)])
        halves = there.callers[: COUNT // 2], there.callers[COUNT // 2 :]
        for first in (True, False):  # two sweeps, and no tick between them
            for caller in halves[0]:
                await caller.say(short if first else long)
            for caller in halves[1]:
                await caller.say(long if first else short)
            await trio.sleep(0.05)
            current_sweep()._read(current_sweep()._ready(), trio.current_time())
        assert all(caller.inputs == [] for caller in there.callers)
        read_all()
        assert one_by_one == []
        assert [caller.inputs for caller in halves[0]] == [[Input(move_y=1), Input(move_y=3)]] * len(halves[0])
        assert [caller.inputs for caller in halves[1]] == [[Input(move_y=2), Input(move_y=3)]] * len(halves[1])


async def test_several_that_were_read_at_once_need_no_message_either(one_by_one: list[Session]) -> None:
    """Whoever has been busy finds more than one of each, when it could least afford them one by one."""
    async with hall() as there:
        read_all()
        one_by_one.clear()
        said = [Inputs(3, [Input(move_y=1)]), Inputs(4, [Input(move_y=2), Input(move_y=3)]), Inputs(6, [Input(aim=4)])]
        frames = [frame(MSGPACK.encode(message)) for message in said]
        cut, *others = there.callers
        await cut.far.send_all(b"".join(frames)[:-1])
        for caller in others:
            await caller.far.send_all(b"".join(frames))
        await trio.sleep(0.05)
        read_all()
        assert {*one_by_one} == {cut.session}
        assert all(caller.inputs == [entry for message in said for entry in message.entries] for caller in others)
        await cut.far.send_all(frames[-1][-1:])
        await settle(lambda: cut.inputs == others[0].inputs)


async def test_late_ones_need_no_message(one_by_one: list[Session]) -> None:
    async with hall() as there:
        there.stepper.step(5)
        read_all()
        one_by_one.clear()
        newest = there.stepper.room.tick
        for caller in there.callers:
            await caller.say(Inputs(newest - 1, [Input(move_x=1), Input(move_x=2), Input(move_x=3)]))
        await trio.sleep(0.05)
        before = there.stepper.room.statistics.inputs_late
        read_all()
        assert one_by_one == []
        assert all(caller.inputs == [Input(move_x=3)] for caller in there.callers)
        assert there.stepper.room.statistics.inputs_late == before + 2 * COUNT


async def test_what_is_no_plain_input_goes_the_usual_way(one_by_one: list[Session]) -> None:
    async with hall() as there:
        read_all()
        one_by_one.clear()
        wrong, far_ahead, broken, cut, *others = there.callers
        fine = frame(MSGPACK.encode(Inputs(3, [Input(move_y=7)])))
        await wrong.far.send_all(frame(b"\xc1" * (len(fine) - 6)))
        await far_ahead.say(Inputs(5000, [Input()]))
        await broken.far.send_all(b"\x02" + fine[1:])
        await cut.far.send_all(fine[:20])
        for caller in others:
            await caller.far.send_all(fine)
        await trio.sleep(0.05)
        read_all()
        assert {*one_by_one} == {wrong.session, far_ahead.session}
        assert wrong.session.state is State.ENDED
        assert all(caller.inputs == [Input(move_y=7)] for caller in others)
        assert cut.inputs == []
        await cut.far.send_all(fine[20:] + fine)
        await settle(lambda: cut.inputs == [Input(move_y=7)])
        await broken.far.send_all(fine)
        await trio.sleep(0.05)
        read_all()
        assert broken.inputs == [], "after what the library must see, it sees everything"


async def test_whoever_has_ended_or_left_is_not_read_for(one_by_one: list[Session]) -> None:
    async with hall() as there:
        read_all()
        ended, closing, *others = there.callers
        ended.session.end(Code.KICKED, "out")
        closing.lane.say_no_more()
        seats = [caller.inputs for caller in (ended, closing)]
        for caller in there.callers:
            await caller.say(Inputs(3, [Input(move_y=7)]))
        await trio.sleep(0.05)
        read_all()
        assert [caller.inputs for caller in (ended, closing)] == seats == [[], []]
        assert all(caller.inputs == [Input(move_y=7)] for caller in others)


@pytest.mark.parametrize("count", [COUNT, 3])
async def test_too_many_messages_are_too_many_past_the_session_as_well(count: int) -> None:
    async with hall() as there:
        read_all()
        callers = there.callers[:count]
        [table] = {caller.session.seat.room.inputs for caller in callers if caller.session.seat is not None}
        table.tokens_back_s[:] = trio.current_time() + (limits.MESSAGES_BURST_MAX - 3) / limits.MESSAGES_PER_SECOND_MAX
        for _ in range(limits.MESSAGES_BURST_MAX):
            if callers[0].session.state is State.ENDED:
                break
            for caller in callers:
                await caller.say(Inputs(3, [Input()]))
            read_all()
        await settle(lambda: all(caller.session.state is State.ENDED for caller in callers))


async def test_a_few_need_no_message_either(one_by_one: list[Session]) -> None:
    async with hall() as there:
        read_all()
        one_by_one.clear()
        before, few = there.traffic.received_messages, there.callers[: bulk.TOGETHER_MIN - 3]
        for caller in few:
            await caller.say(Inputs(3, [Input(move_y=7)], applied=1, seen=9))
        late, far = there.callers[-2:]
        await late.say(Inputs(0, [Input()]))
        await far.say(Inputs(limits.INPUT_AHEAD_TICKS_MAX + 9, [Input()]))
        await trio.sleep(0.05)
        read_all()
        assert one_by_one == [far.session]
        assert all(caller.inputs == [Input(move_y=7)] for caller in few)
        assert there.traffic.received_messages == before + len(few) + 2
        sweep()


async def test_what_is_said_to_all_goes_before_the_snapshot_that_all_are_written_together() -> None:
    async with hall() as there:
        room, one = there.stepper.room, there.callers[3]
        there.stepper.step(4)
        assert not room._common.apart
        assert one.session.seat is not None
        assert one.session.seat.player is not None
        room.say("note", {"n": 1})
        room.say("note", {"n": 2}, [one.session.seat.player])
        room.say("note", {"n": 3})
        there.stepper.step(2)
        assert not room._common.apart
        for caller in there.callers:
            heard, held, newest = list[int](), bytearray(), 0
            with trio.fail_after(60):
                while newest < room.tick:
                    message = MSGPACK.decode_server((await hear_frame(caller.far, held))[1])
                    if isinstance(message, Event) and message.name == "note":
                        heard.append(message.body["n"])
                    newest = message.tick if isinstance(message, Snapshot) else newest
            assert heard == ([1, 2, 3] if caller is one else [1, 3])
