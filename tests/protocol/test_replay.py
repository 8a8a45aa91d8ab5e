"""A replay's bytes: what was written is read, what was cut is read as far as it goes, and nothing else is believed."""

import json
import struct
import tracemalloc
import zlib
from functools import partial
from typing import Any

import msgspec
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import asdict, replace

from protocol import replay
from protocol.arena import Arena, Place, Size
from protocol.codec import CODECS
from protocol.errors import ReplayError
from protocol.limits import PROTOCOL_VERSION, SUBPROTOCOL_MSGPACK
from protocol.messages import ChatLine, Event, PlayerInfo, Pong, Welcome
from protocol.replay import CHUNK, HEADER, INDEX, Header, Index, Replay, Standing, Writer
from protocol.snapshot import Snapshot
from tests.fuzz.refusal import refusal

CODEC = CODECS[SUBPROTOCOL_MSGPACK]
PLAYERS = [PlayerInfo(1, "Ann", 3, False), PlayerInfo(2, "Bob", 4, True, 1)]
ARENA = Arena("box", Size(1024, 1024), [Place(100, 100)])
WELCOME = Welcome(1, 0, "main", "melee", 7, 60, 30, 512, "", "spectator", [], [], ARENA, PLAYERS)


def told(tick: int) -> bytes:
    return CODEC.encode(Event(tick, "kill", {"killer": 1, "victim": 2}))


def written(chunks: int = 3, ended_tick: int | None = 1700) -> bytes:
    """A replay with chunks of ten seconds."""
    writer = Writer()
    file = writer.begin(Header(PROTOCOL_VERSION, 1_700_000_000), CODEC.encode(WELCOME), 7)
    for n in range(chunks):
        file += writer.chunk(600 * n + 8, [replay.roster(PLAYERS, 600 * n + 8), told(600 * n + 9)])
    file += writer.end(8, 1800, 0, ended_tick, [Standing(1, "Ann", place=1, score=300)])
    assert writer.size == len(file)
    return file


def test_what_is_written_is_read() -> None:
    read = Replay(written())
    assert read.is_whole
    assert read.header == Header(PROTOCOL_VERSION, 1_700_000_000)
    assert asdict(read.welcome) == asdict(WELCOME)
    assert [chunk.tick for chunk in read.chunks] == [8, 608, 1208]
    offsets = [(chunk.tick, chunk.offset) for chunk in read.chunks]
    assert read.index == Index(offsets, 8, 1800, 0, 1700, [Standing(1, "Ann", place=1, score=300)])
    first, second = replay.messages_of(read.chunks[1])
    assert replay.read_message(first).body["players"][1] == {
        "id": 2,
        "name": "Bob",
        "colour": 4,
        "bot": True,
        "team": 1,
    }
    assert asdict(replay.read_message(second)) == asdict(Event(609, "kill", {"killer": 1, "victim": 2}))


def test_the_beginning_and_the_end_tell_what_it_is_of() -> None:
    file = written()
    header, welcome = replay.header_of(file[:2000])
    assert (header.recorded_s, welcome.game) == (1_700_000_000, "melee")
    offset = replay.index_offset(file[-16:])
    assert offset is not None
    block = replay.read_block(file[offset:], 0)
    assert block is not None
    assert replay.read_index(block).ended_tick == 1700


def test_a_file_that_was_cut_is_whole_up_to_its_last_whole_chunk() -> None:
    file = written()
    ends = [chunk.offset + 17 + len(chunk.packed) for chunk in Replay(file).chunks]
    begin = Replay(file).chunks[0].offset
    for size in range(len(file)):
        if size < begin:
            with pytest.raises(ReplayError):
                Replay(file[:size])
            continue
        read = Replay(file[:size])
        assert len(read.chunks) == sum(end <= size for end in ends)
        assert not read.is_whole
        assert replay.index_offset(file[:size]) is None


