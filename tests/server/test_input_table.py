"""Many players' inputs at once are each player's alone, however they arrive."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol.errors import Violation
from protocol.frames import masked_frame
from protocol.input_rows import encode, read, read_one
from protocol.limits import INPUT_AHEAD_TICKS_MAX
from protocol.messages import Inputs
from protocol.motion import Button, Input
from server.input_table import RING_TICKS, InputTable
from server.inputs import InputBuffer
from server.stamps import stamp_of
from server.statistics import RoomStatistics
from tests.instruments import strategies as draw

TICK_S = 1 / 60
PLAYERS = 4

said = st.tuples(
    st.integers(0, PLAYERS - 1),
    st.integers(-6, 10) | st.integers(-200, 200),
    st.lists(draw.inputs, min_size=1, max_size=3),
)
steps = st.lists(st.lists(said, max_size=5), min_size=1, max_size=20)


def buffers() -> tuple[InputTable, list[InputBuffer]]:
    statistics = RoomStatistics()
    table = InputTable(statistics, TICK_S, 1)
    return table, [InputBuffer(statistics, table) for _ in range(PLAYERS)]


def say_alone(buffer: InputBuffer, message: Inputs, now_s: float) -> None:
    try:
        buffer.applied = message.applied
        buffer.put(message.first_tick, message.entries, now_s, stamp_of(message))
    except Violation:
        pass


def say_in_bulk(table: InputTable, buffer: InputBuffer, message: Inputs, now_s: float) -> None:
    rows = read(masked_frame(encode(message) or b"", b"mask"), 1)
    if not table.put(np.array([buffer.slot]), rows, np.array([now_s]))[0]:
        say_alone(buffer, message, now_s)


def say_one(table: InputTable, buffer: InputBuffer, message: Inputs, now_s: float) -> None:
    one = read_one(masked_frame(encode(message) or b"", b"mask"))
    assert one is not None
    if not table.put_one(buffer.slot, one, now_s):
        say_alone(buffer, message, now_s)


@settings(max_examples=60)
@given(steps)
def test_bulk_and_one_by_one_are_the_same(history: list[list[tuple[int, int, list[Input]]]]) -> None:
    (alone, one), (bulk, other), (few, third) = buffers(), buffers(), buffers()
    for tick, messages in enumerate(history, 1):
        now_s = tick * TICK_S
        for player, ahead, entries in messages:
            message = Inputs(max(0, alone.next_tick + ahead), entries, max(0, tick - 3), tick)
            say_alone(one[player], message, now_s - 0.003)
            say_in_bulk(bulk, other[player], message, now_s - 0.003)
            say_one(few, third[player], message, now_s - 0.003)
        for table in (alone, bulk, few):
            table.take(tick, now_s)
        for name in ("now", "ack", "newest", "held", "held_ticks", "stamp", "late_ticks", "slack_ms"):
            expected = getattr(alone, name)[:PLAYERS].tolist()
            assert expected == getattr(bulk, name)[:PLAYERS].tolist() == getattr(few, name)[:PLAYERS].tolist(), name
        assert [*map(len, one)] == [*map(len, other)] == [*map(len, third)]
    assert alone.statistics == bulk.statistics == few.statistics


def test_several_of_one_sweep_go_to_their_own_slots() -> None:
    table, players = buffers()
    messages = [Inputs(1, [Input(move_x=n), Input(move_y=n)]) for n in range(PLAYERS)]
    frames = b"".join([masked_frame(encode(message) or b"", b"mask") for message in messages])
    order = [2, 0, 3, 1]
    taken = table.put(np.array([players[n].slot for n in order]), read(frames, PLAYERS), np.zeros(PLAYERS))
    assert taken.all()
    table.take(1, 0.01)
    assert [players[n].now for n in order] == [Input(move_x=n) for n in range(PLAYERS)]
    table.take(2, 0.02)
    assert [players[n].now for n in order] == [Input(move_y=n) for n in range(PLAYERS)]


def test_what_is_too_far_ahead_is_left() -> None:
    table, players = buffers()
    table.take(1, 0.0)
    for first_tick, is_taken in [(1, True), (2, True), (2 + INPUT_AHEAD_TICKS_MAX, True)]:
        rows = read(masked_frame(encode(Inputs(first_tick, [Input()])) or b"", b"mask"), 1)
        assert table.put(np.array([players[0].slot]), rows, np.zeros(1))[0] == is_taken
        one = read_one(masked_frame(encode(Inputs(first_tick, [Input()])) or b"", b"mask"))
        assert one is not None
        assert table.put_one(players[1].slot, one, 0.0) == is_taken
    rows = read(masked_frame(encode(Inputs(2 + INPUT_AHEAD_TICKS_MAX, [Input()] * 2)) or b"", b"mask"), 1)
    assert not table.put(np.array([players[0].slot]), rows, np.zeros(1))[0]
    assert len(players[0]) == 2


def test_nothing_is_left_in_a_slot_for_the_next() -> None:
    table, players = buffers()
    gone = players[1]
    gone.put(1, [Input(move_x=9, buttons=Button.FIRE)] * 5, 0.0, 77)
    gone.eye = 5.0, 6.0
    table.take(1, 0.1)
    gone.release()
    newcomer = InputBuffer(table.statistics, table)
    assert newcomer.slot == gone.slot
    assert (newcomer.ack, newcomer.newest, newcomer.stamp, newcomer.applied, len(newcomer)) == (0, 0, 0, 0, 0)
    assert newcomer.eye == (0.0, 0.0)
    assert newcomer.take(2, 0.2) == Input()
    assert table.pressing() == []


def test_it_grows_and_forgets_nothing() -> None:
    table, players = buffers()
    for n, player in enumerate(players):
        player.put(1, [Input(aim=n)], 0.0)
    more = [InputBuffer(table.statistics, table) for _ in range(40)]
    table.take(1, 0.0)
    assert [player.now.aim for player in players] == [0, 1, 2, 3]
    assert len({buffer.slot for buffer in [*players, *more]}) == PLAYERS + 40


def test_the_ring_goes_round() -> None:
    _, [player, *_] = buffers()
    for tick in range(1, 3 * RING_TICKS):
        player.put(tick, [Input(aim=tick % 4096)], 0.0)
        assert player.take(tick, 0.0).aim == tick % 4096
        assert player.ack == tick
