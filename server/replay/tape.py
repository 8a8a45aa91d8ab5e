"""What one room says to a spectator who sees all of it, taken down chunk by chunk (`protocol.replay`).

A tape is a room's `Tap`. It costs the tick what is not there already: the cells' bytes are those that viewers are sent,
so there is a head to make and a list to add to. Every `CHUNK_S` it begins anew, as a spectator who comes in just then:
roster, greeting, the plan where one is built, keyframes. A chunk that is full is handed on; packing and writing are
somebody else's.

A recording is a match: from the tick in which the one before was over until `EPILOGUE_S` after its own end. Nothing is
recorded while nobody plays. What goes wrong here ends the recording and not the room.

The name of a private room is its key: a recording doesn't have it, nor the id of any other recording.
"""

from collections.abc import Callable
from typing import Final, Protocol

import structlog
from msgspec import Struct
from msgspec.structs import replace

from protocol.codec import CODECS
from protocol.limits import SUBPROTOCOL_MSGPACK
from protocol.messages import Event, ServerMessage, Welcome
from protocol.replay import FILE_BYTES_MAX, ITEM_BYTES_MAX, PLAIN_BYTES_MAX, Standing, roster
from server.build.buildable import Buildable
from server.introduction import introduce, welcome_of
from server.results import Result
from server.room import Room

CHUNK_S: Final = 10.0
CHUNK_BYTES_MAX: Final = PLAIN_BYTES_MAX // 4
"""Then another begins, whatever the time: what comes with one snapshot still fits."""
EPILOGUE_S: Final = 4.0
ALONE_S_MAX: Final = 10.0
"""A match that everybody has left for so long is over."""
RECORDING_S_MAX: Final = 3600.0
RECORDING_BYTES_MAX: Final = FILE_BYTES_MAX
"""What is longer than one of these goes on in a file of its own. The bytes are those before packing."""
REST_S: Final = 30.0
"""After a recording that was given up, or could not be begun, none is begun for so long."""

RECORDED: Final = "recorded"
"""The event that tells a room's people of a recording of theirs: `{replay: its id}`."""

log = structlog.get_logger("ricochet.replay")


class Ending(Struct, frozen=True):
    """What is known of a recording when it is over."""

    first_tick: int
    last_tick: int
    match_tick: int
    ended_tick: int | None = None
    standings: list[Standing] = []


class Reel(Protocol):
    """Where one recording goes. None of these may wait."""

    def chunk(self, tick: int, messages: list[bytes]) -> bool:
        """Keep it; whether there is room for it. Where there is none, the recording is given up."""

    def end(self, ending: Ending) -> None:
        """That was all."""

    def drop(self) -> None:
        """Forget it."""


