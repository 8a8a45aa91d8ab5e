"""Who watches the server itself, and what they are told: the conversations at `/stats`. Pure.

    GREETING   nobody has said who they are
    WAITING    they have, with a token whose key is being fetched
    WATCHING   an admin: told the newest numbers twice a second
    ENDED      said bye, or lost

`cast` is called twice a second. What is the same for all is made once and shared, and of the sessions each page that
somebody looks at; a watcher whose socket is full misses what comes meanwhile, and is told the newest when it drains.
Where nobody watches a few numbers are remembered once in a while (`stats_past`), and where nobody can, for there are no
keys, nothing is made. Deadlines are counted in casts: a server that was held up ends nobody for that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import IntEnum, auto
from typing import Final, Protocol

import msgspec
import structlog
from prometheus_client.core import Metric

from protocol import limits
from protocol.errors import Code, Violation
from protocol.messages import Bye
from protocol.stats import (
    EVERY_S,
    LOOKS_BURST_MAX,
    LOOKS_PER_SECOND_MAX,
    STATS_VERSION,
    UNWATCHED_EVERY_S,
    WATCHERS_MAX,
    FarRoomRow,
    Hello,
    Look,
    ProcessRow,
    Stats,
    Welcome,
    decode_client,
)
from server import stats_tables
from server.bucket import Bucket
from server.link import Link
from server.lobby import Lobby
from server.roles import TABLE, Identity
from server.statistics import Traffic
from server.stats import Interval, Sample, interval, sample_of
from server.stats_past import Moment, Remembered
from server.tokens import UnknownKey

HELLO_CASTS_MAX: Final = round(limits.HELLO_DEADLINE_S / EVERY_S)
BLOCKED_CASTS_MAX: Final = round(30.0 / EVERY_S)
"""Whose socket has been full for so long is gone."""
ASK_AGAIN_CASTS: Final = round(60.0 / EVERY_S)
"""A token is looked at again so often: who watches for days does so for as long as they may."""
UNWATCHED_CASTS: Final = round(UNWATCHED_EVERY_S / EVERY_S)
NO_KEYS: Final = "there are no admins here: the server knows no keys; start it with --jwt-secret"
_encode: Final = msgspec.json.encode

audit = structlog.get_logger("ricochet.audit")


class Fleet(Protocol):
    """What is told of other processes; see `cluster.reach`."""

    def processes(self) -> list[ProcessRow]: ...
    def rooms(self) -> list[FarRoomRow]: ...


class State(IntEnum):
    GREETING = auto()
    WAITING = auto()
    WATCHING = auto()
    ENDED = auto()


class Watchers:
    """All of one process. `families` are the metrics as they are now, `reach` knows of other processes."""

    def __init__(self, lobby: Lobby, families: Callable[[], Iterable[Metric]], reach: Fleet) -> None:
        self.traffic = Traffic()
        """Of watchers, which is none of the players'."""
        self.lobby = lobby
        self.all: set[Watcher] = set()
        self.past = Remembered()
        self._families, self._reach = families, reach
        self._before: tuple[float, Sample] | None = None
        self._casts_unwatched = 0

    def meet(self, link: Link, now_s: float) -> Watcher:
        return Watcher(link, self, now_s)

    @property
    def watching(self) -> int:
        return sum(watcher.state is State.WATCHING for watcher in self.all)

    @property
    def is_due(self) -> bool:
        """Whether the next cast looks at the numbers, which is best done in an idle moment."""
        return bool(self.watching) or (self._is_watchable and self._casts_unwatched >= UNWATCHED_CASTS - 1)

    @property
    def _is_watchable(self) -> bool:
        return self.lobby.gate.verifier is not None

    def cast(self, now_s: float, at_ms: int) -> None:
        """Tell everybody who watches how things are; `at_ms` is Unix time."""
        self._own_up()
        for watcher in list(self.all):
            watcher.review()
        told = [watcher for watcher in self.all if watcher.state is State.WATCHING]
        if not told and not self.is_due:
            self._casts_unwatched += 1
            return
        self._casts_unwatched = 0
        before, now = self._before, sample_of(self._families())
        self._before = now_s, now
        if before is not None and now_s > before[0]:
            been = interval(before[1], now, now_s - before[0])
            moment = self.past.add(been, at_ms)
            self.lobby.watched.stats_remembered = len(self.past)
            if told:
                self._tell(told, stats_of(been, moment, self.lobby, self._reach), now_s)

    def close(self, code: Code, sentence: str) -> None:
        """End every conversation; for shutting down."""
        for watcher in list(self.all):
            watcher.end(code, sentence)

    def _own_up(self) -> None:
        """A mistake of ours is one, whoever was told what; bytes are counted for players alone."""
        failed, self.traffic.connections_failed = self.traffic.connections_failed, 0
        self.lobby.traffic.connections_failed += failed

    def _tell(self, told: list[Watcher], shared: Stats, now_s: float) -> None:
        pages: dict[Look, bytes] = {}
        directory = stats_tables.Directory(self.lobby, now_s)
        for watcher in told:
            if watcher.link.blocked:
                self.lobby.watched.stats_skipped += 1
                continue
            if watcher.look not in pages:
                shared.sessions = msgspec.Raw(_encode(directory.page(watcher.look)))
                pages[watcher.look] = _encode(shared)
            watcher.link.post(pages[watcher.look])


