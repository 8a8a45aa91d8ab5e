"""Matches become files without a tick waiting for any of it, and what can't be written is given up and counted."""

import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random

import pytest
import structlog
import trio
import trio.testing

from protocol.errors import UserError
from protocol.replay import Replay, messages_of
from server import lives
from server.card import PERMANENT, Card
from server.config import Config
from server.replay import recorder as recorder_module
from server.replay import tape as tape_module
from server.replay.archive import Archive
from server.replay.recorder import Recorder, recorder_of
from tests.instruments.stepper import Stepper, arena_named, wander

LARGE = 10_000_000
EPILOGUE_S = tape_module.EPILOGUE_S


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tape_module, "CHUNK_S", 1.0)
    monkeypatch.setattr(tape_module, "EPILOGUE_S", 1.0)
    monkeypatch.setattr(recorder_module, "SECONDS_MIN", 1.0)


@asynccontextmanager
async def recording(
    folder: Path, match_s: float = 300.0, card: Card = PERMANENT
) -> AsyncIterator[tuple[Stepper, Recorder]]:
    """A room with two players in it and whatever they do recorded."""
    stepper = Stepper(1, options={"match_s": match_s})
    stepper.room.card = card
    recorder = Recorder(Archive(folder, LARGE), stepper.lobby.recorded)
    stepper.lobby.heralds.listeners.append(recorder)
    recorder.opened(stepper.room)
    for n in range(2):
        stepper.join(f"Player {n}", room=stepper.room.name).pilot = wander(Random(n))
    async with trio.open_nursery() as nursery:
        nursery.start_soon(recorder.run)
        yield stepper, recorder
        nursery.cancel_scope.cancel()


def is_empty(folder: Path) -> bool:
    return not list(folder.iterdir())


async def until(done: Callable[[], bool]) -> None:
    with trio.fail_after(20):
        while not done():
            await trio.testing.wait_all_tasks_blocked(0.005)


async def test_a_match_becomes_a_replay(tmp_path: Path) -> None:
    async with recording(tmp_path, match_s=10.0) as (stepper, recorder):
        stepper.step(stepper.rates.ticks_in(11.0) + 4)
        await until(lambda: recorder.counted.recordings == 1)
        assert recorder.archive is not None
        (summary,) = recorder.archive.summaries()
        assert summary.has_ended
        assert summary.standings[0].place == 1
        path = recorder.archive.find(summary.id)
        assert path is not None
        replay = Replay(path.read_bytes())
        assert replay.is_whole
        assert len(replay.chunks) in (11, 12)
        await until(lambda: recorder.counted.replays == 1)
        assert recorder.counted.replay_bytes == summary.bytes
        assert recorder.counted.recording_waiting_bytes == 0


async def test_what_is_being_recorded_is_finished_when_the_server_stops_or_the_room_closes(tmp_path: Path) -> None:
    async with recording(tmp_path) as (stepper, recorder):
        stepper.step(stepper.rates.ticks_in(2.5))
        stepper.lobby.close_room(stepper.room.name, stepper.now_s)
        assert stepper.room.tap is None
        await recorder.finish()
        other = stepper.lobby.open_room("other", type(stepper.room.game), stepper.room.arena, stepper.rates, 1)
        other.join("Bob", bot=True)
        for tick in range(stepper.rates.ticks_in(1.5)):
            other.advance(tick / 60)
        await recorder.finish()
        assert recorder.archive is not None
        assert [summary.room for summary in recorder.archive.summaries()] in (["other", "main"], ["main", "other"])
        assert all(summary.is_whole and not summary.has_ended for summary in recorder.archive.summaries())


async def test_what_is_too_short_is_not_kept(tmp_path: Path) -> None:
    async with recording(tmp_path) as (stepper, recorder):
        stepper.step(30)
        await recorder.finish()
        assert is_empty(tmp_path)
        assert recorder.counted.recordings == recorder.counted.recordings_dropped == 0
        for seconds in (1.5, 0.5):
            recorder.opened(stepper.room)
            stepper.step(stepper.rates.ticks_in(seconds))
            await recorder.finish()
        assert recorder.counted.recordings == 1, "it is short, however long the room has been there"


async def test_what_is_there_already_is_counted(tmp_path: Path) -> None:
    async with recording(tmp_path) as (stepper, recorder):
        stepper.step(stepper.rates.ticks_in(1.5))
        await recorder.finish()
        size_bytes = recorder.counted.replay_bytes
    async with recording(tmp_path) as (stepper, recorder):
        await until(lambda: recorder.counted.replays == 1)
        assert recorder.counted.replay_bytes == size_bytes


async def test_a_slow_disk_costs_a_recording_and_no_tick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()
    slow = Archive.write
    monkeypatch.setattr(Archive, "write", lambda *args: (released.wait(20), slow(*args))[1])
    async with recording(tmp_path) as (stepper, recorder):
        monkeypatch.setattr(recorder_module, "WAITING_BYTES_MAX", 8000)
        while not recorder.counted.recordings_dropped:
            stepper.step(stepper.rates.ticks_in(1.0))
            assert stepper.room.tick < stepper.rates.ticks_in(30.0)
            await trio.lowlevel.checkpoint()
        released.set()
        await recorder.finish()
        assert is_empty(tmp_path)
        assert recorder.counted.recordings == 0


