"""Each cell is encoded once for each encoding, only if asked, and joined once for each sight."""

from collections import Counter

from protocol.cells import Block
from protocol.packing import FlatKeyframe, PackedDelta, pack_changes
from protocol.snapshot import Field
from server.encoded_cells import EncodedCells, Told
from tests.instruments.encodings import JSON, MSGPACK

FIVE = pack_changes([[7, Field.STATUS, 1]])


class Makers:
    """Counts what it is asked to make."""

    def __init__(self) -> None:
        self.deltas, self.keyframes = Counter[int](), Counter[int]()
        self.cells = EncodedCells(
            Told(8, {1, 2, 5}, {2: frozenset((1, 3))}, {5: FIVE}, self.delta_of, self.keyframe_of)
        )

    def delta_of(self, cell: int, known: frozenset[int]) -> PackedDelta:
        self.deltas[cell] += 1
        return PackedDelta(cell, None, sorted(known), [], b"")

    def keyframe_of(self, cell: int) -> FlatKeyframe:
        self.keyframes[cell] += 1
        return FlatKeyframe(cell, 0, [])


def test_a_cell_without_news_has_no_delta() -> None:
    makers = Makers()
    assert not makers.cells.encoding(MSGPACK).delta_alone(3)
    assert makers.cells.encoding(MSGPACK).joined((3, 4)) == (0, b"")
    assert not makers.deltas


def test_each_is_encoded_once_for_each_encoding() -> None:
    makers = Makers()
    for _ in range(3):
        for codec in (MSGPACK, JSON):
            makers.cells.encoding(codec).delta_alone(1)
            makers.cells.encoding(codec).joined((1, 2, 3))
            makers.cells.encoding(codec).keyframe(7)
    assert makers.deltas == {1: 2, 2: 2}  # nobody asked for cell 2 alone
    assert makers.keyframes == {7: 2}


def test_who_sees_the_same_gets_the_same_bytes() -> None:
    makers = Makers()
    count, joined = makers.cells.encoding(MSGPACK).joined((1, 2, 3))
    assert count == 2
    assert makers.cells.encoding(MSGPACK).joined((1, 2, 3))[1] is joined
    both = (PackedDelta(1, None, [], [], b""), PackedDelta(2, None, [1, 3], [], b""))
    assert joined == MSGPACK.join([MSGPACK.delta(delta, 8) for delta in both])


def test_a_cell_is_told_by_which_of_its_sources_are_known() -> None:
    cells = Makers().cells
    told = {sight: cells.encoding(MSGPACK).joined(sight)[1] for sight in [(2,), (1, 2), (2, 3), (2, 4)]}
    assert told[2,] == told[2, 4] == cells.encoding(MSGPACK).delta_alone(2)
    assert len({told[2,], told[1, 2], told[2, 3]}) == 3


def test_plain_news_needs_nobody_to_make_it() -> None:
    makers = Makers()
    for codec in (MSGPACK, JSON):
        assert makers.cells.encoding(codec).delta_alone(5) == codec.delta(PackedDelta(5, None, [], [], FIVE), 8)
    assert not makers.deltas


def test_whoever_passes_from_one_sight_to_another_is_told_the_news_of_what_stays_and_all_of_what_comes() -> None:
    makers = Makers()
    encoding = makers.cells.encoding(MSGPACK)
    count, told = encoding.passage(Block((1, 2, 3, 4)), Block((2, 3, 5, 6)))
    keyframes = [MSGPACK.keyframe(FlatKeyframe(cell, 0, []), 8) for cell in (5, 6)]
    assert count == 3
    assert told == MSGPACK.join([MSGPACK.delta(PackedDelta(2, None, [], [], b""), 8), *keyframes]), "cell 1 is gone"
    assert encoding.passage(Block((1, 2, 3, 4)), Block((2, 3, 5, 6)))[1] is told
    assert encoding.passage(Block(), Block((6,))) == (1, keyframes[1])
    assert makers.keyframes == {5: 1, 6: 1}
