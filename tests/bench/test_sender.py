"""The process that writes reads its orders right; that it gets them is tested with who gives them, in test_senders."""

import socket
from array import array

from bench.sender import write


def test_each_message_goes_to_its_socket_and_a_full_one_is_passed_by() -> None:
    (a, at_a), (b, at_b) = socket.socketpair(), socket.socketpair()
    with a, b, at_a, at_b:
        a.setblocking(False)
        b.setblocking(False)
        numbers, parts = array("I", [1, 0, 1]), [b"first", b"x", b"second"]
        half = numbers.tobytes() + array("I", map(len, parts)).tobytes() + b"".join(parts) + b"left over"
        write(memoryview(half), 3, [a.fileno(), b.fileno()])
        assert at_a.recv(100) == b"x"
        assert at_b.recv(100) == b"firstsecond"
        while True:
            try:
                a.send(b"." * 65_536)
            except BlockingIOError:
                break
        write(memoryview(half), 3, [a.fileno(), b.fileno()])
        assert at_b.recv(100) == b"firstsecond"
