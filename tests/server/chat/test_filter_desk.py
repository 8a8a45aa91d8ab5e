"""The operator's word filter is asked elsewhere: in order, for a while, and no tick waits for it."""

import threading
from collections.abc import Callable

import pytest
import trio
import trio.testing

from protocol.errors import Code, Violation
from protocol.messages import Browse, Chat
from server.chat import filter_desk
from server.chat.filter_desk import DEADLINE_S, LINES_WAITING_MAX, THREADS_MAX, FilterDesk, Verdict
from server.chat.word_filter import WordFilter
from server.statistics import ChatStatistics
from tests.server.chat.hall import Hall, lines, refusals


class Slow:
    """A filter that answers when it is let."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.may = threading.Event()

    def __call__(self, text: str) -> str | None:
        self.asked.append(text)
        if not text.startswith("fast"):
            assert self.may.wait(60), "nobody lets it"
        return None if "bad" in text else text.upper()


@pytest.fixture
def slow() -> Slow:
    return Slow()


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the real clock: how slow the machine is decides nothing."""
    monkeypatch.setattr(filter_desk, "DEADLINE_S", 60.0)


async def desk_for(
    function: Callable[[str], str | None], nursery: trio.Nursery, hall: Hall | None = None
) -> tuple[FilterDesk, ChatStatistics]:
    talk = hall.lobby.talk if hall is not None else None
    counted = talk.counted if talk is not None else ChatStatistics()
    desk = FilterDesk(WordFilter(function), counted)
    if talk is not None:
        talk.desk = desk
    nursery.start_soon(desk.run)
    await trio.testing.wait_all_tasks_blocked()
    return desk, counted


async def until(done: Callable[[], bool]) -> None:
    with trio.fail_after(60):
        while not done():
            await trio.testing.wait_all_tasks_blocked(0.001)


@pytest.mark.usefixtures("unhurried")
async def test_lines_of_one_speaker_keep_their_order_and_others_dont_wait_for_them(
    slow: Slow, nursery: trio.Nursery
) -> None:
    desk, counted = await desk_for(slow, nursery)
    said: list[tuple[str, Verdict]] = []
    for speaker, text in (("Ann", "slow 1"), ("Ann", "fast 2"), ("Ann", "fast 3"), ("Bob", "fast 4")):
        desk.put(speaker, text, lambda verdict, now_s, speaker=speaker: said.append((speaker, verdict)))  # type: ignore[misc]
    await until(lambda: len(said) == 1)
    assert (said, counted.chat_filter_waiting) == ([("Bob", "FAST 4")], 3)
    slow.may.set()
    await until(lambda: len(said) == 4)
    assert said[1:] == [("Ann", "SLOW 1"), ("Ann", "FAST 2"), ("Ann", "FAST 3")]
    assert (counted.chat_filter_waiting, counted.chat_filter_late) == (0, 0)


async def test_what_has_no_answer_in_time_is_refused(
    slow: Slow, autojump_clock: trio.testing.MockClock, nursery: trio.Nursery
) -> None:
    desk, counted = await desk_for(slow, nursery)
    verdicts: list[tuple[Verdict, float]] = []
    for speaker in range(2 * THREADS_MAX):
        desk.put(speaker, "slow", lambda verdict, now_s: verdicts.append((verdict, now_s)))
    began_s = trio.current_time()
    await trio.sleep(DEADLINE_S / 2)
    assert verdicts == []
    await trio.sleep(DEADLINE_S)
    assert len(slow.asked) <= THREADS_MAX, "no more hang than there are threads"
    assert len(verdicts) == counted.chat_filter_late == 2 * THREADS_MAX
    for verdict, now_s in verdicts:
        assert isinstance(verdict, Violation)
        assert verdict.code == Code.CHAT_TIMED_OUT
        assert now_s - began_s == pytest.approx(DEADLINE_S, abs=0.01)
    slow.may.set()


async def test_too_many_that_wait_are_refused_at_once(nursery: trio.Nursery) -> None:
    desk = FilterDesk(WordFilter(lambda text: text), ChatStatistics())
    for speaker in range(LINES_WAITING_MAX):
        desk.put(speaker % 7, "hello", lambda verdict, now_s: None)
    with pytest.raises(Violation) as refused:
        desk.put("Ann", "hello", lambda verdict, now_s: None)
    assert refused.value.code == Code.CHAT_TIMED_OUT


