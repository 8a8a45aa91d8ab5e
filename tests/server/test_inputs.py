"""Exactly one input per tick, whatever arrives and when: cases by name, then random ones against a plain model."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.errors import Code, Violation
from protocol.limits import INPUT_AHEAD_TICKS_MAX, INPUT_HOLD_TICKS_MAX
from protocol.messages import Inputs
from protocol.motion import Button, Input
from server.input_table import InputTable
from server.inputs import NO_SLACK, InputBuffer
from server.stamps import NO_STAMP, stamp_of
from server.statistics import RoomStatistics

TICK_S = 0.02
LEFT, RIGHT, FIRE = Input(move_x=-127), Input(move_x=127, aim=9), Input(edges=Button.FIRE)
BOOST = Input(move_y=5, edges=Button.BOOST)


class Conversation:
    """A buffer and the tick that will be gathered next."""

    def __init__(self) -> None:
        self.statistics = RoomStatistics()
        self.buffer = InputBuffer(self.statistics, InputTable(self.statistics, TICK_S))
        self.next_tick = 1

    @property
    def now_s(self) -> float:
        return self.next_tick * TICK_S

    def put(self, first_tick: int, *entries: Input, early_s: float = 0.0) -> None:
        self.buffer.put(first_tick, entries, self.now_s - early_s)

    def hear(self, first_tick: int, *entries: Input) -> int:
        """The same as `put`, in a message."""
        stamp = stamp_of(Inputs(first_tick, list(entries), seen=first_tick))
        self.buffer.put(first_tick, entries, self.now_s, stamp)
        return stamp

    def take(self, ticks: int = 1) -> list[Input]:
        taken = []
        for _ in range(ticks):
            taken.append(self.buffer.take(self.next_tick, self.now_s))
            self.next_tick += 1
        return taken


@pytest.fixture
def talk() -> Conversation:
    return Conversation()


def test_on_time(talk: Conversation) -> None:
    talk.put(1, LEFT, FIRE, RIGHT)
    assert talk.take(3) == [LEFT, FIRE, RIGHT]
    assert talk.buffer.ack == 3
    assert talk.statistics == RoomStatistics(inputs=3)


def test_a_late_input_counts_for_the_coming_tick(talk: Conversation) -> None:
    talk.take(5)
    talk.put(3, RIGHT)
    assert talk.take() == [RIGHT]
    assert talk.buffer.ack == 3
    assert talk.statistics == RoomStatistics(inputs=1, inputs_late=1)


def test_of_several_late_inputs_the_newest_values_and_every_edge_count(talk: Conversation) -> None:
    talk.take(5)
    talk.put(3, BOOST, LEFT, FIRE)
    assert talk.take() == [Input(edges=Button.BOOST | Button.FIRE)]


def test_an_input_of_the_tick_itself_takes_only_the_edges_of_a_late_one(talk: Conversation) -> None:
    talk.take(5)
    talk.put(5, BOOST, RIGHT)
    assert talk.take() == [Input(move_x=127, aim=9, edges=Button.BOOST)]
    assert talk.take() == [RIGHT]


def test_a_missing_input_is_held_without_its_edges_then_neutral(talk: Conversation) -> None:
    talk.put(1, Input(move_x=127, aim=9, buttons=Button.FIRE, edges=Button.BOOST))
    held = Input(move_x=127, aim=9, buttons=Button.FIRE)
    talk.take()
    assert talk.take(INPUT_HOLD_TICKS_MAX) == [held] * INPUT_HOLD_TICKS_MAX
    assert talk.take(2) == [Input(aim=9)] * 2
    assert talk.statistics.inputs_missing == INPUT_HOLD_TICKS_MAX + 2
    assert talk.buffer.ack == 1


def test_who_has_not_begun_misses_nothing(talk: Conversation) -> None:
    assert talk.take(3) == [Input()] * 3
    assert talk.statistics == RoomStatistics()


def test_the_first_input_for_a_tick_wins(talk: Conversation) -> None:
    talk.put(1, LEFT)
    talk.put(1, RIGHT, FIRE)
    assert talk.take(2) == [LEFT, FIRE]


def test_a_repeated_input_presses_once(talk: Conversation) -> None:
    talk.put(1, FIRE)
    talk.take()
    talk.put(1, FIRE)
    assert talk.take() == [Input()]
    talk.take(3)
    talk.put(4, FIRE)
    talk.put(4, FIRE)
    assert [taken.edges for taken in talk.take(2)] == [Button.FIRE, 0]


def test_too_far_ahead_is_refused_and_what_came_before_is_kept(talk: Conversation) -> None:
    furthest = talk.next_tick + INPUT_AHEAD_TICKS_MAX
    with pytest.raises(Violation, match=f"tick {furthest + 1} is more than {INPUT_AHEAD_TICKS_MAX}") as refused:
        talk.put(furthest, LEFT, RIGHT)
    assert refused.value.code is Code.INPUT_TOO_FAR
    assert len(talk.buffer) == 1
    assert talk.take(INPUT_AHEAD_TICKS_MAX + 1)[-1] == LEFT


def test_memory_is_bounded(talk: Conversation) -> None:
    for first in range(1, INPUT_AHEAD_TICKS_MAX - 3, 3):
        talk.put(first, *[LEFT] * 5)
    talk.put(talk.next_tick, *[RIGHT] * (INPUT_AHEAD_TICKS_MAX + 1))
    assert len(talk.buffer) == INPUT_AHEAD_TICKS_MAX + 1
    talk.take(INPUT_AHEAD_TICKS_MAX + 1)
    assert len(talk.buffer) == 0


def test_slack_is_the_tightest_since_it_was_asked_for(talk: Conversation) -> None:
    assert talk.buffer.take_slack_ms() == NO_SLACK
    talk.put(1, LEFT, early_s=0.005)
    talk.put(2, LEFT, early_s=0.001)
    talk.take(2)
    assert talk.buffer.take_slack_ms() == pytest.approx(5)
    assert talk.buffer.take_slack_ms() == NO_SLACK
    talk.take(3)
    talk.put(3, LEFT)
    assert talk.buffer.take_slack_ms() == pytest.approx(-60)


# against a model -------------------------------------------------------------------------------------------


class Model:
    """A client that addresses ticks in ascending order, each once; what must come out of the buffer for it."""

    def __init__(self) -> None:
        self.pending: dict[int, Input] = {}
        self.late: list[Input] = []
        self.last, self.missing_run = Input(), INPUT_HOLD_TICKS_MAX

    def put(self, tick: int, entry: Input, next_tick: int) -> None:
        if tick >= next_tick:
            self.pending[tick] = entry
        else:
            self.late.append(entry)

    def take(self, tick: int) -> tuple[int, int, int, int]:
        arrived = [*self.late, *([self.pending.pop(tick)] if tick in self.pending else [])]
        self.late = []
        if arrived:
            self.last, self.missing_run = arrived[-1], 0
            edges = 0
            for entry in arrived:
                edges |= entry.edges
            return self.last.move_x, self.last.aim, self.last.buttons, edges
        self.missing_run += 1
        if self.missing_run > INPUT_HOLD_TICKS_MAX:
            return 0, self.last.aim, 0, 0
        return self.last.move_x, self.last.aim, self.last.buttons, 0


inputs = st.builds(
    Input,
    move_x=st.integers(-127, 127),
    aim=st.integers(0, 4095),
    buttons=st.integers(0, 3),
    edges=st.integers(0, 3),
)
steps = st.lists(
    st.tuples(
        st.integers(0, 3),  # ticks that the client skips
        st.lists(inputs, max_size=4),  # what it sends, in one message
        st.booleans(),  # and says again, entirely
        st.integers(0, 20),  # ticks that pass meanwhile
    ),
    max_size=30,
)


@given(steps)
def test_random_conversations_go_as_in_the_model(steps: list[tuple[int, list[Input], bool, int]]) -> None:
    talk, model = Conversation(), Model()
    client_tick = 1
    for skipped, entries, again, ticks in steps:
        client_tick = max(client_tick + skipped, talk.next_tick - 10)
        said = entries[: max(0, talk.next_tick + INPUT_AHEAD_TICKS_MAX + 1 - client_tick)]
        for _ in range(1 + again):
            talk.put(client_tick, *said)
        for tick, entry in enumerate(said, client_tick):
            model.put(tick, entry, talk.next_tick)
        client_tick += len(said)
        acked = talk.buffer.ack
        for _ in range(ticks):
            tick = talk.next_tick
            [taken] = talk.take()
            assert (taken.move_x, taken.aim, taken.buttons, taken.edges) == model.take(tick)
            assert acked <= talk.buffer.ack <= tick
            acked = talk.buffer.ack
            assert len(talk.buffer) == len(model.pending) <= INPUT_AHEAD_TICKS_MAX + 1


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 5), st.integers(0, 8)), max_size=30))
def test_no_press_is_lost_or_repeated(messages: list[tuple[int, int, int]]) -> None:
    """However late, each press comes out once: presses that fall together in one tick are one press."""
    talk = Conversation()
    client_tick, pressed, heard = 1, set[int](), 0
    for jump, length, ticks in messages:
        client_tick = min(client_tick + jump, talk.next_tick + INPUT_AHEAD_TICKS_MAX - length)
        if client_tick > talk.buffer.newest:
            talk.put(client_tick, *[FIRE] * length)
            pressed |= {max(tick, talk.next_tick) for tick in range(client_tick, client_tick + length)}
            client_tick += length
        heard += sum(bool(taken.edges) for taken in talk.take(ticks))
    heard += sum(bool(taken.edges) for taken in talk.take(INPUT_AHEAD_TICKS_MAX + 1))
    assert heard == len(pressed)


def test_what_is_held_outlasts_the_connection() -> None:
    talk = Conversation()
    talk.put(1, FIRE)
    talk.take(3)
    again = InputBuffer(RoomStatistics())
    again.restore(talk.buffer.save())
    assert (again.ack, again.newest) == (talk.buffer.ack, talk.buffer.newest)
    for tick in range(4, 4 + INPUT_HOLD_TICKS_MAX + 2):
        assert again.take(tick, 0.0) == talk.buffer.take(tick, 0.0)


def test_with_an_input_comes_the_stamp_of_its_message() -> None:
    talk = Conversation()
    assert talk.buffer.stamp == NO_STAMP
    first, second = talk.hear(1, LEFT, FIRE), talk.hear(3, RIGHT)
    seen: list[int] = []
    for _ in range(4):
        talk.take()
        seen.append(talk.buffer.stamp)
    assert seen == [first, first, second, second], "a held one was said in the last"
    assert talk.buffer.late_ticks == 0


def test_a_late_input_tells_how_late_and_one_on_time_or_missing_does_not() -> None:
    talk = Conversation()
    talk.take(4)
    said = talk.hear(1, LEFT, FIRE)
    talk.take()
    assert (talk.buffer.stamp, talk.buffer.late_ticks) == (said, 3)
    talk.take()
    assert (talk.buffer.stamp, talk.buffer.late_ticks) == (said, 0)
    said = talk.hear(4, LEFT)
    on_time = talk.hear(7, RIGHT)
    talk.take()
    assert (talk.buffer.stamp, talk.buffer.late_ticks) == (on_time, 0)