class Tape:
    """One room's. `begin` makes the reel of a recording whose header has this welcome; None: not now."""

    def __init__(self, room: Room, begin: Callable[[Room, bytes], Reel | None]) -> None:
        self._room, self._begin = room, begin
        self._codec = CODECS[SUBPROTOCOL_MSGPACK]
        self._sight = tuple(range(room.grid.count))
        self._ticks = room.rates.ticks_in
        self._reel: Reel | None = None
        self._chunk: list[bytes] = []
        self._chunk_bytes = self._bytes = 0
        self._chunk_tick = self._first_tick = self._last_tick = self._match_tick = 0
        self._peopled_tick = 0
        """When somebody was last here."""
        self._rests_until = 0
        """No recording begins before."""
        self._result: Result | None = None
        """Of the match that is recorded, during its epilogue."""

    def said(self, message: ServerMessage) -> None:
        """Something that spectators hear."""
        if self._reel is None or (isinstance(message, Event) and message.name == RECORDED):
            return
        try:
            self._add(self._codec.encode(message))
        except Exception:
            self._fail()

    def shown(self) -> None:
        """A snapshot has been published."""
        try:
            self._take_down(self._room.publisher.tick)
        except Exception:
            self._fail()

    def concluded(self, result: Result) -> None:
        """The match is over; a little of what comes after it belongs to it."""
        if self._reel is not None and self._result is None:
            self._result = result

    def finish(self) -> None:
        """The recording ends here, if there is one."""
        if self._reel is None:
            return
        if not self._reel.chunk(self._chunk_tick, self._chunk):
            self._drop()
            return
        self._reel.end(self._ending())
        self._forget()

    # -------------------------------------------------------------------------------------------------------

    def _take_down(self, tick: int) -> None:
        room = self._room
        if room.players:
            self._peopled_tick = tick
        if self._reel is not None and self._is_over(tick):
            self.finish()
        if self._reel is None:
            if room.players and tick >= self._rests_until:
                self._begin_recording(tick)
        elif tick - self._chunk_tick >= self._ticks(CHUNK_S) or self._chunk_bytes >= CHUNK_BYTES_MAX:
            self._next_chunk(tick)
        else:
            self._add(self._snapshot(*room.publisher.encoding(self._codec).joined(self._sight)))
        self._last_tick = tick

    def _is_over(self, tick: int) -> bool:
        if self._result is not None and tick >= self._result.ended_tick + self._ticks(EPILOGUE_S):
            return True
        is_alone = tick - self._peopled_tick >= self._ticks(ALONE_S_MAX)
        is_long = tick - self._first_tick >= self._ticks(RECORDING_S_MAX) or self._bytes >= RECORDING_BYTES_MAX
        return is_alone or is_long

    def _begin_recording(self, tick: int) -> None:
        room = self._room
        welcome = self._codec.encode(_keyless(room, welcome_of(room, None, "")))
        self._reel = self._begin(room, welcome) if len(welcome) <= ITEM_BYTES_MAX else None
        if self._reel is None:
            self._rests_until = tick + self._ticks(REST_S)
            return
        self._first_tick, self._match_tick, self._bytes = tick, room.match_tick, 0
        self._begin_chunk(tick)

    def _next_chunk(self, tick: int) -> None:
        assert self._reel is not None
        if self._reel.chunk(self._chunk_tick, self._chunk):
            self._begin_chunk(tick)
        else:
            self._drop()

    def _begin_chunk(self, tick: int) -> None:
        """As a spectator who comes in now."""
        room, (welcome, greeting) = self._room, introduce(self._room, self._codec)
        self._chunk_tick, self._chunk, self._chunk_bytes = tick, [], 0
        self._add(roster(welcome.players, tick))
        for message in greeting:
            self._add(message)
        if isinstance(room.game, Buildable):
            self._add(self._codec.encode(room.game.desk.whole()))
        cells = [room.publisher.encoding(self._codec).keyframe(cell) for cell in self._sight]
        self._add(self._snapshot(len(cells), self._codec.join(cells)))

    def _snapshot(self, count: int, cells: bytes) -> bytes:
        return self._codec.snapshot(self._room.publisher.tick, 0, None, None, None, (), b"", count, cells)

    def _add(self, message: bytes) -> None:
        self._chunk.append(message)
        self._chunk_bytes += len(message)
        self._bytes += len(message)

    def _ending(self) -> Ending:
        ending = Ending(self._first_tick, self._last_tick, self._match_tick)
        if (result := self._result) is None:
            return ending
        return replace(ending, ended_tick=result.ended_tick, standings=standings_of(result))

    def _fail(self) -> None:
        log.exception("a recording is given up", room=self._room.name, tick=self._room.tick)
        self._drop()

    def _drop(self) -> None:
        reel = self._reel
        self._forget()
        self._rests_until = self._room.tick + self._ticks(REST_S)
        if reel is not None:
            reel.drop()

    def _forget(self) -> None:
        self._reel, self._chunk, self._chunk_bytes, self._result = None, [], 0, None


def _keyless(room: Room, welcome: Welcome) -> Welcome:
    return replace(welcome, room="", title=room.card.title) if room.card.is_private else welcome


def standings_of(result: Result) -> list[Standing]:
    """Without what accounts are known by: everybody may see a replay."""
    return [Standing(line.player, line.name, line.team, line.place, line.score, line.bot) for line in result.placings]
