"""What the settings make of games and maps: the operator's room, and what people may open."""

import pytest

from protocol.errors import UserError
from server.config import Config
from server.venue import MAPS, catalogue_of, venue_of


def test_the_operators_game_and_map_come_first_and_all_others_may_be_chosen() -> None:
    config = Config(map="pinball", seed=3, match_s=20.0)
    venue = venue_of(config)
    options = {"match_s": 20.0, "build_by": "players", "spectator_delay_s": 0.0}
    assert (venue.name, venue.new_seed(), venue.options) == ("pinball", 3, options)
    assert (venue.card("pinball").arena, venue.card("pinball").is_permanent) == ("pinball", True)
    catalogue = catalogue_of(config, venue)
    assert catalogue.first(None) == ("melee", "pinball")
    assert {arena for game in catalogue.games() for arena in game.arenas} == {file.stem for file in MAPS.glob("*.json")}


def test_without_a_seed_no_two_rooms_are_alike() -> None:
    venue = venue_of(Config())
    assert venue.new_seed() != venue.new_seed()


def test_a_game_is_played_where_it_is_at_home_unless_another_map_is_named() -> None:
    assert venue_of(Config(game="ball")).arena.name == "Pitch"
    assert venue_of(Config(game="melee", map="pitch")).name == "pitch"
    with pytest.raises(UserError, match="ball can't be played on the map pinball: it needs a goal for team 1"):
        venue_of(Config(game="ball", map="pinball"))
