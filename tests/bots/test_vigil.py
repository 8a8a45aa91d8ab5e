"""Who hears nothing any more gives up after so many seconds; who hears something, or has left, doesn't."""

import trio
from trio.testing import MockClock

from bots.vigil import LOOK_S, SILENCE_S_MAX, Vigil, current_vigil


class Line:
    """A link that has received so much."""

    received_bytes = sent_bytes = 0

    def post(self, message: bytes) -> None:
        raise AssertionError("nothing is said")


def seconds(vigil: Vigil, count: int) -> None:
    for _ in range(count):
        vigil.look()


def test_silence_is_noticed_once() -> None:
    vigil, given_up = Vigil(), list[str]()
    with vigil.over(Line(), lambda: given_up.append("silent")):
        seconds(vigil, SILENCE_S_MAX - 1)
        assert not given_up
        seconds(vigil, SILENCE_S_MAX)
        assert given_up == ["silent"]
    assert len(vigil) == 0


def test_whoever_hears_a_word_begins_anew() -> None:
    vigil, given_up, line = Vigil(), list[str](), Line()
    with vigil.over(line, lambda: given_up.append("silent")):
        for _ in range(3):
            seconds(vigil, SILENCE_S_MAX - 1)
            line.received_bytes += 1
        seconds(vigil, SILENCE_S_MAX)
        assert not given_up
        vigil.look()
        assert given_up


def test_each_is_watched_for_itself_and_whoever_left_no_more() -> None:
    vigil, given_up, lively = Vigil(), list[str](), Line()
    with vigil.over(lively, lambda: given_up.append("lively")):
        with vigil.over(Line(), lambda: given_up.append("gone")):
            seconds(vigil, SILENCE_S_MAX - 1)
        with vigil.over(Line(), lambda: given_up.append("silent")):
            for _ in range(SILENCE_S_MAX):
                lively.received_bytes += 1
                vigil.look()
        assert len(vigil) == 1
    assert given_up == ["silent"]


async def test_it_looks_every_second(autojump_clock: MockClock) -> None:
    given_up = trio.Event()
    with current_vigil().over(Line(), given_up.set):
        with trio.move_on_after((SILENCE_S_MAX - 0.5) * LOOK_S):
            await given_up.wait()
        assert not given_up.is_set()
        with trio.fail_after(LOOK_S):
            await given_up.wait()
