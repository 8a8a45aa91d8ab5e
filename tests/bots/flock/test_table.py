"""A seat that is empty is due never, and written to nowhere."""

import numpy as np
import pytest

from bots.flock.table import NEVER_S, Table
from bots.lane import NO_FD


def test_who_has_left_is_due_never_and_told_nothing() -> None:
    table = Table(2)
    table.due_s[1], table.ping_s[1], table.fds[1], table.count[1], table.heard[1] = 1.0, 2.0, 3, 4, 5
    table.newest[1], table.huds[1], table.take_cells[1] = b"", [1], lambda tick, cells, left: []
    table.empty(1)
    assert (table.due_s[1], table.ping_s[1], table.fds[1]) == (NEVER_S, NEVER_S, NO_FD)
    assert (table.count[1], table.heard[1], table.newest[1], table.huds[1]) == (0, 0, None, None)
    with pytest.raises(ValueError, match="nobody"):
        table.take_cells[1](1, b"", ())


def test_what_is_due_by_now_is_due_now() -> None:
    table, seats = Table(1), np.array([0])
    table.leads.begin(0, 30, 0.0)
    table.leads.start(0, 100, 0.0, 10.0)
    table.next_tick[0] = 50
    table.schedule(seats, 10.0)
    assert table.due_s[0] == 10.0
    table.next_tick[0] = 1000
    table.schedule(seats, 10.0)
    assert table.due_s[0] == NEVER_S, "nothing is lived so long without news"
