"""Standings beside the game: it listens to rooms, writes down how matches ended, and answers what is asked.

The tick only puts a match into a line (`backlog`). Everything that touches the database happens in a worker thread, one
call at a time, and whoever asks waits for their turn, for some seconds at most. While the database is away the game
goes on: matches wait, the oldest are dropped and counted when they are too many, and whoever asks hears of it.
"""

import secrets
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

import structlog
import trio

from server.results import Result
from server.standings.away import Away
from server.standings.backlog import PAUSE_S_MIN, Backlog, Played
from server.standings.guests import Guests
from server.statistics import Statistics, Written

if TYPE_CHECKING:
    from server.room import Room
    from server.standings.repository import Repository

ANSWER_S_MAX: Final = 5.0
WAITING_MAX: Final = 32
"""Who may wait for an answer at the same time."""
SETTLE_S_MAX: Final = 5.0
"""How long matches that wait may take to be written when the server stops."""
TIDY_EVERY_S: Final = 3600.0
TIDY_PAUSE_S: Final = 1.0
FORGOTTEN_MAX: Final = 1024

log = structlog.get_logger("ricochet.standings")
T = TypeVar("T")


class Standings:
    """What a server has of standings. Without a `repository` it keeps none, and nobody is given a cookie."""

    def __init__(
        self,
        repository: "Repository | None" = None,
        guests: Guests | None = None,
        keep_keys: Callable[[Guests], None] = lambda guests: None,
        clock: Callable[[], float] = time.time,
        answer_s_max: float = ANSWER_S_MAX,
        origin: str = "",
    ) -> None:
        """`keep_keys` writes down the keys of `guests`, which may block. `clock` says the Unix time. `origin`: whose
        rooms they are that tell us of their matches; by default ours alone."""
        self.repository, self.clock = repository, clock
        self.guests = guests or Guests(secrets.token_bytes)
        self.guests.turn_over(clock())
        self.origin = origin or self.guests.origin
        self.counted = Written()
        self._keep_keys, self._answer_s_max = keep_keys, answer_s_max
        self._backlog = Backlog()
        self._news, self._idle = trio.Event(), trio.Event()
        self._idle.set()
        self._turn = trio.CapacityLimiter(1)
        self._forgotten: dict[str, float] = {}
        """Whoever asked to be forgotten, and when: what they were playing then doesn't count for them any more."""
        self._is_away = False
        self._stopping = trio.Event()
        self._are_keys_kept = True

    @property
    def is_on(self) -> bool:
        return self.repository is not None

    def guest_of(self, cookies: str, is_secure: bool) -> str:
        """The ID of whoever has these cookies; "": there is none."""
        guest = self.guests.recognise(cookies, is_secure, self.clock()) if self.is_on else None
        return guest.id if guest is not None else ""

    def counting(self, statistics: Callable[[], Statistics]) -> Callable[[], Statistics]:
        """`statistics`, with what is counted here."""

        def counted() -> Statistics:
            total = statistics()
            total.add(self.counted)
            return total

        return counted

    # what rooms tell ---------------------------------------------------------------------------------------

    def opened(self, room: "Room") -> None:
        """Of no interest here."""

    def concluded(self, room: "Room", result: Result) -> None:
        if self.is_on:
            self._backlog.put(Played.of(result, self.clock(), self.origin))
            self._count()
            self._idle = trio.Event()
            self._news.set()

    def closed(self, room: "Room") -> None:
        """Of no interest here."""

    # what is written ---------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Write what there is to write, and keep house; for ever, or until there is nothing to do."""
        if self.repository is None:
            return
        try:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(self._write)
                nursery.start_soon(self._tidy)
        finally:
            self.repository.close()

    async def settle(self, patience_s: float = SETTLE_S_MAX) -> None:
        """The server is about to stop: what waits is written now or never, also where the next try would be later."""
        self._stopping.set()
        with trio.move_on_after(patience_s, shield=True):
            await self._idle.wait()
        if len(self._backlog):
            log.error("matches could not be written down", matches=len(self._backlog))

    async def _write(self) -> None:
        while True:
            played = self._backlog.first()
            if played is not None:
                await self._pause(await self._record(played))
                continue
            self._idle.set()
            self._news = trio.Event()
            await self._news.wait()

    async def _pause(self, seconds: float) -> None:
        """For so long, but no longer than for a moment once the server is about to stop."""
        with trio.move_on_after(seconds):
            await self._stopping.wait()
            await trio.sleep(PAUSE_S_MIN)

    async def _record(self, played: Played) -> float:
        """Write it down if that can be; how long to wait before the next one, or the next try."""
        gone = [who for who, when_s in self._forgotten.items() if played.began_s <= when_s]
        pause_s = 0.0
        try:
            counts = await self.call(lambda them: them.record(played.without(gone)))
            self.counted.results_written += counts
            self._backlog.written(played)
        except Away as error:
            self._has_gone(error)
            pause_s = self._backlog.away()
        except Exception:
            log.exception("a match can't be written down", given_up=self._backlog.failed(played))
            pause_s = PAUSE_S_MIN
        self._count()
        return pause_s

    async def _tidy(self) -> None:
        while True:
            is_done = True
            try:
                await self._turn_keys_over()
                is_done = not await self.call(lambda them: them.prune(self.clock()))
            except Away as error:
                self._has_gone(error)
            except Exception:
                log.exception("the standings can't be tidied")
            await trio.sleep(TIDY_EVERY_S if is_done else TIDY_PAUSE_S)

    async def _turn_keys_over(self) -> None:
        """What the disk didn't take is tried again the next time; or cookies would be good until a restart alone."""
        if self.guests.turn_over(self.clock()):
            self._are_keys_kept = False
        if not self._are_keys_kept:
            try:
                await trio.to_thread.run_sync(self._keep_keys, self.guests)
                self._are_keys_kept = True
            except OSError as error:
                log.error("the keys of guests could not be kept", why=str(error))

    def _count(self) -> None:
        self.counted.results_waiting = len(self._backlog)
        self.counted.results_dropped = self._backlog.dropped

    def _has_gone(self, error: Away) -> None:
        self.counted.standings_away += 1
        if not self._is_away:
            self._is_away = True
            log.warning("the standings' database is away", why=str(error))

    # what is asked -----------------------------------------------------------------------------------------

    async def ask(self, question: "Callable[[Repository], T]") -> T:
        """What the database says to it, within some seconds. Raises Away."""
        if self._turn.statistics().tasks_waiting >= WAITING_MAX:
            raise Away("too many ask at once")
        with trio.move_on_after(self._answer_s_max):
            return await self.call(question)
        raise Away("it takes too long")

    async def forget(self, subject: str = "", public_id: str = "") -> bool:
        """Somebody wishes not to be known any more; whether they were. Raises Away."""
        if subject:
            self.note_forgotten(subject)
        known_by = await self.ask(partial(_forget, subject, public_id))
        if known_by is not None:
            self.note_forgotten(known_by)
        return known_by is not None

    def note_forgotten(self, subject: str) -> None:
        """What they are playing now doesn't count for them."""
        self._forgotten.pop(subject, None)
        self._forgotten[subject] = self.clock()
        while len(self._forgotten) > FORGOTTEN_MAX:
            del self._forgotten[next(iter(self._forgotten))]

    async def call(self, question: "Callable[[Repository], T]") -> T:
        """In the one thread that may, however long it takes. Whoever is cancelled waits no longer; the call goes on."""
        assert self.repository is not None
        ask = partial(question, self.repository)
        answer = await trio.to_thread.run_sync(ask, abandon_on_cancel=True, limiter=self._turn)
        if self._is_away:
            self._is_away = False
            log.info("the standings' database is back")
        return answer


def _forget(subject: str, public_id: str, repository: "Repository") -> str | None:
    return repository.forget(subject, public_id)
