"""One bucket, however messages come, and when the last one did."""

import numpy as np

from server.hearing import BURST, RATE, Hearing
from server.input_table import InputTable
from server.inputs import InputBuffer
from server.statistics import RoomStatistics


def buffer() -> InputBuffer:
    statistics = RoomStatistics()
    return InputBuffer(statistics, InputTable(statistics))


def test_what_is_heard_in_bulk_counts_as_heard() -> None:
    hearing, inputs = Hearing.begin(10.0), buffer()
    hearing.share(inputs)
    assert hearing.heard_s == 10.0
    inputs.table.heard_s[inputs.slot] = 12.0
    assert hearing.heard_s == 12.0
    assert hearing.hear(13.0)
    assert hearing.heard_s == 13.0
    hearing.share(None)
    inputs.table.heard_s[inputs.slot] = 99.0
    assert hearing.heard_s == 13.0


def test_both_ways_take_from_one_bucket() -> None:
    hearing, inputs = Hearing.begin(0.0), buffer()
    for _ in range(BURST // 2):
        assert hearing.hear(0.0)
    hearing.share(inputs)
    back_s = inputs.table.tokens_back_s
    back_s[inputs.slot] += (BURST - BURST // 2) / RATE  # so many in bulk
    assert not hearing.hear(0.0)
    assert hearing.hear(1.5 / RATE)
    hearing.share(None)
    assert not hearing.hear(1.5 / RATE)


def test_a_bucket_is_no_fuller_for_a_change_of_seats() -> None:
    hearing = Hearing.begin(0.0)
    for _ in range(BURST):
        assert hearing.hear(0.0)
    for _ in range(3):
        inputs = buffer()
        hearing.share(inputs)
        assert not hearing.hear(0.0)
        hearing.share(None)
    assert not hearing.hear(0.0)


def test_a_kind_has_a_bucket_of_its_own_besides() -> None:
    hearing = Hearing.begin(0.0)
    assert [hearing.hear_one(3, 1.0, 2.0, 0.0) for _ in range(3)] == [True, True, False]
    assert hearing.hear_one(4, 1.0, 2.0, 0.0)
    assert hearing.hear_one(3, 1.0, 2.0, 1.0)


def test_an_absence_of_the_server_is_nobodys_silence() -> None:
    hearing, inputs = Hearing.begin(0.0), buffer()
    hearing.share(inputs)
    inputs.table.heard_s[inputs.slot] = 5.0
    hearing.excuse(20.0, 26.0)
    assert hearing.heard_s == 25.0
    hearing.excuse(20.0, 26.0)
    assert hearing.heard_s == 26.0
    assert np.isfinite(inputs.table.heard_s[inputs.slot])
