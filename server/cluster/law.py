"""Bans and mutes of one process, and those of all: what is decided here is told and kept, and what is decided elsewhere
holds here.

    decided here     in force at once, told to all, kept for those who are away
    told             in force here, within the time that the news take
    kept             asked for at the start, after every interruption, and every five seconds if it has changed

While nothing can be kept or heard it all goes on within this process, and is made up for as soon as it can be.
"""

import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import Final

import structlog
import trio

from server.cluster.bus import Bus
from server.cluster.decisions import Decision, Decisions, What
from server.cluster.directory import Unreachable
from server.cluster.news import Decided
from server.moderation import Moderation
from server.restrictions import RESTRICTION_S_MAX, Restriction, Restrictions, TableFull

CATCH_UP_EVERY_S: Final = 5.0

log = structlog.get_logger("ricochet.cluster")


def unix_ms() -> int:
    return time.time_ns() // 1_000_000


class Law:
    """Of the lobby of `moderation`. `tell` says something to all others; `on_change` is called when our disk should
    know more."""

    def __init__(
        self,
        bus: Bus,
        moderation: Moderation,
        tell: Callable[[Decided], None],
        on_change: Callable[[], None] = lambda: None,
        now_ms: Callable[[], int] = unix_ms,
    ) -> None:
        self._bus, self._moderation = bus, moderation
        self._tell, self._on_change, self._now_ms = tell, on_change, now_ms
        self._tables: dict[What, Restrictions] = {"ban": moderation.lobby.bans, "mute": moderation.lobby.mutes}
        self._decisions = Decisions()
        self._revision = -1
        self._told_all = True
        """Whether all that is known here is kept."""
        self._news = trio.Event()

    def begin(self) -> None:
        """What stood on our disk is known by now; whatever is decided from now on is news."""
        now_s, now_ms = trio.current_time(), self._now_ms()
        for what, table in self._tables.items():
            for key, held in table.all(now_s):
                self._decisions.recall(what, key, now_ms + round((held.until_s - now_s) * 1000), held.reason, now_ms)
            table.on_decision = partial(self._decided_here, what)
        self._told_all = not len(self._decisions)

    def hear(self, decisions: Iterable[Decision]) -> None:
        """They were taken elsewhere."""
        now_ms = self._now_ms()
        changed = [decision for decision in decisions if self._decisions.hear(decision, now_ms)]
        for decision in changed:
            self._apply(decision, now_ms)
        if changed:
            self._on_change()

    def catch_up(self) -> None:
        """Something may have been missed."""
        self._revision = -1
        self._news.set()

    async def run(self) -> None:
        """For ever."""
        while True:
            try:
                await self._compare()
            except Unreachable:
                self._revision = -1
            with trio.move_on_after(CATCH_UP_EVERY_S):
                await self._news.wait()
            self._news = trio.Event()

    async def _compare(self) -> None:
        """Of what is kept and what is known here, both shall have the newest."""
        if self._decisions.has_turned(self._now_ms()):
            self._told_all = False
        kept = await self._bus.kept(self._revision if self._told_all else -1)
        if kept is None:
            return
        self._told_all = True  # whatever is decided from here on says otherwise
        self.hear(kept.decisions)
        if lacking := self._decisions.lacking(kept.decisions, self._now_ms()):
            try:
                await self._bus.keep(lacking)
            except Unreachable:
                self._told_all = False
                raise
        self._revision = kept.revision

    def _decided_here(self, what: What, key: str, restriction: Restriction | None) -> None:
        now_s, now_ms = trio.current_time(), self._now_ms()
        if restriction is None:
            decision = self._decisions.lift(what, key, now_ms)
        else:
            until_ms = now_ms + round((restriction.until_s - now_s) * 1000)
            decision = self._decisions.restrict(what, key, until_ms, restriction.reason, now_ms)
        self._tell(Decided([decision]))
        self._told_all = False
        self._news.set()

    def _apply(self, decision: Decision, now_ms: int) -> None:
        now_s, table = trio.current_time(), self._tables[decision.what]
        seconds = min(RESTRICTION_S_MAX, (decision.until_ms - now_ms) / 1000)
        held = None if decision.is_lifted else Restriction(now_s + seconds, decision.reason)
        try:
            table.adopt(decision.key, held, now_s)
        except TableFull:
            log.error("there are too many bans or mutes: one of another process isn't in force here", key=decision.key)
            return
        if held is None:
            return
        if decision.what == "ban":
            self._moderation.enforce_ban((decision.key,), seconds, decision.reason)
        else:
            self._moderation.enforce_mute((decision.key,))
