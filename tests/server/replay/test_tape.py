"""What a tape takes down is what was published, and nothing that it does disturbs the room."""

from collections.abc import Iterator

import pytest

from bots.view import View
from protocol.build_messages import Edited
from protocol.codec import CODECS
from protocol.limits import SUBPROTOCOL_MSGPACK
from protocol.messages import Event
from protocol.replay import ROSTER, Replay, messages_of, read_message
from protocol.snapshot import CellKeyframe, Snapshot
from server.card import Card
from server.games.build import Build
from server.replay import tape as tape_module
from server.replay.tape import Tape
from tests.instruments.recordings import Reel, Reels, builders, hunters, wanderers
from tests.instruments.stepper import Stepper

Table = dict[int, list[int]]


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes ten seconds takes one."""
    for name in ("CHUNK_S", "EPILOGUE_S", "ALONE_S_MAX", "REST_S"):
        monkeypatch.setattr(tape_module, name, getattr(tape_module, name) / 10)


def published(stepper: Stepper) -> Table:
    """What everyone ought to believe, by entity."""
    publisher = stepper.room.publisher
    return {entity: publisher.table[entity].tolist() for entity in (publisher.cell >= 0).nonzero()[0].tolist()}


def played(file: bytes, begin: int = 0) -> Iterator[tuple[int, Table, View]]:
    """(tick, what is believed) at each snapshot from chunk `begin` on."""
    replay = Replay(file)
    view = View(replay.welcome.kinds, replay.welcome.tick_rate)
    for chunk in replay.chunks[begin:]:
        for wire in messages_of(chunk):
            message = read_message(wire)
            if isinstance(message, Snapshot):
                assert view.apply(message) == []
                yield message.tick, {e.id: list(_row(e)) for e in view.entities()}, view


def _row(entity: object) -> Iterator[int]:
    for name in entity.__struct_fields__:  # type: ignore[attr-defined]
        yield getattr(entity, name)


def test_at_every_snapshot_it_says_what_was_published() -> None:
    stepper = wanderers(6)
    reels = Reels(stepper)
    was: dict[int, Table] = {}
    for _ in range(stepper.rates.ticks_in(2.5 * tape_module.CHUNK_S)):
        stepper.step()
        if stepper.room.publisher.tick == stepper.room.tick:
            was[stepper.room.tick] = published(stepper)
    reels.tape.finish()
    (reel,) = reels.reels
    assert {tick: table for tick, table, _ in played(reel.file)} == was
    assert len(reel.chunks) == 3
    for begin in (1, 2):
        later = {tick: table for tick, table, _ in played(reel.file, begin)}
        assert later == {tick: table for tick, table in was.items() if tick >= reel.chunks[begin][0]}


def test_where_an_arena_is_built_each_chunk_begins_with_the_plan_and_what_never_ends_goes_on_in_another_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tape_module, "RECORDING_S_MAX", 2.5)
    site, reels = builders(12)
    reels.tape.finish()
    assert isinstance(game := site.room.game, Build)
    assert [reel.ending is not None for reel in reels.reels] == [True] * 3
    chunks = [chunk for reel in reels.reels for _, chunk in reel.chunks]
    edits = [message for chunk in chunks for message in map(read_message, chunk) if isinstance(message, Edited)]
    assert len([whole for whole in edits if whole.plan is not None]) == len(chunks) > 3
    assert [edited.revision for edited in edits if edited.serial] == list(range(1, game.desk.revision + 1))


def test_a_chunk_begins_as_a_spectator_who_comes_in() -> None:
    stepper = wanderers(3)
    reels = Reels(stepper)
    stepper.step(stepper.rates.ticks_in(tape_module.CHUNK_S) + 10)
    stepper.join("Late")
    stepper.step(stepper.rates.ticks_in(tape_module.CHUNK_S) + 10)
    reels.tape.finish()
    rosters = []
    for _, messages in reels.reels[0].chunks:
        first, *rest = map(read_message, messages)
        assert first.name == ROSTER
        rosters.append([player["name"] for player in first.body["players"]])
        greeting = rest[: next(n for n, message in enumerate(rest) if isinstance(message, Snapshot))]
        assert {event.name for event in greeting} >= {"match", "scores"}
        opening = rest[len(greeting)]
        assert [cell.cell for cell in opening.cells] == list(range(stepper.room.grid.count))
        assert all(isinstance(cell, CellKeyframe) for cell in opening.cells)
    assert [len(names) for names in rosters] == [3, 3, 4]
    assert rosters[2][-1] == "Late"


def test_it_hears_what_spectators_hear_wherever_it_happens() -> None:
    stepper = wanderers(2)
    reels = Reels(stepper)
    stepper.step(10)
    room = stepper.room
    room.say("goal", {"by": 1})
    room.say("secret", {}, [room.players[1]])
    room.say("kill", {}, [room.players[1]], spectators=True)
    room.say_near("pulse", {}, -9000.0, 0.0, 10.0)
    stepper.step(4)
    reels.tape.finish()
    said = [read_message(wire) for wire in reels.reels[0].chunks[-1][1]]
    names = [message.name for message in said if isinstance(message, Event)]
    assert names[-3:] == ["goal", "kill", "pulse"]
    assert "secret" not in names


def test_what_a_private_room_is_entered_by_is_in_no_recording() -> None:
    key = "a-key-of-friends"
    stepper = Stepper(1)
    card = Card("", "pinball", is_private=True, is_permanent=False)
    room = stepper.lobby.open_room(key, type(stepper.room.game), stepper.room.arena, stepper.rates, 1, card=card)
    reels: list[Reel] = []

    def begin(_: object, welcome: bytes) -> Reel:
        reels.append(Reel(welcome))
        return reels[-1]

    room.tap = tape = Tape(room, begin)
    room.join("Ann", bot=False)
    for tick in range(stepper.rates.ticks_in(2.5 * tape_module.CHUNK_S)):
        room.advance(tick / 60)
    tape.finish()
    (reel,) = reels
    welcome = Replay(reel.file).welcome
    assert (welcome.room, welcome.title, welcome.arena) == ("", "", room.arena)
    assert len(reel.chunks) == 3
    assert not [wire for _, messages in reel.chunks for wire in messages if key.encode() in wire]
    assert key.encode() not in CODECS[SUBPROTOCOL_MSGPACK].encode(welcome)


def test_a_recording_does_not_tell_of_another() -> None:
    stepper = wanderers(2)
    reels = Reels(stepper)
    stepper.step(10)
    stepper.room.say("goal", {"by": 1})
    stepper.room.report(tape_module.RECORDED, {"replay": "private-1"})
    stepper.step(4)
    reels.tape.finish()
    assert any(b"goal" in wire for wire in reels.reels[0].chunks[-1][1])
    assert not [wire for wire in reels.reels[0].chunks[-1][1] if b"private-1" in wire]
    assert stepper.clients[0].events_named(tape_module.RECORDED) == [{"replay": "private-1"}], "they are told"


def test_players_notice_nothing_of_it() -> None:
    plain, taped = wanderers(4), wanderers(4)
    Reels(taped)
    for stepper in (plain, taped):
        stepper.step(stepper.rates.ticks_in(tape_module.CHUNK_S) + 60)
    assert plain.room.world.checksum() == taped.room.world.checksum()
    for ann, bob in zip(plain.clients, taped.clients, strict=True):
        assert ann.snapshots == bob.snapshots
        assert list(map(repr, ann.events)) == list(map(repr, bob.events))
    assert plain.room.statistics == taped.room.statistics


def test_a_recording_is_a_match_and_a_little_of_what_comes_after_it() -> None:
    stepper = wanderers(3, match_s=10.0)
    reels = Reels(stepper)
    stepper.lobby.heralds.listeners.append(Hears(reels))
    stepper.step(stepper.rates.ticks_in(10.0 + tape_module.EPILOGUE_S) + 5)
    first, second = reels.reels
    assert first.ending is not None
    assert second.ending is None
    assert first.ending.ended_tick == stepper.rates.ticks_in(10.0)
    assert {line.name for line in first.ending.standings} == {"Player 0", "Player 1", "Player 2"}
    assert first.ending.last_tick - first.ending.ended_tick == stepper.rates.ticks_in(tape_module.EPILOGUE_S) - 2
    assert Replay(first.file).is_whole


class Hears:
    """Passes on how matches end, as the recorder does."""

    def __init__(self, reels: Reels) -> None:
        self._reels = reels

    def opened(self, room: object) -> None:
        raise AssertionError("the room was there before")

    def concluded(self, room: object, result: object) -> None:
        self._reels.tape.concluded(result)  # type: ignore[arg-type]

    def closed(self, room: object) -> None:
        self._reels.tape.finish()


def test_nothing_is_recorded_while_nobody_plays() -> None:
    stepper = Stepper(1)
    reels = Reels(stepper)
    stepper.join("Watcher", role="spectator")
    stepper.step(60)
    assert reels.reels == []
    ann = stepper.join("Ann")
    stepper.step(60)
    assert stepper.lobby is not None
    assert ann.session.seat is not None
    stepper.lobby.seating.give_up(ann.session.seat)
    stepper.clients.remove(ann)
    stepper.step(stepper.rates.ticks_in(tape_module.ALONE_S_MAX) + 4)
    (reel,) = reels.reels
    assert reel.ending is not None
    assert reel.ending.ended_tick is None


def test_what_there_is_no_room_for_is_given_up_whole_and_begun_again_later() -> None:
    stepper = wanderers(2)
    reels = Reels(stepper, chunks_max=1)
    stepper.step(stepper.rates.ticks_in(2 * tape_module.CHUNK_S) + 4)
    assert [reel.is_dropped for reel in reels.reels] == [True]
    stepper.step(stepper.rates.ticks_in(tape_module.REST_S))
    assert [reel.is_dropped for reel in reels.reels] == [True, False]


def test_a_recording_whose_last_chunk_has_no_room_is_given_up_too() -> None:
    stepper = wanderers(2)
    reels = Reels(stepper, chunks_max=0)
    stepper.step(10)
    reels.tape.finish()
    (reel,) = reels.reels
    assert reel.is_dropped
    assert reel.ending is None


def test_a_match_that_was_over_before_is_not_the_end_of_the_next_recording() -> None:
    stepper = wanderers(2, match_s=4.0)
    reels = Reels(stepper, chunks_max=1)
    stepper.lobby.heralds.listeners.append(Hears(reels))
    stepper.step(stepper.rates.ticks_in(2 * tape_module.CHUNK_S + tape_module.REST_S) + 10)
    dropped, fresh = reels.reels
    assert dropped.is_dropped
    assert fresh.ending is None


def test_a_room_whose_welcome_is_too_long_is_not_recorded_and_asked_again_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stepper = wanderers(2)
    reels = Reels(stepper)
    with monkeypatch.context() as short:
        short.setattr(tape_module, "ITEM_BYTES_MAX", 100)
        stepper.step(4)
    stepper.step(stepper.rates.ticks_in(tape_module.REST_S) - 4)
    assert reels.reels == []
    stepper.step(4)
    assert len(reels.reels) == 1


def test_a_mistake_in_a_tape_ends_the_recording_and_not_the_room(monkeypatch: pytest.MonkeyPatch) -> None:
    stepper = wanderers(2)
    reels = Reels(stepper)
    stepper.step(10)
    monkeypatch.setattr(tape_module.Tape, "_snapshot", lambda *_: 1 / 0)
    stepper.step(10)
    assert reels.reels[0].is_dropped
    assert stepper.room.tick == 20


def test_what_never_ends_goes_on_in_another_file_and_a_lot_in_another_chunk(monkeypatch: pytest.MonkeyPatch) -> None:
    stepper = wanderers(2)
    reels = Reels(stepper)
    monkeypatch.setattr(tape_module, "CHUNK_BYTES_MAX", 2000)
    monkeypatch.setattr(tape_module, "RECORDING_S_MAX", 3.0)
    stepper.step(stepper.rates.ticks_in(4.0))
    first, second = reels.reels
    assert first.ending is not None
    assert second.ending is None
    assert len(first.chunks) > 1
    assert all(sum(map(len, messages)) < 2000 + 2500 for _, messages in first.chunks)


def test_ten_minutes_of_sixteen_would_be_at_most_three_megabytes() -> None:
    stage = hunters(16)
    reels = Reels(stage.house)
    stage.play(5.0)
    reels.tape.finish()
    (reel,) = reels.reels
    assert len(reel.file) * 120 < 3_000_000
    snapshots = sum(1 for _ in played(reel.file))
    assert snapshots >= 4.9 * stage.house.rates.snapshot_rate
