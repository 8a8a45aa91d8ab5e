"""A replay plays as a client would have seen it, also one of a former day, and what was made up doesn't."""

from pathlib import Path

import msgspec
import pytest

from bots.replay.playback import Playback
from protocol.arena import Size
from protocol.build_messages import Edited, Sheet
from protocol.codec import CODECS
from protocol.errors import ReplayError
from protocol.limits import PROTOCOL_VERSION, SUBPROTOCOL_MSGPACK
from protocol.messages import Event
from protocol.plan import Remove, checksum
from protocol.replay import Header, Replay, Writer
from protocol.snapshot import CellKeyframe, checksum_of
from tests.bots.stage import SHIP, published, welcome
from tests.instruments.plans import plan
from tests.instruments.recordings import Reels, builders, wanderers

CODEC = CODECS[SUBPROTOCOL_MSGPACK]
GOLDEN = Path(__file__).parents[2] / "golden"


def replay_of(*messages: bytes) -> Replay:
    """One chunk with these in it, in a box with ships, shots and pickups."""
    writer = Writer()
    file = writer.begin(Header(PROTOCOL_VERSION, 0), CODEC.encode(welcome()), 100)
    return Replay(file + writer.chunk(100, messages))


def snapshot(*cells: CellKeyframe, tick: int = 100) -> bytes:
    encoded = [CODEC.keyframe(cell, tick) for cell in cells]
    return CODEC.snapshot(tick, 0, None, None, None, (), b"", len(cells), CODEC.join(encoded))


def keyframe(cell: int = 0, **changed: int) -> CellKeyframe:
    ship = published(7, 100.0, 100.0)
    for name, value in changed.items():
        setattr(ship, name, value)
    return CellKeyframe(cell, checksum_of([ship]), [ship])


SHOWS = {"match-1": (539, 96, 6, 0, None), "build-1": (492, 55, 0, 29, 10)}
"""What replays of former versions show: snapshots, checksums, kills, edits, pieces at the end."""


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.replay")), ids=lambda path: path.stem)
def test_replays_of_former_versions_are_played_or_say_why_not(path: Path) -> None:
    playback = Playback(Replay(path.read_bytes()))
    moments = list(playback.moments())
    kills = sum(event.name == "kill" for moment in moments for event in moment.events)
    edits = sum(len(moment.edits) for moment in moments)
    assert (len(moments), playback.checksums, kills, edits, playback.pieces) == SHOWS[path.stem]
    assert playback.checksum_mismatches == 0
    assert playback.replay.is_whole


def test_where_an_arena_is_built_it_changes_while_it_is_played() -> None:
    site, reels = builders(12)
    reels.tape.finish()
    playback = Playback(Replay(reels.reels[0].file))
    arenas = [playback.arena for moment in playback.moments() if moment.edits or moment.tick == 2]
    assert arenas[0] == playback.replay.welcome.arena
    assert len({str(arena) for arena in arenas}) == len(arenas) > 6
    assert playback.arena == site.room.arena


def test_an_edit_that_was_made_up_is_counted_or_refused() -> None:
    size = welcome().arena.size
    good = Edited(0, 0, 0, [], checksum(plan()), plan=Sheet(size, list(plan().pieces.items())))
    wrong = Edited(1, 1, 1, [Remove(1)], 7)
    playback = Playback(replay_of(CODEC.encode(good), CODEC.encode(wrong), snapshot(keyframe())))
    assert [len(moment.edits) for moment in playback.moments()] == [1]
    assert (playback.checksums, playback.checksum_mismatches) == (3, 1)
    larger = msgspec.structs.replace(good, plan=Sheet(Size(600.0, 600.0), []))
    with pytest.raises(ReplayError, match="another size"):
        list(Playback(replay_of(CODEC.encode(larger))).moments())
    bare = Playback(replay_of(CODEC.encode(msgspec.structs.replace(good, plan=Sheet(size, [])))))
    list(bare.moments())
    assert bare.checksum_mismatches == 1
    with pytest.raises(ReplayError, match="no arena"):
        _ = bare.arena


def test_it_goes_on_over_chunks_and_greetings_happen_once() -> None:
    stepper = wanderers(3)
    reels = Reels(stepper)
    stepper.step(stepper.rates.ticks_in(11.0))
    stepper.join("Late")
    stepper.step(10)
    reels.tape.finish()
    playback = Playback(Replay(reels.reels[0].file))
    moments = list(playback.moments())
    assert [moment.tick for moment in moments if moment.is_opening] == [2, 602]
    assert sum(event.name == "match" for moment in moments for event in moment.events) == 1
    assert "Late" in {player.name for player in playback.players.values()}
    assert {e.id for e in playback.view.entities()} == set((stepper.room.publisher.cell >= 0).nonzero()[0].tolist())


def test_a_wrong_checksum_is_counted() -> None:
    wrong = keyframe()
    wrong.checksum ^= 1
    playback = Playback(replay_of(snapshot(wrong)))
    assert len(list(playback.moments())) == 1
    assert (playback.checksums, playback.view.checksum_mismatches) == (1, 1)


@pytest.mark.parametrize(
    "wire",
    [
        snapshot(keyframe(cell=99)),
        snapshot(keyframe(kind=3)),
        snapshot(keyframe(kind=-1)),
        snapshot(keyframe(tick=101)),
        snapshot(keyframe(), tick=2**31),
        b"\x99\x11\xc0\x00\xc0\xc0\xc0\x90\xc0\x90",
        CODEC.encode(Event(1, "roster", {"players": [{"id": "one"}]})),
        CODEC.encode(Event(1, "roster", {})),
        CODEC.encode(Event(1, "joined", {"id": 1})),
        b"\x92\x63\x01",
    ],
)
def test_what_was_made_up_is_refused(wire: bytes) -> None:
    with pytest.raises(ReplayError, match="this can't be played"):
        list(Playback(replay_of(wire)).moments())


def test_more_than_a_room_may_hold_is_refused() -> None:
    ships = [published(n, 100.0, 100.0) for n in range(8193)]
    crowd = CellKeyframe(0, checksum_of(ships), ships)
    with pytest.raises(ReplayError, match="more than 8192 entities"):
        list(Playback(replay_of(snapshot(crowd))).moments())


def test_ships_are_where_they_were() -> None:
    playback = Playback(replay_of(snapshot(keyframe())))
    list(playback.moments())
    (seen,) = playback.view.sightings("ship")
    assert (seen.x, seen.y, seen.kind) == (100.0, 100.0, SHIP)
