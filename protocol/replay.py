"""A replay: one match as whoever sees the whole arena was told of it, in a file. Pure.

    head     RICOREPL · version (uint16)
    blocks   kind · tick · plain bytes · packed bytes · CRC-32 of these four and of what follows · a zstd frame
    tail     where the index begins (uint64) · RICOEND and a line feed                integers are little-endian

    header   what it is of, in JSON (`Header`), and the `welcome` of a spectator
    chunk    messages of PROTOCOL.md in msgpack: an event `roster`, the events that bring a newcomer up to date, a
             snapshot of nothing but keyframes, then everything else as it was said, up to the next chunk
    index    where the chunks are and how it ended, in JSON (`Index`)

What a block holds is items, each with its length (uint32) before it. A chunk needs none of those before it, so a replay
is played from any of them. Blocks say themselves how long they are: a file that was cut off is whole up to its last
whole block, and only tells less of how it ended.

Whatever the bytes, they are understood or refused with a `ReplayError`, and of a block no more than `PLAIN_BYTES_MAX`
is unpacked.
"""

import zlib
from collections.abc import Iterable, Iterator, Sequence
from struct import Struct as Layout
from typing import Annotated, Any, Final, NoReturn, TypeVar

import msgspec
import zstandard
from msgspec import Meta, Struct, field

from protocol.codec import CODECS, check_shape
from protocol.errors import ReplayError
from protocol.limits import PROTOCOL_VERSION, SUBPROTOCOL_MSGPACK
from protocol.messages import Event, PlayerInfo, Tick, Welcome

VERSION: Final = 1
MAGIC: Final = b"RICOREPL"
END: Final = b"RICOEND\n"
FILE_BYTES_MAX: Final = 256_000_000
PLAIN_BYTES_MAX: Final = 4 << 20
"""Of one block, unpacked."""
ITEM_BYTES_MAX: Final = 1 << 20
"""Of one message: a welcome has a whole arena in it."""
RECORDED_S_MAX: Final = 253_402_300_799
"""The last second that has a date, of the year 9999."""
LEVEL: Final = 9
"""Of zstd: 1 ms for ten seconds of sixteen players, and all that the levels above would save is a hundredth."""
ROSTER: Final = "roster"
"""The event that a chunk begins with: `{players: [as in welcome, …]}`."""
HEADER, CHUNK, INDEX = 1, 2, 3
_HEAD: Final = Layout("<8sH")
_BLOCK: Final = Layout("<BIIII")
_CRC_AT: Final = _BLOCK.size - 4
_TAIL: Final = Layout("<Q8s")
_LENGTH: Final = Layout("<I")
_CODEC: Final = CODECS[SUBPROTOCOL_MSGPACK]
Kind = TypeVar("Kind")


class Header(Struct, frozen=True):
    """What stands before the welcome."""

    protocol: int
    """The version of the messages."""
    recorded_s: Annotated[int, Meta(ge=0, le=RECORDED_S_MAX)]
    """When it was begun, in Unix time."""


class Standing(Struct, frozen=True):
    """How somebody ended."""

    player: int
    name: str
    team: int = 0
    place: int = 0
    score: int = 0
    bot: bool = False


class Index(Struct, frozen=True):
    """What is known at the end."""

    chunks: list[tuple[Tick, Annotated[int, Meta(ge=0, le=2**53)]]]
    """The tick of each, and where it begins in the file."""
    first_tick: Tick
    last_tick: Tick
    match_tick: Tick
    """When the match had begun."""
    ended_tick: Tick | None = None
    """When it was over; None: it was broken off."""
    standings: list[Standing] = field(default_factory=list)


class Block(Struct, frozen=True):
    """One, still packed."""

    kind: int
    tick: int
    plain_bytes: int
    packed: bytes
    offset: int


# writing ---------------------------------------------------------------------------------------------------


class Writer:
    """Makes the bytes of one replay, in their order. Each call returns what is to be written next."""

    def __init__(self) -> None:
        self._packer = zstandard.ZstdCompressor(level=LEVEL)
        self._chunks: list[tuple[int, int]] = []
        self.size = 0

    def begin(self, header: Header, welcome: bytes, tick: int) -> bytes:
        items = [msgspec.json.encode(header), welcome]
        return self._said(_HEAD.pack(MAGIC, VERSION) + self._block(HEADER, tick, items))

    def chunk(self, tick: int, messages: Sequence[bytes]) -> bytes:
        """All that was said from `tick` on."""
        self._chunks.append((tick, self.size))
        return self._said(self._block(CHUNK, tick, messages))

    def end(
        self, first_tick: int, last_tick: int, match_tick: int, ended_tick: int | None, standings: list[Standing]
    ) -> bytes:
        offset = self.size
        index = Index(self._chunks, first_tick, last_tick, match_tick, ended_tick, standings)
        block = self._block(INDEX, last_tick, [msgspec.json.encode(index)])
        return self._said(block + _TAIL.pack(offset, END))

    def _block(self, kind: int, tick: int, items: Iterable[bytes]) -> bytes:
        plain = b"".join(part for item in items for part in (_LENGTH.pack(len(item)), item))
        assert len(plain) <= PLAIN_BYTES_MAX, "whoever records begins another chunk in time"
        packed = self._packer.compress(plain)
        head = _BLOCK.pack(kind, tick, len(plain), len(packed), 0)[:_CRC_AT]
        return head + _LENGTH.pack(_crc(head, packed)) + packed

    def _said(self, written: bytes) -> bytes:
        self.size += len(written)
        return written


# reading ---------------------------------------------------------------------------------------------------


