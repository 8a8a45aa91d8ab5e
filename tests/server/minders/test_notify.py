"""What is said arrives as it was said, and where nobody listens that is an OSError."""

import socket
from pathlib import Path

import pytest

from server.minders.notify import notify, watchdog_s_of


def test_lines_arrive_together(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(str(tmp_path / "ear"))
        notify(str(tmp_path / "ear"), "READY=1", "STATUS=well")
        assert ear.recv(100) == b"READY=1\nSTATUS=well"


def test_where_nobody_listens_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        notify(str(tmp_path / "ear"), "READY=1")


@pytest.mark.parametrize(
    ("environment", "watchdog_s"),
    [
        ({}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
        ({"WATCHDOG_USEC": "2500000"}, 2.5),
        ({"WATCHDOG_USEC": "2500000", "WATCHDOG_PID": "7"}, 2.5),
        ({"WATCHDOG_USEC": "2500000", "WATCHDOG_PID": "8"}, None),
    ],
)
def test_signs_of_life_are_asked_of_one_process(environment: dict[str, str], watchdog_s: float | None) -> None:
    assert watchdog_s_of(environment, 7) == watchdog_s
