"""Agones is told how the game fares, and heard: over the REST of its sidecar, beside the game and never in its way.

    health    twice in each period that the GameServer asks for, as long as ticks go on
    state     Ready, Allocated and Shutdown, as `duty` has it
    counters  `players` and `rooms`, where the GameServer has counters of these names
    watch     what Agones makes of it; that is how an allocation by others is noticed

Each of these is a task of its own and fails for itself: what could not be said is said again after a pause that grows,
is counted, and is logged when it begins and when it is over. The game goes on whatever becomes of it.
"""

from collections.abc import Callable
from typing import Final

import structlog
import trio
from msgspec import DecodeError

from server.minders.backoff import Backoff
from server.minders.duty import Duty, Health, Word, read_counter, read_line
from server.minders.sidecar import Sidecar, Unheard
from server.minders.vitals import Pulse, Vitals
from server.statistics import Minding

COUNTERS: Final = ("players", "rooms")
LOOK_EVERY_S: Final = 0.25
COUNT_EVERY_S: Final = 1.0
BEAT_S_MIN: Final = 0.5
BEATS_PER_PERIOD: Final = 2
PAUSE_S_MIN: Final = 0.5
PAUSE_S_MAX: Final = 15.0
COUNTER_PAUSE_S_MAX: Final = 120.0
"""A counter that isn't in the GameServer will hardly be there soon."""
FAREWELL_S_MAX: Final = 5.0
"""So long the end of the process waits for the sidecar to hear of it."""
EMPTY: Final = b"{}"

log = structlog.get_logger("ricochet.agones")


class Agones:
    """The server's side of `sidecar`."""

    def __init__(self, sidecar: Sidecar, vitals: Vitals, counted: Minding) -> None:
        self.duty = Duty()
        self._sidecar, self._vitals, self._counted = sidecar, vitals, counted
        self._health = Health()
        self._failing: set[str] = set()
        """What doesn't work at the moment."""

    async def run(self) -> None:
        """For ever."""
        async with trio.open_nursery() as nursery:
            for task in (self._watch, self._beat, self._keep_state):
                nursery.start_soon(task)
            for name, count in zip(COUNTERS, (self._vitals.people, self._vitals.rooms), strict=True):
                nursery.start_soon(self._count, name, count)

    async def farewell(self) -> None:
        """The server has drained: Agones may remove it."""
        pause = Backoff(PAUSE_S_MIN, PAUSE_S_MAX)
        with trio.move_on_after(FAREWELL_S_MAX):
            while not await self._say(Word.SHUT_DOWN):  # noqa: ASYNC110  # it is said again, not waited for
                await trio.sleep(pause.take_s())

    async def _keep_state(self) -> None:
        pause = Backoff(PAUSE_S_MIN, PAUSE_S_MAX)
        while True:
            word = self.duty.due(trio.current_time(), self._vitals.is_ready, self._vitals.people())
            if word is None:
                await trio.sleep(LOOK_EVERY_S)
            elif await self._say(word):
                pause.reset()
            else:
                await trio.sleep(pause.take_s())

    async def _say(self, word: Word) -> bool:
        before = self.duty.news
        if await self._ask("state", "POST", word, EMPTY) is None:
            return False
        log.info("told Agones", word=word.name.lower())
        self.duty.said(word, trio.current_time(), before)
        self._counted.agones_allocated = int(self.duty.is_allocated)
        return True

    async def _beat(self) -> None:
        pulse = Pulse(self._vitals)
        while True:
            await trio.sleep(max(BEAT_S_MIN, self._health.period_seconds / BEATS_PER_PERIOD))
            if self._health.disabled:
                continue
            if not pulse.beats():
                self._counted.pings_withheld += 1
                log.warning("no tick has come; Agones is not told that the game is well")
            elif await self._ask("health", "POST", "/health", EMPTY) is not None:
                self._counted.pings += 1

    async def _count(self, name: str, count: Callable[[], int]) -> None:
        pause = Backoff(PAUSE_S_MIN, COUNTER_PAUSE_S_MAX)
        told: int | None = None
        while True:
            now = count()
            if now == told:
                await trio.sleep(COUNT_EVERY_S)
            elif await self._set_counter(name, now):
                told = now
                pause.reset()
                await trio.sleep(COUNT_EVERY_S)
            else:
                await trio.sleep(pause.take_s())

    async def _set_counter(self, name: str, count: int) -> bool:
        """To `count`, or to its capacity: more than that Agones doesn't take, and full is what it means."""
        path = f"/v1beta1/counters/{name}"
        answer = await self._ask(name, "GET", path)
        if answer is None:
            return False
        try:
            capacity = read_counter(answer).capacity
        except DecodeError as error:
            self._fails(name, error)
            return False
        return await self._ask(name, "PATCH", path, b'{"count":"%d"}' % min(count, capacity)) is not None

    async def _watch(self) -> None:
        pause = Backoff(PAUSE_S_MIN, PAUSE_S_MAX)
        while True:
            try:
                async with self._sidecar.lines("/watch/gameserver") as lines:
                    while (line := await lines.next()) is not None:
                        self._hear(line)
                        self._works("watch")
                        pause.reset()
                raise Unheard("the watch has ended")
            except (Unheard, DecodeError) as error:
                self._fails("watch", error)
            await trio.sleep(pause.take_s())

    def _hear(self, line: bytes) -> None:
        """Raises DecodeError."""
        game_server = read_line(line)
        self._health = game_server.health
        if game_server.state != self.duty.state:
            log.info("heard from Agones", state=game_server.state)
        self.duty.heard(game_server.state, trio.current_time())
        self._counted.agones_allocated = int(self.duty.is_allocated)

    async def _ask(self, what: str, method: str, path: str, body: bytes = b"") -> bytes | None:
        """The answer; None when it has failed."""
        try:
            answer = await self._sidecar.ask(method, path, body)
        except Unheard as error:
            self._fails(what, error)
            return None
        self._works(what)
        return answer

    def _fails(self, what: str, error: Exception) -> None:
        self._counted.minders_failed += 1
        if what not in self._failing:
            self._failing.add(what)
            log.warning("Agones' sidecar fails; it is tried again", what=what, why=str(error))

    def _works(self, what: str) -> None:
        if what in self._failing:
            self._failing.discard(what)
            log.info("Agones' sidecar works again", what=what)
