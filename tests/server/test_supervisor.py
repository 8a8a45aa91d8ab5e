"""A mistake in a room ends that room: what its players hear, what is kept, what takes its place, and how often."""

from collections.abc import Sequence
from functools import partial

import pytest
import structlog
import trio
import trio.testing

from protocol.errors import Code
from protocol.limits import ROOM_TICK_MAX, TICK_MAX
from protocol.messages import Enter, Inputs
from protocol.motion import Input
from server.card import Card
from server.checkpoint import unseal
from server.games.melee import Melee
from server.keeper import Keeper
from server.room import Room
from server.session import State
from server.supervisor import CALM_S, PAUSE_S_MAX, Relapses, Supervisor
from server.tick_loop import keep_time
from server.world import Contact
from tests.instruments.stepper import Stepper
from tests.server.keeping import Memory
from tests.server.net.wires import really


class Brittle(Melee):
    """Melee, with a mistake in it that comes to light at some tick."""

    breaks_at = 30

    def after_step(self, contacts: Sequence[Contact]) -> None:
        super().after_step(contacts)
        if self.stage.tick == self.breaks_at:
            raise ZeroDivisionError("the mistake")


class Supervised:
    """A lobby with a brittle room, and one more that is not."""

    def __init__(self, nursery: trio.Nursery, is_kept: bool = False) -> None:
        self.stepper = Stepper(game=Brittle)
        self.lobby = self.stepper.lobby
        self.store = Memory()
        arena, rates = self.stepper.room.arena, self.stepper.rates
        self.sound = self.lobby.open_room("sound", Melee, arena, rates, 1)
        supervisor = Supervisor(
            self.lobby,
            partial(keep_time, on_tick=lambda duration_s, lateness_s: None),
            self._open_again,
            Keeper(self.lobby, self.store) if is_kept else None,
        )
        for room in (self.stepper.room, self.sound):
            supervisor.start(nursery, room)

    def _open_again(self, room: Room) -> Room:
        fresh = self.lobby.open_room("main", Brittle, room.arena, room.rates, 1)
        fresh.matches = room.matches
        return fresh

    @property
    def room(self) -> Room | None:
        return self.lobby.rooms.get("main")


Clock = trio.testing.MockClock


@pytest.fixture
async def supervised(nursery: trio.Nursery) -> Supervised:
    return Supervised(nursery)


async def test_the_room_ends_with_its_conversations_and_a_fresh_one_is_there(
    supervised: Supervised, autojump_clock: Clock
) -> None:
    stepper, first = supervised.stepper, supervised.room
    ann, bob = stepper.join("Ann", room="main"), stepper.join("Bob", room="sound")
    with structlog.testing.capture_logs() as logs:
        await trio.sleep(0.75)
    ann.read()
    assert ann.bye is not None
    assert (ann.bye.code, ann.session.state) == (Code.SERVER_FAULT, State.ENDED)
    assert "fresh" in ann.bye.sentence
    assert bob.session.state is State.PLAYING
    assert supervised.sound.tick > 40, "the other room never noticed"
    assert supervised.room not in (None, first)
    assert supervised.lobby.faults.rooms_failed == 1
    [failure] = [entry for entry in logs if entry["event"] == "a room has failed"]
    assert failure["exc_info"], "with its traceback"
    back = stepper.join("Ann", resume=ann.welcome.resume, room="main")
    assert [error.code for error in back.errors] == [Code.RESUME_REFUSED]
    assert back.session.seat is not None
    assert back.session.seat.room is supervised.room


async def test_a_room_that_has_used_up_its_ticks_begins_anew(supervised: Supervised, autojump_clock: Clock) -> None:
    stepper, worn = supervised.stepper, supervised.stepper.room
    worn.tick, worn.inputs.next_tick = ROOM_TICK_MAX - 10, ROOM_TICK_MAX - 9
    ann = stepper.join("Ann", room="main")
    await trio.sleep(9.5 / 60)
    ann.say(Inputs(TICK_MAX, [Input()]), 0.0)
    assert ann.session.state is State.PLAYING, "whoever runs far ahead is still understood"
    await trio.sleep(5.0 / 60)
    ann.read()
    assert ann.bye is not None
    assert (ann.bye.code, worn.tick) == (Code.SERVER_FAULT, ROOM_TICK_MAX)
    assert supervised.room is not worn
    bob = stepper.join("Bob", room="main")
    bob.say(Inputs(bob.welcome.tick + 2, [Input()]), 0.0)
    assert bob.session.state is State.PLAYING


