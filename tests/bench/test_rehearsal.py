"""A rehearsal runs the server's own parts, counts what they say, and holds beliefs against the truth."""

from itertools import count

from msgspec.structs import astuple

from bench.crowds import AT_20_HZ, Crowd
from bench.rehearsal import EMPTY_FRAME_BYTES, Rehearsal
from protocol.limits import SUBPROTOCOL_MSGPACK

FEW = Crowd("few", "nine ships that turn, and rocks", 1024, AT_20_HZ, ships=9, rocks=4, hold_ticks=15)
RESTING = Crowd("resting", "nine ships at rest", 1024, AT_20_HZ, ships=9)
NEVER = Crowd("stack", "40 ships in a cell, turning at every tick", 512, AT_20_HZ, 40, 0, 1, in_one_cell=True)


def lived(crowd: Crowd, ticks: int = 240, settle: int = 60) -> Rehearsal:
    clock = count(0, 1000)
    rehearsal = Rehearsal(crowd, 3, lambda: next(clock))
    for _ in range(settle):
        rehearsal.advance()
    rehearsal.clear()
    for _ in range(ticks):
        rehearsal.advance()
    return rehearsal


def test_beliefs_are_within_tolerance_and_nobody_is_missing() -> None:
    judge = lived(FEW).judge
    assert 0.1 < judge.error_units <= 1.0 + 1 / 16
    assert judge.error_between_units > judge.error_units
    assert (judge.strangers, judge.checksum_mismatches) == (0, 0)
    assert len(list(judge.view.entities())) == 13


def test_each_snapshot_is_counted_with_its_frame() -> None:
    rehearsal = lived(RESTING)
    assert rehearsal.snapshots == 80
    for tap in rehearsal.taps:
        assert tap.codec.subprotocol == SUBPROTOCOL_MSGPACK
        assert tap.header_bytes == 80 * EMPTY_FRAME_BYTES
        assert tap.header_bytes <= tap.bytes < tap.header_bytes + 80 * 20  # a checksum now and then


def test_news_are_what_turns_cost() -> None:
    turning, resting = lived(FEW), lived(RESTING)
    for more, less in zip(turning.taps, resting.taps, strict=True):
        assert more.bytes > less.bytes + 80 * 5


def test_every_part_takes_its_share_of_the_clock() -> None:
    costs = astuple(lived(FEW).costs)
    assert costs == (240_000, 80_000, 80_000, 80_000, 80_000)


def test_who_was_not_told_is_noticed() -> None:
    rehearsal = lived(FEW)
    for tap in rehearsal.taps:
        tap._keeps = False
    for _ in range(60):
        rehearsal.advance()
    assert rehearsal.judge.error_units > 1.5


def test_the_same_seed_is_the_same_crowd() -> None:
    first, second = lived(NEVER, 30), lived(NEVER, 30)
    assert first.world.checksum() == second.world.checksum()
    assert [tap.bytes for tap in first.taps] == [tap.bytes for tap in second.taps]
    assert first.cell_bytes_most == second.cell_bytes_most > 100