@pytest.mark.usefixtures("unhurried")
async def test_a_mistake_with_one_line_is_not_the_end_of_the_desk(nursery: trio.Nursery) -> None:
    desk, _ = await desk_for(lambda text: text, nursery)
    said: list[Verdict] = []

    def fail(verdict: Verdict, now_s: float) -> None:
        raise RuntimeError

    desk.put("Ann", "hello", fail)
    desk.put("Ann", "hello again", lambda verdict, now_s: said.append(verdict))
    await until(lambda: len(said) == 1)


@pytest.mark.usefixtures("unhurried")
async def test_the_room_plays_on_while_a_line_is_asked_about(slow: Slow, nursery: trio.Nursery) -> None:
    hall = Hall()
    await desk_for(slow, nursery, hall)
    ann, bob = hall.enter("Ann"), hall.enter("Bob")
    hall.say(ann, "slow hello", at_s=1.0)
    hall.say(ann, "fast bad", at_s=3.0)
    hall.say(ann, "Slow hello", at_s=4.0)
    assert refusals(ann) == ["you have just said that; say it again after 10 s"]
    await until(lambda: slow.asked == ["slow hello"])
    hall.step(60)
    assert lines(bob) == []
    slow.may.set()
    await until(lambda: hall.lobby.talk.counted.chat_filter_waiting == 0)
    hall.flush()
    assert lines(bob) == lines(ann) == ["SLOW HELLO"]
    assert refusals(ann)[1:] == ["the word filter of this server doesn't let that through"]


@pytest.mark.usefixtures("unhurried")
async def test_what_was_said_to_one_team_the_other_never_hears(slow: Slow, nursery: trio.Nursery) -> None:
    hall = Hall(teams=True)
    await desk_for(slow, nursery, hall)
    ann, bob, cid = (hall.enter(name) for name in ("Ann", "Bob", "Cid"))
    assert [one.player.team for one in (ann, bob, cid)] == [1, 2, 1]
    ann.say(Chat("slow plan", "team"), 1.0)
    await until(lambda: len(slow.asked) == 1)
    ann.player.team = 2  # the game has moved them, to make the teams even
    slow.may.set()
    await until(lambda: hall.lobby.talk.counted.chat_filter_waiting == 0)
    hall.flush()
    assert lines(bob) == lines(cid) == lines(ann) == []
    assert refusals(ann) == ["you have left where you said that; it was not heard"]


@pytest.mark.usefixtures("unhurried")
async def test_who_is_muted_or_gone_meanwhile_is_not_heard(slow: Slow, nursery: trio.Nursery) -> None:
    hall = Hall()
    await desk_for(slow, nursery, hall)
    ann, bob, eve = (hall.enter(name) for name in ("Ann", "Bob", "Eve"))
    ann.say(Chat("slow one"), 1.0)
    bob.say(Chat("slow two"), 1.0)
    await until(lambda: len(slow.asked) == 2)
    assert ann.session.speaker is not None
    hall.moderation.silence((ann.session.speaker.named.key,), 1e9, "", 1.0)
    hall.drop(bob)
    slow.may.set()
    await until(lambda: hall.lobby.talk.counted.chat_filter_waiting == 0)
    hall.flush()
    assert lines(eve) == []
    assert refusals(ann) == ["an admin has muted you for a while"]
    assert hall.lobby.talk.counted.chat_refused == 1


@pytest.mark.usefixtures("unhurried")
async def test_who_changes_seats_meanwhile_is_heard_in_the_lobby_and_told_of_the_rest(
    slow: Slow, nursery: trio.Nursery
) -> None:
    hall = Hall()
    await desk_for(slow, nursery, hall)
    ann, bob = hall.enter("Ann"), hall.enter("Bob")
    ann.say(Chat("slow to all", "lobby"), 1.0)
    ann.say(Chat("fast to the room"), 1.0)
    ann.say(Browse(), 1.0)
    slow.may.set()
    await until(lambda: hall.lobby.talk.counted.chat_filter_waiting == 0)
    hall.flush()
    assert lines(bob) == ["SLOW TO ALL"]
    assert refusals(ann) == ["you have left where you said that; it was not heard"]
    assert ann.session.speaker is not None
    assert not ann.session.speaker.has_just_said("fast to the room", 1.0)
