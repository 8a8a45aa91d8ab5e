"""The clients read what they are sent, say something, and tell how much it was."""

import os
import socket
import subprocess
import sys

from bench.audience import SAID


def test_it_reads_and_speaks() -> None:
    command = [sys.executable, "-m", "bench.audience", "2", str(max(os.sched_getaffinity(0)))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as audience:
        assert audience.stdin is not None
        assert audience.stdout is not None
        port = int(audience.stdout.readline())
        with socket.create_connection(("127.0.0.1", port)) as one, socket.create_connection(("127.0.0.1", port)) as two:
            one.sendall(bytes(300))
            two.sendall(bytes(100))
            for _ in range(3):  # it has read at the second, at the latest
                assert one.recv(len(SAID), socket.MSG_WAITALL) == SAID
                assert two.recv(len(SAID), socket.MSG_WAITALL) == SAID
            audience.stdin.close()
            assert float(audience.stdout.readline()) == 200.0
        assert audience.wait(60) == 0
