"""Asks the operator's word filter away from the game's thread: however slow it is, no tick is late for it.

    put      a line, and what to do when the filter has answered; at once refused where too many wait
    run      so many threads ask, a line each; the lines of one speaker in the order in which they were said

A line that has no answer DEADLINE_S after it was said is refused. A thread can't be stopped: one that hangs in the
filter goes on, and while all of them do, every line is refused when its time is over. So the function must bear being
called from several threads at once.
"""

from collections import deque
from collections.abc import Callable, Hashable
from functools import partial
from math import inf
from typing import Final

import structlog
import trio
from msgspec import Struct

from protocol.errors import Code, Violation
from server.chat.word_filter import WordFilter
from server.statistics import ChatStatistics

THREADS_MAX: Final = 4
DEADLINE_S: Final = 1.0
LINES_WAITING_MAX: Final = 256

log = structlog.get_logger("ricochet.chat")

Verdict = str | Violation
"""What is said in place of a line, or why nothing is."""
Done = Callable[[Verdict, float], None]
"""What to do with a verdict, at so many seconds."""


class Case(Struct, eq=False):
    """One line."""

    text: str
    due_s: float
    done: Done


class FilterDesk:
    """What it counts goes into `counted`."""

    def __init__(self, word_filter: WordFilter, counted: ChatStatistics) -> None:
        self._filter, self._counted = word_filter, counted
        self._cases: dict[Hashable, deque[Case]] = {}
        """By speaker; the first of each is with a thread, or its turn comes."""
        self._send, self._turns = trio.open_memory_channel[Hashable](inf)
        """Speakers, each at most once; bounded by the lines that wait."""
        self._threads = trio.CapacityLimiter(THREADS_MAX)

    def put(self, speaker: Hashable, text: str, done: Done) -> None:
        """Have it asked. Raises Violation where too many wait."""
        if self._counted.chat_filter_waiting >= LINES_WAITING_MAX:
            self._counted.chat_filter_late += 1
            raise _slow()
        self._counted.chat_filter_waiting += 1
        cases = self._cases.get(speaker)
        if cases is None:
            cases = self._cases[speaker] = deque()
            self._send.send_nowait(speaker)
        cases.append(Case(text, trio.current_time() + DEADLINE_S, done))

    async def run(self) -> None:
        """For ever."""
        async with trio.open_nursery() as nursery:
            for _ in range(THREADS_MAX):
                nursery.start_soon(self._work)

    async def _work(self) -> None:
        async for speaker in self._turns:
            cases = self._cases[speaker]
            verdict = await self._ask(cases[0])
            case = cases.popleft()
            self._counted.chat_filter_waiting -= 1
            if cases:
                self._send.send_nowait(speaker)
            else:
                del self._cases[speaker]
            try:
                case.done(verdict, trio.current_time())
            except Exception:
                log.exception("a line that was asked about could not be said")

    async def _ask(self, case: Case) -> Verdict:
        with trio.move_on_at(case.due_s):
            ask = partial(_verdict, self._filter, case.text)
            return await trio.to_thread.run_sync(ask, abandon_on_cancel=True, limiter=self._threads)
        self._counted.chat_filter_late += 1
        log.warning("the word filter is slow", deadline_s=DEADLINE_S, busy=self._threads.borrowed_tokens)
        return _slow()


def _verdict(word_filter: WordFilter, text: str) -> Verdict:
    try:
        return word_filter(text)
    except Violation as violation:
        return violation


def _slow() -> Violation:
    return Violation(Code.CHAT_TIMED_OUT, "the word filter of this server took too long; the line was not said")