class Replay:
    """A file, understood: what it is of, and its chunks, in order. Raises ReplayError."""

    def __init__(self, file: bytes) -> None:
        check_version(file)
        blocks = list(_whole_blocks(file, _HEAD.size))
        if not blocks or blocks[0].kind != HEADER:
            _refuse("not even its beginning is there")
        self.header, self.welcome = read_header(blocks[0])
        self.chunks = [block for block in blocks if block.kind == CHUNK]
        indices = [block for block in blocks if block.kind == INDEX]
        self.index = read_index(indices[0]) if indices else None
        """None: it was cut off, and how it ended isn't known."""
        self.size = len(file)
        self.unread_bytes = len(file) - _end_of(blocks[-1]) - (_TAIL.size if indices else 0)
        """What comes after the last whole block, and is no tail."""

    @property
    def is_whole(self) -> bool:
        return self.index is not None and self.unread_bytes == 0


def check_version(file: bytes) -> None:
    """Raises ReplayError when it is none, or of another version."""
    if len(file) < _HEAD.size or not file.startswith(MAGIC):
        _refuse("it is no replay of Ricochet")
    version = _HEAD.unpack_from(file)[1]
    if version != VERSION:
        age = "older than" if version < VERSION else "newer than"
        _refuse(f"it is of version {version}, {age} the version {VERSION} that can be played here")


def messages_of(block: Block) -> list[bytes]:
    """What a chunk holds. Raises ReplayError."""
    return list(_items(block))


def read_header(block: Block) -> tuple[Header, Welcome]:
    """Raises ReplayError."""
    items = messages_of(block)
    if len(items) != 2:
        _refuse("its header is not one")
    header = _read_json(items[0], Header)
    if header.protocol != PROTOCOL_VERSION:
        _refuse(f"its messages are of version {header.protocol}, and those of {PROTOCOL_VERSION} can be played here")
    welcome = read_message(items[1])
    if not isinstance(welcome, Welcome) or welcome.tick_rate < 1 or welcome.snapshot_rate < 1:
        _refuse("its header has no welcome")
    return header, welcome


def read_index(block: Block) -> Index:
    """Raises ReplayError."""
    return _read_json(b"".join(messages_of(block)), Index)


def read_message(wire: bytes) -> Any:
    """What a server says, or a snapshot. Raises ReplayError."""
    try:
        check_shape(wire)
        return _CODEC.decode_server(wire)
    except (ValueError, ArithmeticError) as error:
        _refuse(f"a message can't be read: {error}")


def read_block(file: bytes, offset: int) -> Block | None:
    """The block at `offset` of a file, or of any part of one; None when it isn't whole."""
    begin = offset + _BLOCK.size
    if not 0 <= offset <= len(file) - _BLOCK.size:
        return None
    kind, tick, plain_bytes, packed_bytes, crc = _BLOCK.unpack_from(file, offset)
    packed = file[begin : begin + packed_bytes]
    if kind not in (HEADER, CHUNK, INDEX) or len(packed) != packed_bytes:
        return None
    if crc != _crc(file[offset : offset + _CRC_AT], packed):
        return None
    return Block(kind, tick, plain_bytes, packed, offset)


def index_offset(tail: bytes) -> int | None:
    """Where the index begins, by a file's last bytes; None when it was cut off."""
    if len(tail) < _TAIL.size:
        return None
    offset, end = _TAIL.unpack(tail[-_TAIL.size :])
    return int(offset) if end == END else None


def header_of(beginning: bytes) -> tuple[Header, Welcome]:
    """By a file's first bytes. Raises ReplayError."""
    check_version(beginning)
    block = read_block(beginning, _HEAD.size)
    if block is None or block.kind != HEADER:
        _refuse("not even its beginning is there")
    return read_header(block)


def roster(players: list[PlayerInfo], tick: int) -> bytes:
    """The message that a chunk begins with."""
    return _CODEC.encode(Event(tick, ROSTER, {"players": msgspec.to_builtins(players)}))


def _whole_blocks(file: bytes, offset: int) -> Iterator[Block]:
    """Up to the index, or to where it was cut off."""
    while (block := read_block(file, offset)) is not None:
        yield block
        if block.kind == INDEX:
            return
        offset = _end_of(block)


def _end_of(block: Block) -> int:
    return block.offset + _BLOCK.size + len(block.packed)


def _items(block: Block) -> Iterator[bytes]:
    plain, at = _unpacked(block), 0
    while at < len(plain):
        begin = at + _LENGTH.size
        length = _LENGTH.unpack_from(plain, at)[0] if begin <= len(plain) else ITEM_BYTES_MAX + 1
        if length > ITEM_BYTES_MAX or begin + length > len(plain):
            _refuse("a block says that it is longer than it is")
        yield plain[begin : begin + length]
        at = begin + length


def _unpacked(block: Block) -> bytes:
    """The frame says how large it is, and must be as large as the block says, so that nothing larger is ever made."""
    if block.plain_bytes > PLAIN_BYTES_MAX:
        _refuse(f"a block has more than {PLAIN_BYTES_MAX} bytes")
    try:
        if zstandard.frame_content_size(block.packed) != block.plain_bytes:
            _refuse("a block is of another size than it says")
        return zstandard.ZstdDecompressor().decompress(block.packed)
    except zstandard.ZstdError as error:
        _refuse(f"a block can't be unpacked: {error}")


def _read_json(item: bytes, kind: type[Kind]) -> Kind:
    try:
        return msgspec.json.decode(item, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        _refuse(f"what it says of itself can't be read: {error}")


def _crc(head: bytes, packed: bytes) -> int:
    return zlib.crc32(packed, zlib.crc32(head))


def _refuse(why: str) -> NoReturn:
    raise ReplayError(f"this can't be played: {why}")