@given(st.data())
def test_a_changed_byte_is_noticed(data: st.DataObject) -> None:
    file = bytearray(written())
    at = data.draw(st.integers(0, len(file) - 1))
    file[at] ^= data.draw(st.integers(1, 255))
    try:
        read = Replay(bytes(file))
    except ReplayError:
        return
    whole = Replay(written())
    assert [c.packed for c in read.chunks] == [c.packed for c in whole.chunks][: len(read.chunks)]
    assert not read.is_whole or at >= len(file) - 16, "only the tail, which is a short cut, has no checksum"


@settings(max_examples=300)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(file: bytes) -> None:
    for candidate in (file, written()[:10] + file, written(1)[:300] + file):
        error = refusal(ReplayError, partial(read_all, candidate), int)
        assert error is None or str(error).startswith("this can't be played: ")


def read_all(file: bytes) -> int:
    """How many messages there are."""
    return sum(1 for chunk in Replay(file).chunks for wire in replay.messages_of(chunk) if replay.read_message(wire))


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (b"", "it is no replay of Ricochet"),
        (b"GIF89a, say, or a long text", "it is no replay of Ricochet"),
        (b"RICOREPL\0\0rest", "it is of version 0, older than the version 1"),
        (b"RICOREPL\7\0rest", "it is of version 7, newer than the version 1"),
        (b"RICOREPL\1\0", "not even its beginning"),
    ],
)
def test_what_can_not_be_played_says_why(file: bytes, sentence: str) -> None:
    with pytest.raises(ReplayError, match=sentence):
        Replay(file)


def block_of(kind: int, *items: bytes) -> bytes:
    """As a `Writer` writes it, whatever it is."""
    return Writer()._block(kind, 0, items)


HEADER_JSON = msgspec.json.encode(Header(PROTOCOL_VERSION, 0))
BEGINNING = written()[:10]


@pytest.mark.parametrize(
    ("blocks", "sentence"),
    [
        (block_of(HEADER, HEADER_JSON), "its header is not one"),
        (block_of(HEADER, HEADER_JSON, CODEC.encode(WELCOME), b""), "its header is not one"),
        (block_of(HEADER, HEADER_JSON, CODEC.encode(Pong(1, 1))), "its header has no welcome"),
        (block_of(HEADER, HEADER_JSON, CODEC.encode(replace(WELCOME, tick_rate=0))), "its header has no welcome"),
        (block_of(HEADER, HEADER_JSON, CODEC.encode(replace(WELCOME, snapshot_rate=0))), "its header has no welcome"),
        (block_of(CHUNK, HEADER_JSON, CODEC.encode(WELCOME)), "not even its beginning"),
        (block_of(9, HEADER_JSON, CODEC.encode(WELCOME)), "not even its beginning"),
    ],
)
def test_a_beginning_that_is_none_is_refused_however_it_is_read(blocks: bytes, sentence: str) -> None:
    for read in (Replay, replay.header_of):
        with pytest.raises(ReplayError, match=sentence):
            read(BEGINNING + blocks)
    with pytest.raises(ReplayError, match="no replay of Ricochet"):
        replay.header_of(b"RICO" + BEGINNING + blocks)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (HEADER, {"protocol": PROTOCOL_VERSION, "recorded_s": 10**400}),
        (HEADER, {"protocol": PROTOCOL_VERSION, "recorded_s": -1}),
        (HEADER, {"protocol": PROTOCOL_VERSION, "recorded_s": replay.RECORDED_S_MAX + 1}),
        (INDEX, {"chunks": [], "first_tick": 0, "match_tick": 0, "last_tick": 10**400}),
        (INDEX, {"chunks": [], "first_tick": -1, "match_tick": 0, "last_tick": 9}),
        (INDEX, {"chunks": [[0, -1]], "first_tick": 0, "match_tick": 0, "last_tick": 9}),
    ],
)
def test_numbers_that_nothing_has_are_refused(kind: int, said: dict[str, Any]) -> None:
    """Whoever reckons with them would fail."""
    welcome = [CODEC.encode(WELCOME)] if kind == HEADER else []
    block = replay.read_block(block_of(kind, json.dumps(said).encode(), *welcome), 0)
    assert block is not None
    with pytest.raises(ReplayError, match="what it says of itself can't be read: Expected `int`"):
        (replay.read_header if kind == HEADER else replay.read_index)(block)


