"""Where processes of a cluster live: namespaces where they are allowed, else loopback; and how one is cut off."""

import os
import shutil
import signal
import subprocess
import sys

import pytest

from bench.cluster.ground import Loopback, Namespaces, ground_of
from bench.cluster.redis import Redis, find_redis, redis_at

ASK = "import socket,sys; socket.create_connection((sys.argv[1], int(sys.argv[2])), 1.0)"


def reaches(command: list[str]) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def names_of_networks() -> str:
    return subprocess.run(["ip", "netns", "list"], capture_output=True, text=True, check=True).stdout


def test_on_loopback_a_process_is_stopped_and_goes_on() -> None:
    with ground_of(3, loopback=True) as ground, subprocess.Popen(["sleep", "30"]) as process:
        assert isinstance(ground, Loopback)
        assert len({place.port for place in ground.places}) == 3
        place = ground.places[0]
        assert place.within(["true"]) == ["true"]
        place.cut(process.pid)
        pid, status = os.waitpid(process.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status)
        place.mend(process.pid)
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == -signal.SIGTERM
        assert pid == process.pid
        place.mend(process.pid)


@pytest.mark.skipif(os.geteuid() != 0 or shutil.which("ip") is None, reason="namespaces need root and iproute2")
def test_in_namespaces_a_cable_is_pulled_and_nothing_is_left_afterwards() -> None:
    if find_redis() is None:
        pytest.skip("no Redis to ask for")
    with ground_of(2) as ground:
        if not isinstance(ground, Namespaces):
            pytest.skip("namespaces are not allowed here")
        assert ground.places[0].host != ground.places[1].host
        with redis_at(ground.host) as redis:
            assert isinstance(redis, Redis)
            one, other = (
                place.within([sys.executable, "-c", ASK, ground.host, str(redis.port)]) for place in ground.places
            )
            assert reaches(one)
            ground.places[0].cut(0)
            assert not reaches(one)
            assert reaches(other)
            ground.places[0].mend(0)
            assert reaches(one)
        name = one[3]
        assert name in names_of_networks()
    assert name not in names_of_networks()
