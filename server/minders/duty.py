"""Which state Agones should have this server in, and so what is to be said to it next. Pure.

    the server is ready for players         Ready        it may be allocated, and it may be removed
    somebody plays, or Agones allocated it  Allocated    nobody removes it: neither a smaller fleet nor a newer one
    nobody has played for EMPTY_S           Ready        it takes the next ones, or goes
    it has drained                          Shutdown     said once, last; nothing is said after it

A server that played a match goes back to Ready instead of shutting down after it, which Agones calls reusing: rooms
open and end in one process all day, and a process that starts anew gives players nothing. EMPTY_S is longer than a seat
is kept for somebody whose connection broke, and counts from an allocation too: those for whom it was allocated need a
moment to come.

Words take a moment: in a cluster, Ready is RequestReady until a controller has seen to it, and news of the time before
may still come. Ready said once more then would take back an allocation that came in between; so it isn't.
"""

from __future__ import annotations

from enum import StrEnum
from math import inf
from typing import Final, TypeVar

import msgspec
from msgspec import Struct

from protocol.limits import SEAT_KEPT_S

T = TypeVar("T")
EMPTY_S: Final = max(60.0, 2 * SEAT_KEPT_S)

AGAIN_S: Final = 10.0
"""So long after Ready was taken, news that it isn't is old news; then it got lost, and is said again."""

REQUESTED: Final = "RequestReady"
"""Ready was said, and a controller is to see to it."""
READY: Final = "Ready"
ALLOCATED: Final = "Allocated"
RESERVED: Final = "Reserved"
"""Somebody else holds it for a while; it is not ours to end that, unless somebody plays."""
LOST: Final = frozenset({"Unhealthy", "Shutdown", "Error"})
"""There is no way back from these."""


class Word(StrEnum):
    """What can be said, by the path that says it."""

    READY = "/ready"
    ALLOCATE = "/allocate"
    SHUT_DOWN = "/shutdown"


class Health(Struct, frozen=True):
    """How often a GameServer has to say that it is well. Agones' own defaults."""

    disabled: bool = False
    period_seconds: int = 5


class Duty:
    """What Agones believes, and what it should. Times are seconds of any clock."""

    def __init__(self) -> None:
        self.state = ""
        """As it was last heard or said."""
        self.news = 0
        """How often it has been heard."""
        self._since_s = -inf
        """The last moment at which there was a reason to be allocated."""
        self._ready_said_s = -inf
        self._is_leaving = False

    @property
    def is_allocated(self) -> bool:
        return self.state == ALLOCATED

    def heard(self, state: str, now_s: float) -> None:
        """Agones says that it is in `state`: somebody may have allocated it."""
        self.news += 1
        self._is_in(state, now_s)

    def said(self, word: Word, now_s: float, news_before: int | None = None) -> None:
        """Agones has taken that word. What has been heard since there were `news_before` is newer than that."""
        if word is Word.READY:
            self._ready_said_s = now_s
        if word is not Word.SHUT_DOWN and news_before in (None, self.news):
            self._is_in(READY if word is Word.READY else ALLOCATED, now_s)

    def leave(self) -> None:
        """The server drains: it will never be Ready again."""
        self._is_leaving = True

    def due(self, now_s: float, is_ready: bool, people: int) -> Word | None:
        """What is to be said now; None: nothing."""
        if people:
            self._since_s = now_s
        if self.state in LOST:
            return None
        if people:
            return Word.ALLOCATE if self.state != ALLOCATED else None
        if self._is_leaving or not is_ready or self.state in (REQUESTED, READY, RESERVED):
            return None
        is_time = now_s - self._since_s >= EMPTY_S and now_s - self._ready_said_s >= AGAIN_S
        return Word.READY if is_time else None

    def _is_in(self, state: str, now_s: float) -> None:
        if state == ALLOCATED and self.state != ALLOCATED:
            self._since_s = now_s
        self.state = state


class _Spec(Struct, frozen=True):
    health: Health | None = None


class _Status(Struct, frozen=True):
    state: str = ""


class GameServer(Struct, frozen=True):
    """What matters here of what Agones tells of a GameServer."""

    spec: _Spec | None = None
    status: _Status | None = None

    @property
    def health(self) -> Health:
        return self.spec.health if self.spec is not None and self.spec.health is not None else Health()

    @property
    def state(self) -> str:
        return self.status.state if self.status is not None else ""


class _Line(Struct, frozen=True):
    result: GameServer


class Counter(Struct, frozen=True):
    """One of a GameServer's counters. Whole numbers of 64 bits are strings in JSON; either is taken."""

    capacity: int = 0


def read_line(line: bytes) -> GameServer:
    """One line of a watch. Raises msgspec.DecodeError."""
    return _read(line, _Line).result


def read_counter(text: bytes) -> Counter:
    """Raises msgspec.DecodeError."""
    return _read(text, Counter)


def _read(text: bytes, kind: type[T]) -> T:
    """Raises msgspec.DecodeError, whatever the bytes."""
    try:
        return msgspec.convert(msgspec.json.decode(text), kind, strict=False)
    except (UnicodeDecodeError, RecursionError) as error:
        raise msgspec.DecodeError(str(error)) from None
