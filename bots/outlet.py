"""Writes frames of one length, each to another socket, and says when, and what is left of which."""

import os
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

TIMED_TOGETHER: Final = 8
"""So many are taken to have been written when the last of them was: a tenth of a millisecond."""


def write_each(
    fds: Sequence[int], frames: bytes, length: int, clock: Callable[[], float]
) -> tuple[NDArray[np.float64], list[tuple[int, int]]]:
    """(when each was written, [(which was not written whole, how much of it was)]).

    What is written to a descriptor that is none, or is somebody's who has gone, is left whole.
    """
    write, times, left = os.write, list[float](), list[tuple[int, int]]()
    for first in range(0, len(fds), TIMED_TOGETHER):
        start = first * length
        for at, fd in enumerate(fds[first : first + TIMED_TOGETHER], first):
            try:
                written = write(fd, frames[start : start + length])
            except OSError:
                written = 0
            start += length
            if written != length:
                left.append((at, written))
        times.append(clock())
    return np.repeat(times, TIMED_TOGETHER)[: len(fds)], left