class Watcher:
    """The server's end of one conversation over `link`."""

    def __init__(self, link: Link, watchers: Watchers, now_s: float) -> None:
        self.link = link
        self.state = State.GREETING
        self.look = Look()
        self._watchers, self._lobby = watchers, watchers.lobby
        self._token: str | None = None
        self._casts = self._blocked_casts = 0
        self._messages = Bucket.full(LOOKS_PER_SECOND_MAX, LOOKS_BURST_MAX, now_s)
        watchers.all.add(self)

    def receive(self, wire: bytes | str, now_s: float) -> None:
        """Take one message off the wire. Bad ones are answered, never raised."""
        if self.state is State.ENDED:
            return
        try:
            if not self._messages.take(now_s):
                raise Violation(Code.TOO_MANY_MESSAGES, f"more than {LOOKS_PER_SECOND_MAX} messages a second")
            said = decode_client(wire)
            if isinstance(said, Hello):
                self._hello(said)
            else:
                self._look(said)
        except Violation as violation:
            self.end(violation.code, violation.sentence)

    def review(self) -> None:
        """Twice a second: end the conversation when it has come to nothing, or is theirs no more."""
        self._casts += 1
        self._blocked_casts = self._blocked_casts + 1 if self.link.blocked else 0
        if self.state < State.WATCHING and self._casts > HELLO_CASTS_MAX:
            self.end(Code.HELLO_TIMEOUT, f"no hello within {limits.HELLO_DEADLINE_S:g} s")
        elif self._blocked_casts > BLOCKED_CASTS_MAX:
            self.end(Code.TOO_SLOW, "the numbers were not read for too long")
        elif self.state is State.WATCHING and self._casts % ASK_AGAIN_CASTS == 0:
            self._ask_again()

    def end(self, code: int, sentence: str) -> None:
        """Say bye and begin to close. Idempotent."""
        if self.state is State.ENDED:
            return
        self._leave()
        if not self.link.blocked:
            self.link.post(_encode(Bye(code, sentence)))
        self.link.close(code, sentence)

    def lost(self, now_s: float) -> None:
        self._leave()

    def _leave(self) -> None:
        self._lobby.watched.stats_watchers -= self.state is State.WATCHING
        self.state = State.ENDED
        self._watchers.all.discard(self)

    def _hello(self, said: Hello) -> None:
        if self.state is not State.GREETING:
            raise Violation(Code.HELLO_TWICE, "hello is said once")
        if said.version != STATS_VERSION:
            raise Violation(Code.WRONG_VERSION, f"this server speaks version {STATS_VERSION}, not {said.version}")
        self._token = said.token
        try:
            identity = self._identify()
        except UnknownKey:
            if not self._lobby.gate.wait_for_keys(self._hello_again):
                raise
            self.state = State.WAITING
        else:
            self._come_in(identity)

    def _hello_again(self, now_s: float) -> None:
        """There is news of the keys."""
        if self.state is not State.WAITING:
            return
        try:
            self._come_in(self._identify())
        except Violation as violation:
            self.end(violation.code, violation.sentence)

    def _come_in(self, identity: Identity) -> None:
        if self._watchers.watching >= WATCHERS_MAX:
            raise Violation(Code.SERVER_FULL, f"{WATCHERS_MAX} watch the server already")
        self.state, self._casts = State.WATCHING, 0
        self._lobby.watched.stats_watchers += 1
        audit.info("admin", action="watch", by=identity.subject, address=self.link.address)
        self.link.post(_encode(Welcome(identity.subject, EVERY_S, self._watchers.past.told())))

    def _identify(self) -> Identity:
        """Who the token says they are. Raises Violation when that is nobody who may watch."""
        try:
            return self._admin()
        except Violation as refused:
            audit.info("admin refused", action="watch", address=self.link.address, why=refused.sentence)
            raise

    def _admin(self) -> Identity:
        gate = self._lobby.gate
        if gate.verifier is None:
            raise Violation(Code.NOT_AUTHENTICATED, NO_KEYS)
        if self._token is None:
            raise Violation(Code.NOT_AUTHENTICATED, "the server's numbers are for admins: show a token")
        identity = gate.identify(self._token)
        if not TABLE[identity.role].moderate:
            raise Violation(
                Code.NOT_ALLOWED, f"the server's numbers are for admins; the role {identity.role} may not see them"
            )
        return identity

    def _ask_again(self) -> None:
        try:
            self._identify()
        except Violation as violation:
            self.end(violation.code, violation.sentence)

    def _look(self, said: Look) -> None:
        if self.state is not State.WATCHING:
            raise Violation(Code.HELLO_EXPECTED, "hello comes first, not look")
        self.look = said


def stats_of(been: Interval, moment: Moment, lobby: Lobby, reach: Fleet) -> Stats:
    """What all watchers are told alike; which sessions is still to be put in."""
    return Stats(
        at_ms=moment.at_ms,
        seconds=moment.seconds,
        ticks=moment.ticks,
        duration_ms=moment.duration_ms,
        lateness_ms=moment.lateness_ms,
        gauges=been.gauges,
        rates={name: round(rate, 3) for name, rate in been.rates.items()},
        totals=been.totals,
        processes=reach.processes(),
        rooms=stats_tables.rooms(lobby),
        rooms_elsewhere=reach.rooms(),
        sessions=msgspec.Raw(b"null"),
    )
