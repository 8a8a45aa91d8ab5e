"""Every parser that is given a stranger's bytes, as one function of bytes: they are parsed, or refused with our error.

Whatever else is raised is a mistake of ours. Where there is something to hold a parser to besides, it is held to it.
Hypothesis draws for these (`test_targets`), and a coverage-guided fuzzer searches (`python -m tests.fuzz`).
"""

import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Final

from wsproto import ConnectionType, WSConnection
from wsproto.events import Request as UpgradeRequest

from bots.sieve import Sieve as BotSieve
from bots.slices import cut_cells, read_cell, slice_snapshot
from protocol import frames, limits, stats
from protocol.arena import Arena, parse
from protocol.codec import CODECS, Codec, Wire
from protocol.errors import ArenaError, UserError, Violation
from protocol.messages import ClientMessage, Hello, ServerMessage
from protocol.near import pack_near, unpack_near
from protocol.packing import pack_changes, unpack_changes
from protocol.snapshot import Snapshot
from server.config import Config, load
from server.lobby import Lobby
from server.net.request import Refusal, Request, RequestReader, judge
from server.net.sieve import Sieve
from server.seats import digest
from server.session import State
from tests.fuzz.papers import PAPERS
from tests.fuzz.refusal import refusal
from tests.fuzz.replays import REPLAYS
from tests.instruments.stepper import Client, Stepper

Target = Callable[[bytes], None]
MSGPACK, JSON = CODECS[limits.SUBPROTOCOL_MSGPACK], CODECS[limits.SUBPROTOCOL_JSON]
REASON_BYTES_MAX: Final = 123
FRAME_HEADER_BYTES_MAX: Final = 14
READ_BYTES: Final = 1000


def frames_peel(data: bytes) -> None:
    """`protocol.frames`, both directions."""
    for masked in (True, False):
        taken, taken_bytes, awaits_more = frames.peel(data, masked, limits.MESSAGE_BYTES_MAX)
        assert sum(map(len, taken)) <= taken_bytes <= len(data)
        assert awaits_more or taken_bytes < len(data)
    alone = frames.only_message(data, limits.MESSAGE_BYTES_MAX)
    assert alone is None or frames.peel(data, True, limits.MESSAGE_BYTES_MAX)[:2] == ([alone], len(data))


def sieve(data: bytes) -> None:
    """`server.net.sieve`, however the bytes come: the same messages, the same bytes for the library."""
    whole, in_pieces = Sieve(limits.MESSAGE_BYTES_MAX), Sieve(limits.MESSAGE_BYTES_MAX)
    step = 1 + data[0] % 7 if data else 1
    messages, handed_on = whole.sift(data)
    pieces_messages: list[bytes] = []
    pieces_handed_on = b""
    for at in range(0, len(data), step):
        taken, passed = in_pieces.sift(data[at : at + step])
        pieces_messages += taken
        pieces_handed_on += passed
        assert len(in_pieces._held) <= limits.MESSAGE_BYTES_MAX + FRAME_HEADER_BYTES_MAX
    assert (messages, handed_on, whole._held) == (pieces_messages, pieces_handed_on, in_pieces._held)
    BotSieve(limits.MESSAGE_BYTES_MAX).sort(data)


def _decode_client(codec: Codec, said: Wire) -> None:
    if (violation := refusal(Violation, lambda: codec.decode_client(said), ClientMessage)) is not None:
        assert 0 < len(violation.sentence.encode()) <= REASON_BYTES_MAX


def msgpack_client(data: bytes) -> None:
    """What a client says, in msgpack."""
    _decode_client(MSGPACK, data)


def json_client(data: bytes) -> None:
    """What a client says, in JSON; what is not UTF-8 the library refuses."""
    with suppress(UnicodeDecodeError):
        _decode_client(JSON, data.decode())


def stats_client(data: bytes) -> None:
    """What a watcher of the server says at `/stats`; what is not UTF-8 the library refuses."""
    with suppress(UnicodeDecodeError):
        said = data.decode()
        if (violation := refusal(Violation, lambda: stats.decode_client(said), (stats.Hello, stats.Look))) is not None:
            assert 0 < len(violation.sentence.encode()) <= REASON_BYTES_MAX


def msgpack_server(data: bytes) -> None:
    """What a server says, in msgpack, read whole and in slices."""
    with suppress(ValueError):
        assert isinstance(MSGPACK.decode_server(data), ServerMessage | Snapshot)
    with suppress(ValueError):
        if (slices := slice_snapshot(data)) is not None:
            assert slices.near is None or slices.near is not None
            for cell in cut_cells(slices.cells):
                read_cell(cell, slices.tick)


