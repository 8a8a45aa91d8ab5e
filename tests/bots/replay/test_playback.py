"""A replay plays as a client would have seen it, also one of a former day, and what was made up doesn't."""

from pathlib import Path

import pytest

from bots.replay.playback import Playback
from protocol.codec import CODECS
from protocol.errors import ReplayError
from protocol.limits import PROTOCOL_VERSION, SUBPROTOCOL_MSGPACK
from protocol.messages import Event
from protocol.replay import Header, Replay, Writer
from protocol.snapshot import CellKeyframe, checksum_of
from tests.bots.stage import SHIP, published, welcome
from tests.instruments.recordings import Reels, wanderers

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


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.replay")), ids=lambda path: path.stem)
def test_replays_of_former_versions_are_played_or_say_why_not(path: Path) -> None:
    assert path.stem == "match-1", "add a line below for what the new one shows"
    playback = Playback(Replay(path.read_bytes()))
    moments = list(playback.moments())
    assert len(moments) == 539
    assert playback.checksums == 96
    assert playback.view.checksum_mismatches == 0
    assert sum(event.name == "kill" for moment in moments for event in moment.events) == 6
    assert [player.name for player in playback.players.values()] == [f"Bot {n}" for n in range(6)]
    assert playback.replay.is_whole


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