async def test_a_full_disk_is_logged_and_counted_and_tried_again_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(tape_module, "REST_S", 1.0)
    async with recording(tmp_path) as (stepper, recorder):
        with monkeypatch.context() as patched:
            patched.setattr(Archive, "write", full)
            with structlog.testing.capture_logs() as said:
                stepper.step(stepper.rates.ticks_in(1.2))
                await until(lambda: recorder.counted.recordings_failed == 1)
            assert [(line["event"], line["why"]) for line in said] == [
                ("a replay could not be written", "no space left on device")
            ]
            stepper.step(stepper.rates.ticks_in(1.2))
            await until(lambda: recorder.counted.recordings_dropped == 1)
        assert is_empty(tmp_path)
        stepper.step(stepper.rates.ticks_in(3.5))
        await recorder.finish()
        assert recorder.counted.recordings == 1


async def test_a_server_that_stops_waits_for_the_last_chunks_and_says_so_when_that_takes_too_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with recording(tmp_path) as (stepper, recorder):
        stepper.step(stepper.rates.ticks_in(1.5))
        with structlog.testing.capture_logs() as said:
            await recorder.finish()
        assert said == []
    released = threading.Event()
    slow = Archive.write
    monkeypatch.setattr(Archive, "write", lambda *args: (released.wait(20), slow(*args))[1])
    monkeypatch.setattr(recorder_module, "LAST_S_MAX", 0.01)
    async with recording(tmp_path) as (stepper, recorder):
        stepper.step(stepper.rates.ticks_in(1.5))
        with structlog.testing.capture_logs() as said:
            await recorder.finish()
        assert [line["event"] for line in said] == ["the last replays could not be written in time"]
        released.set()


async def test_nothing_is_recorded_where_there_is_no_folder() -> None:
    stepper = Stepper(1)
    recorder = recorder_of(Config(), stepper.lobby)
    assert recorder not in stepper.lobby.heralds.listeners
    await recorder.finish()


def test_the_folder_goes_by_the_settings(tmp_path: Path) -> None:
    assert Config(state_dir=tmp_path).replay_folder == tmp_path / "replays"
    assert Config(state_dir=tmp_path, replay_dir=tmp_path / "r").replay_folder == tmp_path / "r"
    assert Config(state_dir=tmp_path, replays_mb_max=0).replay_folder is None
    stepper = Stepper(1)
    recorder = recorder_of(Config(replay_dir=tmp_path / "r"), stepper.lobby)
    assert recorder in stepper.lobby.heralds.listeners
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(UserError):
        recorder_of(Config(replay_dir=tmp_path / "file"), stepper.lobby)


async def test_a_private_room_is_recorded_for_those_who_are_told(tmp_path: Path) -> None:
    card = Card("Ours", "arena", is_private=True, is_permanent=False)
    async with recording(tmp_path, match_s=10.0, card=card) as (stepper, recorder):
        stepper.step(stepper.rates.ticks_in(11.0) + 4)
        await until(lambda: recorder.counted.recordings == 1)
        archive = recorder.archive
        assert archive is not None
        assert archive.summaries() == []
        await until(lambda: recorder.counted.replays == 1)
        stepper.step(4)
        (told,) = stepper.clients[0].events_named("recorded")
        path = archive.find(told["replay"])
        assert path is not None
        assert path.name.startswith("private-")
        replay = Replay(path.read_bytes())
        assert (replay.welcome.room, replay.welcome.title) == ("", "Ours")
        assert replay.index is not None
        assert replay.index.standings[0].place == 1
        said = [wire for chunk in replay.chunks for wire in messages_of(chunk)]
        assert not [wire for wire in said if stepper.room.name.encode() in wire]


async def test_whoever_plays_or_watches_is_told_of_each_recording(tmp_path: Path) -> None:
    async with recording(tmp_path, match_s=10.0) as (stepper, recorder):
        watching = stepper.join("Wes", role="spectator")
        stepper.step(stepper.rates.ticks_in(10.5))
        assert watching.events_named("recorded") == [], "the match is over, and what comes after it is still recorded"
        stepper.step(stepper.rates.ticks_in(0.5) + 4)
        await until(lambda: recorder.counted.recordings == 1)
        await until(lambda: recorder.counted.replays == 1)
        stepper.step(4)
        assert recorder.archive is not None
        (summary,) = recorder.archive.summaries()
        told = [client.events_named("recorded") for client in stepper.clients]
        assert told == [[{"replay": summary.id}]] * 3


async def test_nobody_is_told_of_what_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError("no space left on device")

    async with recording(tmp_path, match_s=10.0) as (stepper, recorder):
        monkeypatch.setattr(Archive, "end", full)
        stepper.step(stepper.rates.ticks_in(11.0) + 4)
        await until(lambda: recorder.counted.recordings_failed == 1)
        stepper.step(30)
        await recorder.finish()
        stepper.step(4)
        assert [client.events_named("recorded") for client in stepper.clients] == [[], []]


def test_a_last_podium_outlasts_its_recording() -> None:
    assert lives.PODIUM_S >= EPILOGUE_S + 2, "else nobody is there any more who could be told"


def test_an_arena_too_large_for_a_header_is_not_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tape_module, "ITEM_BYTES_MAX", 100)
    stepper = Stepper(1, arena_named("pinball"))
    recorder = Recorder(None, stepper.lobby.recorded)
    recorder.opened(stepper.room)
    stepper.join("Ann")
    stepper.step(10)
    assert recorder.counted.recordings_failed == 0
