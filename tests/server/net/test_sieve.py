"""The sieve takes whole binary messages, hands on the rest, and doesn't care where the bytes were cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol import frames
from server.net.sieve import Sieve
from tests.server.net.wires import conversations, cut, frame

MAX = 300
PING, PONG, CLOSE = (frame(b"p", first) for first in (0x89, 0x8A, 0x88))
TEXT = frame(b"text", frames.TEXT)
ONE, TWO, THREE = frame(b"one"), frame(b"2" * 200), frame(b"")


def sift(*pieces: bytes) -> tuple[list[bytes], bytes]:
    sieve, messages, handed_on = Sieve(MAX), [], b""
    for piece in pieces:
        taken, rest = sieve.sift(piece)
        messages += taken
        handed_on += rest
    return messages, handed_on


def test_whole_binary_messages_are_taken() -> None:
    assert sift(ONE + TWO + THREE) == ([b"one", b"2" * 200, b""], b"")


def test_pings_and_pongs_between_them_are_handed_on() -> None:
    assert sift(PING + ONE + PONG + PING + TWO) == ([b"one", b"2" * 200], PING + PONG + PING)


@pytest.mark.parametrize("control", [PING, PONG])
def test_a_control_frame_is_handed_on_whole(control: bytes) -> None:
    sieve = Sieve(MAX)
    assert [sieve.sift(control[n : n + 1]) for n in range(len(control))] == [
        *[([], b"")] * (len(control) - 1),
        ([], control),
    ]
    assert sieve.sift(ONE) == ([b"one"], b"")


@pytest.mark.parametrize(
    "end",
    [
        TEXT,
        CLOSE,
        frame(b"begin", 0x02),
        frame(b"x" * (MAX + 1)),
        frame(b"x" * 70_000),
        bytes((0xC2,)) + ONE[1:],
        frames.header(3) + b"bad",
        bytes((0x89, 0x03)) + b"bad",
        bytes((0x89, 0xFE)) + b"too long a ping",
        b"\x82\xfe\x00\x05not the shortest form",
        b"garbage",
    ],
)
def test_anything_else_shuts_it_for_good(end: bytes) -> None:
    assert sift(ONE + end + TWO) == ([b"one"], end + TWO)
    assert sift(ONE, end, TWO) == ([b"one"], end + TWO)


def test_a_shut_one_takes_nothing() -> None:
    assert Sieve(MAX, shut=True).sift(ONE) == ([], ONE)


@given(conversations(MAX), st.data())
def test_it_makes_no_difference_where_the_bytes_are_cut(wire: bytes, data: st.DataObject) -> None:
    assert sift(*data.draw(cut(wire))) == sift(wire)


@given(conversations(MAX))
def test_no_byte_is_lost_or_invented(wire: bytes) -> None:
    """Each message takes the place of one frame; what is held at the end is the beginning of a frame."""
    messages, handed_on = sift(wire)
    taken_bytes = sum(len(frame(message)) for message in messages)
    held_bytes = len(wire) - taken_bytes - len(handed_on)
    assert 0 <= held_bytes < len(frame(b"x" * MAX))


def test_it_says_when_the_next_byte_begins_a_frame_that_may_be_taken() -> None:
    sieve, whole = Sieve(MAX), frame(b"abc")
    assert sieve.is_between
    assert sieve.sift(whole[:3]) == ([], b"")
    assert not sieve.is_between, "it is the middle of one here"
    assert sieve.sift(whole[3:]) == ([b"abc"], b"")
    assert sieve.is_between
    sieve.sift(TEXT)
    assert not sieve.is_between
    shut = Sieve(MAX, shut=True)
    assert not shut.is_between
    shut.open()
    assert shut.is_between
    assert shut.sift(whole) == ([b"abc"], b"")


@pytest.mark.parametrize("begun", [b"", TWO[:1], TWO[:100]])
def test_one_that_is_shut_hands_on_what_it_holds_and_all_that_comes(begun: bytes) -> None:
    sieve = Sieve(MAX)
    assert sieve.sift(ONE + begun) == ([b"one"], b"")
    sieve.shut()
    assert not sieve.is_between
    assert sieve.sift(TWO[len(begun) :] + ONE) == ([], TWO + ONE)
    assert sieve.sift(THREE) == ([], THREE)
    assert not sieve.is_between
