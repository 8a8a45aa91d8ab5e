"""A real server that speaks S3, on loopback: moto's, where `moto_server` is on PATH (`pip install moto[server]`)."""

import http.client
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

START_S_MAX = 30.0
BUCKET = "rooms"


class S3:
    """One server, with one bucket."""

    def __init__(self, program: str) -> None:
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            self.port = int(one.getsockname()[1])
        self._process = subprocess.Popen(
            [program, "-H", "127.0.0.1", "-p", str(self.port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    @property
    def environment(self) -> dict[str, str]:
        """How a client finds it."""
        return {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.port}",
            "AWS_ACCESS_KEY_ID": "somebody",
            "AWS_SECRET_ACCESS_KEY": "their secret",
            "AWS_REGION": "us-east-1",
        }

    def make_bucket(self) -> None:
        """As soon as it answers."""
        end = time.monotonic() + START_S_MAX
        while True:
            try:
                with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)) as connection:
                    connection.request("PUT", f"/{BUCKET}")
                    assert connection.getresponse().status == 200
                    return
            except OSError:
                assert time.monotonic() < end, "moto_server doesn't start"
                time.sleep(0.05)

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()


@contextmanager
def running() -> Iterator[S3]:
    program = shutil.which("moto_server")
    if program is None:
        pytest.skip("no server that speaks S3: moto_server is not on PATH")
    server = S3(program)
    try:
        server.make_bucket()
        yield server
    finally:
        server.stop()