def test_what_follows_the_index_or_is_of_no_kind_is_not_read() -> None:
    whole = written(1)
    more = Replay(whole[:-16] + block_of(CHUNK, told(700)))
    assert (len(more.chunks), more.is_whole) == (1, False)
    offset = replay.index_offset(whole[-16:])
    odd = Replay(whole[:offset] + block_of(9, told(700)) + block_of(CHUNK, told(701)))
    assert (len(odd.chunks), odd.index) == (1, None)


def test_the_slowest_room_can_be_played() -> None:
    writer = Writer()
    file = writer.begin(Header(PROTOCOL_VERSION, 0), CODEC.encode(replace(WELCOME, tick_rate=1, snapshot_rate=1)), 0)
    assert (Replay(file).welcome.tick_rate, Replay(file).size) == (1, len(file))


def test_messages_of_another_version_are_refused_with_a_sentence() -> None:
    writer = Writer()
    with pytest.raises(ReplayError, match="its messages are of version 9"):
        Replay(writer.begin(Header(9, 0), CODEC.encode(WELCOME), 0))


def forged(plain: bytes, plain_bytes: int | None = None) -> replay.Block:
    packed = zstandard.ZstdCompressor(level=3).compress(plain)
    return replay.Block(CHUNK, 0, len(plain) if plain_bytes is None else plain_bytes, packed, 0)


@pytest.mark.parametrize(
    "block",
    [
        forged(b"\0" * (replay.PLAIN_BYTES_MAX + 1)),
        forged(b"\0" * 50_000_000, plain_bytes=40),
        forged(b"\xff\xff\xff\xff and little more"),
        forged(struct.pack("<I", 100) + b"less than a hundred"),
        forged(b"\1\0"),
        replay.Block(CHUNK, 0, 40, b"no frame at all", 0),
    ],
)
def test_a_block_that_lies_is_refused_in_little_memory(block: replay.Block) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(ReplayError):
            replay.messages_of(block)
        assert tracemalloc.get_traced_memory()[1] < replay.PLAIN_BYTES_MAX + 1_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "wire",
    [
        b"\xdd\xff\xff\xff\xff",
        b"\x91" * 5000,
        b"\xdd\x00\x10\x00\x00" * 1000,
        b"\x93\x11\x01",
        b"\x91\x10\x10",
        b"\xc1",
        b"",
    ],
)
def test_a_message_that_announces_more_than_there_is_takes_no_memory(wire: bytes) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(ReplayError):
            replay.read_message(wire)
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


def test_every_message_of_a_server_can_be_in_a_replay() -> None:
    snapshot = CODEC.snapshot(9, 0, None, None, None, (), b"", 0, b"")
    assert isinstance(replay.read_message(snapshot), Snapshot)
    for message in (WELCOME, Pong(1, 2), ChatLine(1, "hello")):
        assert asdict(replay.read_message(CODEC.encode(message))) == asdict(message)


def test_a_block_knows_its_own_checksum() -> None:
    file = written()
    kind, tick, plain_bytes, packed_bytes, crc = struct.unpack_from("<BIIII", file, 10)
    assert (kind, tick) == (replay.HEADER, 7)
    assert crc == zlib.crc32(file[10:23] + file[27 : 27 + packed_bytes])
    assert len(zstandard.ZstdDecompressor().decompress(file[27 : 27 + packed_bytes])) == plain_bytes
