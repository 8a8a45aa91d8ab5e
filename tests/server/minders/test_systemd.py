"""What systemd reads from its socket."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
import trio
import trio.testing

from server.minders.systemd import Systemd
from server.statistics import Minding
from tests.server.minders.test_agones import Told


@pytest.fixture
def ear(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(str(tmp_path / "notify"))
        ear.setblocking(False)
        yield ear


def heard(ear: socket.socket) -> list[str]:
    lines = []
    while True:
        try:
            lines.append(ear.recv(4096).decode())
        except BlockingIOError:
            return lines


def minded(ear: socket.socket, **environment: str) -> tuple[Systemd, Told, Minding]:
    vitals, counted = Told(), Minding()
    found = Systemd.named_in({"NOTIFY_SOCKET": ear.getsockname(), **environment}, vitals, counted)
    assert found is not None
    return found, vitals, counted


async def test_ready_is_said_once_and_then_its_state(
    ear: socket.socket, nursery: trio.Nursery, autojump_clock: trio.testing.MockClock
) -> None:
    systemd, vitals, _ = minded(ear)
    vitals.welcomes = False
    nursery.start_soon(systemd.run)
    await trio.sleep(5)
    assert heard(ear) == []
    vitals.welcomes, vitals.playing = True, 2
    await trio.sleep(11)
    assert heard(ear) == ["READY=1\nSTATUS=1 rooms, 2 people", *["STATUS=1 rooms, 2 people"] * 2]
    systemd.leave()
    assert heard(ear)[0].startswith("STOPPING=1\n")


async def test_the_watchdog_is_fed_while_ticks_go_on(
    ear: socket.socket, nursery: trio.Nursery, autojump_clock: trio.testing.MockClock
) -> None:
    systemd, vitals, counted = minded(ear, WATCHDOG_USEC="4000000", WATCHDOG_PID=str(os.getpid()))
    nursery.start_soon(systemd.run)
    await trio.sleep(9)
    assert [line.startswith("WATCHDOG=1\n") for line in heard(ear)] == [False, True, True, True, True]
    assert counted.pings == 4
    vitals.lives = False
    await trio.sleep(2)
    heard(ear)
    with structlog.testing.capture_logs() as said:
        await trio.sleep(20)
    assert heard(ear) == []
    assert counted.pings_withheld >= 10
    assert {line["event"] for line in said} == {"no tick has come; systemd is not told that the game is well"}


@pytest.mark.parametrize(
    "environment",
    [{"WATCHDOG_USEC": "0"}, {"WATCHDOG_USEC": "x"}, {"WATCHDOG_USEC": "4000000", "WATCHDOG_PID": "1"}, {}],
)
async def test_a_watchdog_that_is_not_ours_is_not_fed(
    ear: socket.socket, nursery: trio.Nursery, autojump_clock: trio.testing.MockClock, environment: dict[str, str]
) -> None:
    systemd, _, _ = minded(ear, **environment)
    nursery.start_soon(systemd.run)
    await trio.sleep(20)
    assert not [line for line in heard(ear) if "WATCHDOG" in line]


async def test_an_abstract_name_will_do(nursery: trio.Nursery, autojump_clock: trio.testing.MockClock) -> None:
    name = f"ricochet-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind("\0" + name)
        ear.setblocking(False)
        found = Systemd.named_in({"NOTIFY_SOCKET": "@" + name}, Told(), Minding())
        assert found is not None
        nursery.start_soon(found.run)
        await trio.sleep(1)
        assert heard(ear)[0].startswith("READY=1")


async def test_a_socket_that_is_gone_hurts_nobody(
    ear: socket.socket, nursery: trio.Nursery, autojump_clock: trio.testing.MockClock
) -> None:
    systemd, _, counted = minded(ear)
    os.unlink(ear.getsockname())
    nursery.start_soon(systemd.run)
    await trio.sleep(11)
    assert counted.minders_failed == 3


def test_without_systemd_there_is_nobody_to_tell() -> None:
    assert Systemd.named_in({}, Told(), Minding()) is None
