"""A full room is full: everybody is in, and the air is."""

from bench.full_room import FullRoom
from server.games.melee import Melee


def test_everybody_plays_and_fires() -> None:
    full = FullRoom(12, seed=1)
    full.play(1.0)
    game = full.room.game
    assert isinstance(game, Melee)
    assert (len(full.room.players), full.room.tick, len(full.lobby.seats())) == (12, 30, 12)
    assert len({player.now.move_x for player in full.room.players.values()}) > 3
    assert len(game.shots) > 12
    assert game.crates.hulls, "and crates are in the way"


def test_the_same_seed_is_the_same_game() -> None:
    first, second = FullRoom(6, seed=3), FullRoom(6, seed=3)
    for full in (first, second):
        full.play(1.0)
    assert first.room.world.checksum() == second.room.world.checksum()
