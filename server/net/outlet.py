"""Writes one frame each to many sockets in one go, which is what a tick does.

A lane is the way of everything that is written, lest frames interleave; but what a lane is doesn't fit a core's cache a
thousand times over. So this writes to the bare descriptors of all lanes in which nothing waits, and leaves what a
socket doesn't take to its lane. Lanes say when they are not clear: something waits, or the last word has been said.
"""

import os
from collections.abc import Sequence
from typing import Protocol

from protocol.each import each
from server.statistics import Traffic


class Lane(Protocol):
    """What it needs of one."""

    traffic: Traffic

    def wrote(self, data: bytes, written: int) -> None:
        """So much of `data` went to the socket; the rest of it is yours."""

    def failed(self, error: OSError, data: bytes) -> None:
        """Nothing of it did."""


class Outlet:
    """Of all lanes of a process, by their descriptors."""

    def __init__(self) -> None:
        self._lanes: dict[int, Lane] = {}
        self._unclear: set[int] = set()

    def add(self, fd: int, lane: Lane) -> None:
        """From now on it is the lane of that descriptor, which may have been another's; and not clear."""
        self._lanes[fd] = lane
        self._unclear.add(fd)

    def remove(self, fd: int, lane: Lane) -> None:
        """Idempotent: when the descriptor is another lane's by now, nothing happens."""
        if self._lanes.get(fd) is lane:
            del self._lanes[fd]
            self._unclear.discard(fd)

    def clear(self, fd: int, is_clear: bool) -> None:
        """Whether nothing waits in the lane, and something may still be said."""
        if is_clear:
            self._unclear.discard(fd)
        else:
            self._unclear.add(fd)

    def write(self, fds: Sequence[int], frames: Sequence[bytes]) -> list[int]:
        """One frame to each; the positions of those to which it was not, because they are not clear."""
        missed = list[int]()
        if not self._unclear.isdisjoint(fds):
            missed = [at for at, fd in enumerate(fds) if fd in self._unclear]
            clear = [(fd, frame) for fd, frame in zip(fds, frames, strict=True) if fd not in self._unclear]
            fds, frames = [fd for fd, _ in clear], [frame for _, frame in clear]
        if fds:
            lengths = [*map(len, frames)]
            written = each(os.write, fds, frames)
            if written != lengths:
                self._mind(fds, frames, written)
            self._count(fds[0], len(fds), sum(lengths))
        return missed

    def _mind(self, fds: Sequence[int], frames: Sequence[bytes], written: Sequence[int | OSError]) -> None:
        """Not every socket has taken all of its frame."""
        for fd, frame, taken in zip(fds, frames, written, strict=True):
            if isinstance(taken, OSError):
                self._lanes[fd].failed(taken, frame)
            elif taken != len(frame):
                self._lanes[fd].wrote(frame, taken)

    def _count(self, fd: int, messages: int, length: int) -> None:
        lane = self._lanes.get(fd)
        if lane is not None:
            lane.traffic.sent_messages += messages
            lane.traffic.sent_bytes += length


OUTLET = Outlet()
"""This process's: descriptors are."""
