"""Parsers of replays: a file as it is, and what stands in a chunk once its checksum and its packing are right."""

from collections.abc import Callable
from typing import Final

import zstandard

from bots.replay.figures import Figures, watch
from protocol.codec import CODECS
from protocol.errors import ReplayError
from protocol.limits import PROTOCOL_VERSION, SUBPROTOCOL_MSGPACK
from protocol.messages import PlayerInfo, Welcome
from protocol.replay import CHUNK, Block, Header, Replay, Writer
from server.games.melee import KINDS
from tests.fuzz.papers import SMALL
from tests.fuzz.refusal import refusal

WELCOME: Final = Welcome(
    1, 0, "main", "melee", 7, 60, 30, 512, "", "spectator", [], list(KINDS), SMALL, [PlayerInfo(1, "Ann", 3, False)]
)
HEADER: Final = Writer().begin(Header(PROTOCOL_VERSION, 0), CODECS[SUBPROTOCOL_MSGPACK].encode(WELCOME), 7)


def replay(data: bytes) -> None:
    """A file."""
    _played(lambda: watch(Replay(data))[0])


def replay_chunk(data: bytes) -> None:
    """Items, each with its length before it."""
    read = Replay(HEADER)
    read.chunks.append(Block(CHUNK, 8, len(data), zstandard.ZstdCompressor(level=1).compress(data), len(HEADER)))
    _played(lambda: watch(read)[0])


def _played(play: Callable[[], Figures]) -> None:
    if (error := refusal(ReplayError, play, Figures)) is not None:
        assert str(error).startswith("this can't be played: ")


REPLAYS: Final = (replay, replay_chunk)
