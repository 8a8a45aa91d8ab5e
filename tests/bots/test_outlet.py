"""Frames go each to its own socket, and what is not taken whole is named."""

import os
import socket
from itertools import count

from bots.lane import NO_FD
from bots.outlet import TIMED_TOGETHER, write_each


def test_each_frame_goes_to_its_own_socket() -> None:
    pairs = [socket.socketpair() for _ in range(TIMED_TOGETHER + 3)]
    frames = b"".join(bytes((at, at)) for at in range(len(pairs)))
    ticking = count(1)
    written_s, left = write_each([mine.fileno() for mine, _ in pairs], frames, 2, lambda: float(next(ticking)))
    assert written_s.tolist() == [1.0] * TIMED_TOGETHER + [2.0] * 3
    assert left == []
    for at, (mine, theirs) in enumerate(pairs):
        assert theirs.recv(9) == bytes((at, at))
        mine.close()
        theirs.close()


def test_what_is_not_written_whole_is_left() -> None:
    size = 1 << 20
    full, theirs = socket.socketpair()
    gone, other = socket.socketpair()
    with full, theirs, gone, other:
        full.setblocking(False)
        os.set_blocking(gone.fileno(), False)
        other.close()
        written_s, left = write_each(
            [full.fileno(), NO_FD, full.fileno(), gone.fileno()], bytes(4 * size), size, lambda: 0.0
        )
    assert len(written_s) == 4
    (first, some), *rest = left
    assert first == 0
    assert 0 < some < size, "a short write"
    assert rest == [(1, 0), (2, 0), (3, 0)]