async def test_what_it_was_is_kept_for_a_person_to_look_at(nursery: trio.Nursery, mock_clock: Clock) -> None:
    supervised = Supervised(nursery, is_kept=True)
    supervised.stepper.join("Ann", room="main")
    await trio.testing.wait_all_tasks_blocked()
    for _ in range(Brittle.breaks_at):
        mock_clock.jump(1 / supervised.stepper.rates.tick_rate)
        await trio.testing.wait_all_tasks_blocked()
    await really(lambda: bool(supervised.store.aside))  # a worker thread does it
    [(name, why, kept)] = supervised.store.aside
    assert (name, why) == ("main.checkpoint", "failed")
    assert kept is not None
    saved = unseal(kept)
    assert (saved.tick, len(saved.seats)) == (Brittle.breaks_at, 1)


async def test_the_next_one_is_like_the_one_that_failed_last_and_not_like_the_first(
    supervised: Supervised, autojump_clock: Clock
) -> None:
    for matches, seconds in ((1, 0.6), (2, 1.5), (3, 2.5)):  # half a second each, and ever longer pauses
        assert supervised.room is not None
        supervised.room.matches += 1
        await trio.sleep(seconds)
        assert supervised.room is not None
        assert supervised.room.tick < 10, "a fresh one"
        assert supervised.room.matches == matches


async def test_one_that_fails_again_and_again_is_opened_ever_less_often(
    supervised: Supervised, autojump_clock: Clock
) -> None:
    await trio.sleep(20)
    assert supervised.lobby.faults.rooms_failed == 6  # with 0, 1, 2, 4 and 8 s between them
    assert supervised.sound.tick > 1190


async def test_while_it_is_gone_newcomers_are_asked_to_come_back(supervised: Supervised, autojump_clock: Clock) -> None:
    await trio.sleep(1.3)  # it has failed twice, and the third is not open yet
    assert supervised.room is None
    for room in ("main", None):
        client = supervised.stepper.join("Ann", room=room)
        assert client.bye is not None
        assert client.bye.code == Code.SERVER_FAULT
    await trio.sleep(1.0)
    assert supervised.stepper.join("Ann", room="main").bye is None


async def test_a_room_that_cant_even_be_opened_is_tried_again(
    supervised: Supervised, autojump_clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(stage: object) -> None:
        raise ZeroDivisionError("the mistake")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Brittle, "begin", broken)
        await trio.sleep(1.0)
        assert supervised.room is None
        assert supervised.lobby.faults.rooms_failed >= 2
    monkeypatch.setattr(Brittle, "breaks_at", -1)
    await trio.sleep(PAUSE_S_MAX)
    assert supervised.room is not None


def test_pauses_grow_and_are_forgotten() -> None:
    relapses = Relapses()
    assert [relapses.pause_s(now_s) for now_s in (0.0, 1.0, 2.0, 5.0, 10.0, 20.0, 40.0)] == [0, 1, 2, 4, 8, 16, 30]
    assert relapses.pause_s(40.0 + PAUSE_S_MAX + CALM_S) == 0


async def test_a_room_that_somebody_opened_is_opened_again_once_and_then_given_up(
    nursery: trio.Nursery, autojump_clock: Clock
) -> None:
    stepper = Stepper()
    card = Card("Fun", is_permanent=False)

    def open_again(room: Room) -> Room:
        return stepper.lobby.open_room(room.name, Brittle, room.arena, room.rates, 1, card=card)

    supervisor = Supervisor(stepper.lobby, partial(keep_time, on_tick=lambda duration_s, lateness_s: None), open_again)
    stepper.lobby.close_room("main", 0.0)
    ended = list[str]()
    stepper.lobby.on_end = lambda room: ended.append(room.name)
    first = open_again(stepper.room)
    supervisor.start(nursery, first)
    ann = stepper.visit()
    ann.say(Enter("main"), 0.0)
    await trio.sleep(0.75)
    ann.read()
    assert "fresh" in ann.news[-1].reason
    ann.say(Enter("main"), 1.0)
    assert ann.session.seat is not None
    assert stepper.lobby.rooms["main"] is not first
    await trio.sleep(5.0)
    assert stepper.lobby.rooms == {}
    assert stepper.lobby.reopening == set()
    assert stepper.lobby.faults.rooms_failed == 2
    assert ended == ["main"], "nobody else thinks that it is there"
    assert ann.session.seat is None
    assert ann.bye is None
