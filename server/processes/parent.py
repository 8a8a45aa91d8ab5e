"""The parent of many processes: it plays nothing, starts each of them, and starts it again when it has ended.

    starting    the first by itself, for it finds the mistakes that all would find; then the others at once
    running     one that ends, or that says no more that its ticks go on, is started again, after a pause
    stopping    a signal is passed on, as is each that follows; who hasn't ended long after its time is killed

Who ends before it was ever ready ends everything: what is wrong then is wrong with the settings. Our status is the
worst of those that ended while we stopped. A child tells us what it would tell systemd, by the same words.

How long one has been silent is counted by our own looks, and not by the clock: a container that is paused, or a machine
that is starved, stops us along with them, and what they say when all go on comes after that.
"""

import math
import signal
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Protocol

import structlog
import trio

from server.minders.backoff import Backoff
from server.processes.shares import Share

READY: Final = "READY=1"
ALIVE: Final = "WATCHDOG=1"
STOPPING: Final = "STOPPING=1"
LOOK_S: Final = 1.0
SILENCE_S_MAX: Final = 10.0
"""So long may a child that is ready say nothing."""
OVERTIME_S: Final = 30.0
"""After `drain_s`: to keep its rooms, and to write what waits for the database."""
PAUSE_S_MIN: Final = 0.5
PAUSE_S_MAX: Final = 15.0
STEADY_S: Final = 60.0
"""Who ran for so long gets the shortest pause again."""
KILLED: Final = 128
"""As a shell has it: the status of who was ended by signal number n is so much more than n."""
NOT_STARTED: Final = 1

log = structlog.get_logger("ricochet.processes")


class Child(Protocol):
    """A process that was started."""

    pid: int

    async def hear(self) -> list[str]:
        """What it says next."""

    async def ended(self) -> int:
        """Its status, once it has ended; of a signal it is the number, and negative."""

    def tell(self, number: int) -> None:
        """Send it a signal; or nothing, when it has ended."""

    def close(self) -> None:
        """It has ended, or ends now."""


Spawn = Callable[[Share], Awaitable[Child]]
"""Starts the process of a share. What prevents it is an OSError."""


class Parent:
    """Of a process for each of `shares`. They may drain for `drain_s`; `on_ready` is called once all take players."""

    def __init__(
        self, shares: Sequence[Share], spawn: Spawn, drain_s: float, on_ready: Callable[[], None] = lambda: None
    ) -> None:
        self.children: dict[int, Child] = {}
        """Those that run, by number."""
        self.is_stopping = trio.Event()
        self._shares, self._spawn, self._on_ready = shares, spawn, on_ready
        self._patience_s = drain_s + OVERTIME_S
        self._status = 0
        self._signals = set[int]()
        """That were passed on."""

    async def run(self) -> int:
        """Until all have ended for good: the worst of their statuses."""
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._lose_patience)
            async with trio.open_nursery() as keeping:
                for shares in (self._shares[:1], self._shares[1:]):
                    await self._start(keeping, shares)
                if not self.is_stopping.is_set():
                    self._on_ready()
            nursery.cancel_scope.cancel()
        return self._status

    def stop(self, number: int = signal.SIGTERM) -> None:
        """Pass a signal on; nobody is started from now on."""
        self.is_stopping.set()
        self._signals.add(number)
        for child in self.children.values():
            child.tell(number)

    def _told(self, status: int) -> int:
        """What we say of one that ended so. Whom our signal met before they could mind it have ended as they should."""
        if self.is_stopping.is_set() and -status in self._signals:
            return 0
        return KILLED - status if status < 0 else status

    async def _start(self, keeping: trio.Nursery, shares: Sequence[Share]) -> None:
        ready = [trio.Event() for _ in shares]
        for share, is_up in zip(shares, ready, strict=True):
            keeping.start_soon(self._keep, share, is_up)
        for is_up in ready:
            await is_up.wait()

    async def _keep(self, share: Share, is_up: trio.Event) -> None:
        """Run one, again and again. `is_up` is set once it has been ready, or when it never will be."""
        pause = Backoff(PAUSE_S_MIN, PAUSE_S_MAX)
        while not self.is_stopping.is_set():
            born_s = trio.current_time()
            status = await self._live(share, is_up)
            if self.is_stopping.is_set() or not is_up.is_set():
                self._status = max(self._status, self._told(status))
                break
            if trio.current_time() - born_s >= STEADY_S:
                pause.reset()
            pause_s = pause.take_s()
            sentence = "a process has ended and is started again"
            log.warning(sentence, process=share.number, status=status, pause_s=pause_s)
            with trio.move_on_after(pause_s):
                await self.is_stopping.wait()
        if not self.is_stopping.is_set():
            self.stop()
        is_up.set()

    async def _live(self, share: Share, is_up: trio.Event) -> int:
        """One life of one process, and the status with which it ended."""
        try:
            child = await self._spawn(share)
        except OSError as error:
            log.error("a process can't be started", process=share.number, why=str(error))
            return NOT_STARTED
        self.children[share.number] = child
        log.info("a process is started", process=share.number, pid=child.pid, port=share.config.port)
        try:
            if self.is_stopping.is_set():
                self._signals.add(signal.SIGTERM)
                child.tell(signal.SIGTERM)
            async with trio.open_nursery() as nursery:
                nursery.start_soon(self._mind, share.number, child, is_up)
                status = await child.ended()
                nursery.cancel_scope.cancel()
            return status
        finally:
            del self.children[share.number]
            child.close()

    async def _mind(self, number: int, child: Child, is_up: trio.Event) -> None:
        """Hear how it is, and kill it when it isn't well any more."""
        left_s, is_leaving, looked_s = math.inf, False, trio.current_time()
        while left_s > 0:
            said: list[str] = []
            with trio.move_on_after(min(LOOK_S, left_s)):
                said = await child.hear()
            before_s, looked_s = looked_s, trio.current_time()
            left_s -= min(LOOK_S, looked_s - before_s)
            if READY in said:
                is_up.set()
            if STOPPING in said:
                is_leaving, left_s = True, self._patience_s
            elif not is_leaving and (READY in said or ALIVE in said):
                left_s = SILENCE_S_MAX
        log.error("a process stands still and is killed", process=number, pid=child.pid)
        child.tell(signal.SIGKILL)

    async def _lose_patience(self) -> None:
        await self.is_stopping.wait()
        for _ in range(math.ceil(self._patience_s / LOOK_S)):
            await trio.sleep(LOOK_S)
        log.error("processes that don't end are killed", processes=sorted(self.children))
        for child in self.children.values():
            child.tell(signal.SIGKILL)
