"""Whatever bytes a parser is given: they are parsed or refused with our error, in the memory that is stated here."""

import random
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol import limits
from tests.fuzz.examples import examples
from tests.fuzz.targets import TARGETS

MEMORY_BYTES_MAX = {"arena": 64_000_000, "msgpack_server": 128_000_000}
"""What one parse may take at its peak, with the longest input that is read at all. A server is trusted with more."""
MEMORY_BYTES_MAX_ELSE = 8_000_000
NESTED = (b"\x91", b"\x81\xa1a", b"[", b'{"a":', b"a.", b"[[a]]\n", b"\xdd\x00\x00\x40\x00", b"\xc7\xff\x01", b"\xff")
"""Again and again, these are the deepest or the most of something."""
SLOW = ("token", "conversation", "config", "checkpoint")


@st.composite
def almost(draw: st.DrawFn, name: str) -> bytes:
    """What is meant, with a few bytes changed, cut out or put in; or anything at all."""
    if draw(st.integers(0, 4)) == 0:
        return draw(st.binary(max_size=300))
    data = bytearray(draw(st.sampled_from(examples(name))))
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(data)))
        data[at : at + draw(st.integers(0, 3))] = draw(st.binary(max_size=4))
    return bytes(data[: draw(st.integers(0, len(data)))] if draw(st.booleans()) else data)


@pytest.mark.parametrize("name", TARGETS)
def test_any_bytes_are_parsed_or_refused(name: str) -> None:
    @settings(max_examples=60 if name in SLOW else 200)
    @given(almost(name))
    def check(data: bytes) -> None:
        TARGETS[name](data)

    check()


@pytest.mark.parametrize("name", TARGETS)
def test_what_is_meant_is_parsed(name: str) -> None:
    for data in examples(name):
        TARGETS[name](data)


def again_and_again(piece: bytes, size_bytes: int) -> bytes:
    return (piece * (size_bytes // len(piece) + 1))[:size_bytes]


@pytest.mark.parametrize("name", TARGETS)
def test_the_longest_and_deepest_take_no_more_memory_than_is_stated(name: str) -> None:
    bytes_max = limits.ARENA_BYTES_MAX if name == "arena" else limits.MESSAGE_BYTES_MAX
    nested = NESTED[2:4] if name == "arena" else NESTED  # to trace what a million bytes take takes long
    longest = [again_and_again(piece, bytes_max) for piece in (*nested, *examples(name)[:3])]
    longest.append(random.Random(1).randbytes(bytes_max))
    TARGETS[name](longest[0])  # what is made once, is made here
    tracemalloc.start()
    try:
        for data in longest:
            tracemalloc.reset_peak()
            before, _ = tracemalloc.get_traced_memory()
            TARGETS[name](data)
            _, peak = tracemalloc.get_traced_memory()
            assert peak - before < MEMORY_BYTES_MAX.get(name, MEMORY_BYTES_MAX_ELSE), data[:20]
    finally:
        tracemalloc.stop()
