"""The bus over Redis' pub/sub, and what is kept beside it (`decisions.lua`), over one kept client of its own.

One connection hears; two say, keep and ask. Where it is lost the client is made anew, half a second later and for ever,
and whoever hears is told that they may have missed something. Silence is tried every two seconds, so that a connection
that leads nowhere any more is noticed. While there is none, what is said is dropped: news that come late are none.

All processes at the same database of the same Redis hear each other. Channels know no databases, so the name has it.
"""

import math
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import msgspec
import structlog
import trio

from server.cluster.bus import FLUSH_S_MAX, WAITING_MAX, Hear, Kept
from server.cluster.decisions import DECISIONS_MAX, Decision
from server.cluster.directory import Unreachable
from server.cluster.records import Timing
from server.cluster.redis import AGAIN_AFTER_S, PREFIX, new_client, why_of

SCRIPT: Final = (Path(__file__).parent / "decisions.lua").read_bytes()
CONNECTIONS_MAX: Final = 3
SILENCE_S_MAX: Final = 2.0
KEPT_AT_ONCE_MAX: Final = 500

log = structlog.get_logger("ricochet.cluster")


class RedisBus:
    """See `bus`. Raises UserError when `url` is none of Redis."""

    def __init__(self, url: str, timing: Timing | None = None, prefix: str = PREFIX) -> None:
        self._url, self._answer_s, self._prefix = url, (timing or Timing()).answer_s, prefix
        self._channel = f"{prefix}:news:{database_of(url)}"
        self._client = new_client(url, self._answer_s, CONNECTIONS_MAX)
        self._waiting: deque[bytes] = deque()
        self._news, self._idle = trio.Event(), trio.Event()
        self._is_open = self._was_lost = False
        self.dropped = 0

    def say(self, wire: bytes) -> None:
        if not self._is_open or len(self._waiting) >= WAITING_MAX:
            self.dropped += 1
            return
        self._waiting.append(wire)
        self._news.set()

    async def flush(self) -> None:
        await trio.lowlevel.checkpoint()
        self._idle = trio.Event()
        if self._waiting:
            with trio.move_on_after(FLUSH_S_MAX):
                await self._idle.wait()

    async def run(self, hear: Hear, on_open: Callable[[], None]) -> None:
        while True:
            try:
                async with self._client, trio.open_nursery() as nursery:
                    nursery.start_soon(self._say_on)
                    await self._listen(hear, on_open)
            except* Exception as broken:  # whatever the library has to say of a connection
                self._lost(broken)
            self._is_open = False
            await trio.sleep(AGAIN_AFTER_S)
            self._client = new_client(self._url, self._answer_s, CONNECTIONS_MAX)

    async def _listen(self, hear: Hear, on_open: Callable[[], None]) -> None:
        listening = self._client.pubsub(
            channels=[self._channel], retry_policy=None, ignore_subscribe_messages=True, max_idle_seconds=SILENCE_S_MAX
        )
        async with listening as messages:
            if self._was_lost:
                log.info("other processes are heard again")
            self._is_open, self._was_lost = True, False
            on_open()
            async for message in messages:
                if isinstance(data := message["data"], bytes):
                    hear(data)

    async def _say_on(self) -> None:
        while True:
            await self._news.wait()
            self._news = trio.Event()
            while self._waiting:
                await self._client.publish(self._channel, self._waiting[0])
                self._waiting.popleft()
            self._idle.set()

    def _lost(self, broken: BaseExceptionGroup[Exception]) -> None:
        self.dropped += len(self._waiting)
        self._waiting.clear()
        self._idle.set()
        is_over = trio.current_effective_deadline() == -math.inf  # the library complains when it is cancelled
        if not self._was_lost and not is_over:
            log.warning("other processes can't be heard for now", why=why_of(_first(broken)))
        self._was_lost = True

    async def keep(self, decisions: Sequence[Decision]) -> None:
        for at in range(0, len(decisions), KEPT_AT_ONCE_MAX):
            part = decisions[at : at + KEPT_AT_ONCE_MAX]
            await self._ask("keep", *(msgspec.json.encode(decision) for decision in part))

    async def kept(self, revision: int) -> Kept | None:
        told = await self._ask("kept", revision)
        if not told:
            return None
        return Kept(int(told[0]), [decision for one in told[1] if (decision := _decision(one)) is not None])

    async def _ask(self, operation: str, *words: bytes | int) -> Any:
        if self._is_open:
            with trio.move_on_after(self._answer_s):
                try:
                    script = self._client.register_script(SCRIPT)
                    return await script([self._prefix], [operation, DECISIONS_MAX, *words])
                except Exception as error:
                    raise Unreachable(why_of(error)) from error
        raise Unreachable("no answer")


def database_of(url: str) -> str:
    """Its number, as the address has it."""
    parts = urlsplit(url)
    named = parse_qs(parts.query).get("db", [""])[0]
    return named or (parts.path.strip("/") if parts.scheme != "unix" else "") or "0"


def _decision(encoded: bytes) -> Decision | None:
    """None: somebody else wrote it, or a later version of us."""
    try:
        return msgspec.json.decode(encoded, type=Decision)
    except msgspec.DecodeError:
        return None


def _first(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