def json_server(data: bytes) -> None:
    """What a server says, in JSON."""
    with suppress(ValueError):
        assert isinstance(JSON.decode_server(data.decode()), ServerMessage | Snapshot)


def packed(data: bytes) -> None:
    """The packed parts of a snapshot: changes, and what is near."""
    with suppress(ValueError):
        changes = unpack_changes(data)
        if all(change[1] < 128 for change in changes):
            unpack_changes(pack_changes(changes))
    with suppress(ValueError):
        assert pack_near(unpack_near(data)) == data


def arena(data: bytes) -> None:
    """A map."""
    if (error := refusal(ArenaError, lambda: parse(data, "a map"), Arena)) is not None:
        assert str(error).startswith("a map: ")


@cache
def _config_file() -> Path:
    """One file for all; the fuzzer's process removes nothing when it is killed."""
    return Path(tempfile.mkdtemp(prefix="ricochet-fuzz-")) / "ricochet.toml"


def config(data: bytes) -> None:
    """A settings file."""
    for key in [key for key in os.environ if key.startswith("RICOCHET_")]:
        del os.environ[key]
    path = _config_file()
    path.write_bytes(data)
    if (error := refusal(UserError, lambda: load({}, path), Config)) is not None:
        assert str(error)


def request(data: bytes) -> None:
    """A request head. What may play must be what the library beneath accepts; what the web gets asks it for no more."""
    if (refused := refusal(Refusal, lambda: _read(data), bool)) is not None:
        assert refused.status.value >= 400
        assert refused.response("today").startswith(b"HTTP/1.1 ")


def _read(data: bytes) -> bool:
    reader = RequestReader()
    for at in range(0, len(data), READ_BYTES):
        found = reader.receive(data[at : at + READ_BYTES])
        if found is not None:
            _judge(found)
            for_web = RequestReader().receive(found.for_web())
            assert for_web is not None
            assert "upgrade" not in for_web.headers
            assert (for_web.method, for_web.path, for_web.version) == (found.method, found.path, found.version)
            return True
    return False


def _judge(found: Request) -> None:
    if judge(found, ["http://friend.example"]) is not None:
        library = WSConnection(ConnectionType.SERVER)
        library.receive_data(found.raw)
        assert [type(event) for event in library.events()] == [UpgradeRequest]


@cache
def _lobby() -> tuple[Stepper, Lobby]:
    stepper = Stepper(seed=1)
    stepper.join("Ann")
    return stepper, stepper.lobby


def token(data: bytes) -> None:
    """A resume token: whoever doesn't have it changes nothing for whom it is for."""
    stepper, lobby = _lobby()
    kept = dict(lobby.seating.taken)
    shown = data.decode("utf-8", "replace")[: limits.TOKEN_CHARS_MAX]
    if digest(shown) in kept:
        return
    stranger = stepper.connect()
    stranger.say(Hello(limits.PROTOCOL_VERSION, "Eve", resume=shown), stepper.now_s)
    assert {seat: lobby.seating.taken.get(seat) for seat in kept} == kept
    assert stranger.session.seat is not None
    lobby.seating.give_up(stranger.session.seat)
    _forget(stepper, stranger)


def _forget(stepper: Stepper, gone: Client) -> None:
    """The room goes on, with nothing kept of `gone` nor of what Ann was told."""
    gone.session.lost(stepper.now_s)
    stepper.clients.remove(gone)
    for client in stepper.clients:
        client.read()
        for told in (client.snapshots, client.events, client.errors, client.chats, client.pongs):
            told.clear()


def conversation(data: bytes) -> None:
    """Messages one after the other, each with its length before it, from a client in play."""
    stepper, lobby = _lobby()
    client = stepper.join("Bob")
    while data and client.session.state is State.PLAYING:
        length, data = data[0], data[1:]
        client.session.receive(data[:length], stepper.now_s)
        data = data[length:]
    stepper.step()
    if client.session.seat is not None:
        lobby.seating.give_up(client.session.seat)
    _forget(stepper, client)
    assert len(lobby.sessions) == 1


TARGETS: Final[dict[str, Target]] = {
    target.__name__: target
    for target in (
        frames_peel,
        sieve,
        msgpack_client,
        json_client,
        stats_client,
        msgpack_server,
        json_server,
        packed,
        arena,
        config,
        request,
        token,
        conversation,
        *PAPERS,
        *REPLAYS,
    )
}
