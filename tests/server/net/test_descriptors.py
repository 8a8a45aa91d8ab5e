"""The limit is raised as far as may be, and connections are no more than it has room for."""

import resource
import subprocess
import sys
from typing import Final

import pytest
import structlog

from server.net.descriptors import EACH, SPARE, make_room, raised_to

ENDLESS: Final = resource.RLIM_INFINITY


class Limits:
    """Of a process that isn't ours."""

    def __init__(self, soft: int, hard: int, is_strict: bool = False) -> None:
        self.now, self._is_strict = (soft, hard), is_strict

    def get(self, which: int) -> tuple[int, int]:
        assert which == resource.RLIMIT_NOFILE
        return self.now

    def set(self, which: int, limits: tuple[int, int]) -> None:
        if self._is_strict:
            raise ValueError("not allowed to raise maximum limit")
        self.now = limits


@pytest.mark.parametrize(
    ("soft", "hard", "room", "after"),
    [
        pytest.param(1024, 524_288, 1000, EACH * 1000 + SPARE, id="it may be raised"),
        pytest.param(1024, ENDLESS, 1000, EACH * 1000 + SPARE, id="as far as one likes"),
        pytest.param(524_288, 524_288, 1000, 524_288, id="it is high"),
        pytest.param(ENDLESS, ENDLESS, 1000, ENDLESS, id="there is none"),
        pytest.param(1024, 1500, 1000, 1500, id="one for each is enough"),
        pytest.param(256, 600, 600 - SPARE, 600, id="not for all"),
        pytest.param(64, 64, 1, 64, id="for nearly nobody"),
    ],
)
def test_there_are_as_many_connections_as_there_is_room_for(
    monkeypatch: pytest.MonkeyPatch, soft: int, hard: int, room: int, after: int
) -> None:
    limits = Limits(soft, hard)
    monkeypatch.setattr(resource, "getrlimit", limits.get)
    monkeypatch.setattr(resource, "setrlimit", limits.set)
    with structlog.testing.capture_logs() as logs:
        assert make_room(1000) == room
    assert limits.now == (after, hard)
    assert [entry.get("connections") for entry in logs] == ([room] if room < 1000 else [])


def test_what_the_system_refuses_stays_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = Limits(500, ENDLESS, is_strict=True)
    monkeypatch.setattr(resource, "getrlimit", limits.get)
    monkeypatch.setattr(resource, "setrlimit", limits.set)
    assert raised_to(1000) == 500
    assert make_room(1000) == 500 - SPARE


def test_so_it_is_with_a_real_one() -> None:
    program = f"""
import resource
from server.net.descriptors import make_room
resource.setrlimit(resource.RLIMIT_NOFILE, (64, {SPARE + 100}))
print(make_room(50), resource.getrlimit(resource.RLIMIT_NOFILE)[0])
print(make_room(4096), resource.getrlimit(resource.RLIMIT_NOFILE)[0])
"""
    said = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout
    assert said.splitlines()[0] == f"50 {SPARE + 100}"
    assert said.splitlines()[-1] == f"100 {SPARE + 100}"
