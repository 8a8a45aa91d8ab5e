"""Has every match written down: the tapes of all rooms, and the one worker thread that packs and writes.

The tick hands on a list of messages every ten seconds and waits for nothing. What the thread has not done yet is
bounded; where a recording would go beyond that it is given up whole, and counted, and so is one that can't be written.
Whoever is in a room is told the id of each of its recordings as soon as it can be watched.
"""

import time
from collections.abc import Callable
from functools import partial
from math import inf
from typing import Final

import structlog
import trio

from protocol.limits import PROTOCOL_VERSION
from protocol.replay import Header
from server.config import Config
from server.lobby import Lobby
from server.replay.archive import Archive, Recording, id_of, private_id
from server.replay.tape import RECORDED, Ending, Reel, Tape
from server.results import Result
from server.room import Room
from server.statistics import Recorded

WAITING_BYTES_MAX: Final = 32 << 20
"""Of messages that are not written yet, of all rooms; they are about twice as many as are packed."""
LAST_S_MAX: Final = 5.0
"""How long the last chunks may take when the server stops."""
SECONDS_MIN: Final = 5.0
"""What is shorter is not kept."""

Job = Callable[[], None]

log = structlog.get_logger("ricochet.replay")


def nothing() -> None:
    """What follows most jobs."""


class Recorder:
    """A `Listener` that puts a tape into each room. `run` is what writes. Without an archive there is nothing to do."""

    def __init__(self, archive: Archive | None, counted: Recorded) -> None:
        self.archive, self.counted = archive, counted
        self._tapes: dict[Room, Tape] = {}
        self._send, self._receive = trio.open_memory_channel[tuple[int, Job, Job]](inf)
        """(bytes, job, what follows it) each; bounded by the bytes, and by a few jobs without any for each of these."""
        self._waiting_bytes = 0
        self._idle = trio.Event()

    # what rooms tell ---------------------------------------------------------------------------------------

    def opened(self, room: Room) -> None:
        room.tap = self._tapes[room] = Tape(room, self._begin)

    def concluded(self, room: Room, result: Result) -> None:
        if (tape := self._tapes.get(room)) is not None:
            tape.concluded(result)

    def closed(self, room: Room) -> None:
        if (tape := self._tapes.pop(room, None)) is not None:
            room.tap = None
            tape.finish()

    def _begin(self, room: Room, welcome: bytes) -> Reel | None:
        now_s = time.time()
        archive = self.archive
        assert archive is not None, "without one there is no tape"
        name = private_id() if room.card.is_private else id_of(room.name, room.game.name, now_s)
        begin = partial(archive.begin, name, Header(PROTOCOL_VERSION, int(now_s)), welcome, room.tick)
        return Spool(self, archive, begin, room.rates.tick_rate, partial(self._tell, room))

    def _tell(self, room: Room, replay_id: str) -> None:
        """Whoever is in `room`, if that is still there."""
        if room in self._tapes:
            room.report(RECORDED, {"replay": replay_id})

    # what is written ---------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Write what there is to write; for ever."""
        if self.archive is None:
            return
        try:
            await self._do(self.archive.load)
            await self._write(self.archive)
        finally:
            self.archive.close()

    async def _write(self, archive: Archive) -> None:
        self._count(archive)
        async for size_bytes, job, then in self._receive:
            await self._do(job, then)
            self._waiting_bytes -= size_bytes
            self._count(archive)
            if not self._receive.statistics().current_buffer_used:
                self._idle.set()

    async def finish(self) -> None:
        """Before the server stops: end all recordings, and have them written, if that is done in time."""
        if self.archive is None:
            return
        for room in list(self._tapes):
            self.closed(room)
        with trio.move_on_after(LAST_S_MAX, shield=True) as scope:
            self._idle = trio.Event()
            self.put(0, nothing)
            await self._idle.wait()
        if scope.cancelled_caught:
            log.error("the last replays could not be written in time")

    def put(self, size_bytes: int, job: Job, then: Job = nothing) -> bool:
        """Have `job` done in the thread, and `then` by the loop; False when too much waits already."""
        if self._waiting_bytes + size_bytes > WAITING_BYTES_MAX:
            return False
        self._waiting_bytes += size_bytes
        self._send.send_nowait((size_bytes, job, then))
        return True

    def _count(self, archive: Archive) -> None:
        counted = self.counted
        counted.replays, counted.replay_bytes = archive.count, archive.size
        counted.recording_waiting_bytes = self._waiting_bytes

    async def _do(self, job: Job, then: Job = nothing) -> None:
        try:
            await trio.to_thread.run_sync(job, abandon_on_cancel=True)
            then()
        except OSError as error:
            self.counted.recordings_failed += 1
            log.error("a replay could not be written", why=error.strerror or str(error))
        except Exception:
            self.counted.recordings_failed += 1
            log.exception("a replay could not be written")


class Spool:
    """One recording: said by its tape in the tick, written in the thread."""

    def __init__(
        self,
        recorder: Recorder,
        archive: Archive,
        begin: Callable[[], Recording],
        tick_rate: int,
        tell: Callable[[str], None],
    ) -> None:
        """`tell` is called with its id once it is there to be watched."""
        self._recorder, self._archive, self._tick_rate, self._tell = recorder, archive, tick_rate, tell
        self._recording: Recording | None = None
        """The thread's, as all that has `_in_thread` in its name."""
        self._has_failed = False
        recorder.put(0, partial(self._begin_in_thread, begin))

    def chunk(self, tick: int, messages: list[bytes]) -> bool:
        size_bytes = sum(map(len, messages))
        return not self._has_failed and self._recorder.put(size_bytes, partial(self._write_in_thread, tick, messages))

    def end(self, ending: Ending) -> None:
        is_long = ending.last_tick - ending.first_tick >= SECONDS_MIN * self._tick_rate
        if is_long:
            self._recorder.put(0, partial(self._end_in_thread, ending), self._told)
        else:
            self._recorder.put(0, self._drop_in_thread)

    def drop(self) -> None:
        self._recorder.counted.recordings_dropped += 1
        self._recorder.put(0, self._drop_in_thread)

    def _told(self) -> None:
        if self._recording is not None:
            self._tell(self._recording.id)

    def _begin_in_thread(self, begin: Callable[[], Recording]) -> None:
        self._attempt(lambda: setattr(self, "_recording", begin()))

    def _write_in_thread(self, tick: int, messages: list[bytes]) -> None:
        if (recording := self._recording) is not None:
            self._attempt(partial(self._archive.write, recording, tick, messages))

    def _end_in_thread(self, ending: Ending) -> None:
        if (recording := self._recording) is not None:
            self._attempt(partial(self._archive.end, recording, ending))
            self._recorder.counted.recordings += 1

    def _drop_in_thread(self) -> None:
        recording, self._recording = self._recording, None
        if recording is not None:
            self._archive.drop(recording)

    def _attempt(self, step: Callable[[], None]) -> None:
        """Where it can't be done there is no recording."""
        try:
            step()
        except Exception:
            self._has_failed = True
            self._drop_in_thread()
            raise


def recorder_of(config: Config, lobby: Lobby) -> Recorder:
    """Of a server with these settings, told of all of `lobby`'s rooms to come. Raises UserError when the folder for
    replays can't be had."""
    folder = config.replay_folder
    archive = None if folder is None else Archive(folder, config.replays_mb_max * 1_000_000)
    recorder = Recorder(archive, lobby.recorded)
    if archive is not None:
        lobby.heralds.listeners.append(recorder)
    return recorder
