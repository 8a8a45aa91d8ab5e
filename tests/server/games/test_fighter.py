"""What a fighter suffers, and what its status shows of it."""

import pytest

from server.game import Player
from server.games.fighter import (
    HULL_FULL,
    STATUS_BOOSTING,
    STATUS_PROTECTED,
    STATUS_RAPID,
    STATUS_SHIELD,
    Fighter,
)
from server.inputs import InputBuffer
from server.statistics import RoomStatistics


@pytest.fixture
def fighter() -> Fighter:
    fighter = Fighter(Player(7, "Ann", 0, False, InputBuffer(RoomStatistics())))
    fighter.revive(protect_until=0)
    return fighter


def test_the_shield_takes_damage_first(fighter: Fighter) -> None:
    fighter.shield = 25
    fighter.suffer(20, by=3, tick=50)
    assert (fighter.shield, fighter.hull, fighter.hurt_by) == (5, HULL_FULL, {3: 50})
    fighter.suffer(20, by=4, tick=60)
    assert (fighter.shield, fighter.hull, fighter.hurt_by) == (0, HULL_FULL - 15, {3: 50, 4: 60})


@pytest.mark.parametrize(("hull", "shown"), [(100, 15), (50, 8), (1, 1), (0, 0)])
def test_only_wrecks_show_no_hull(fighter: Fighter, hull: int, shown: int) -> None:
    fighter.hull = hull
    assert fighter.status(0, 90.0) == shown


def test_the_status_shows_what_lasts_beyond_its_tick(fighter: Fighter) -> None:
    fighter.shield, fighter.protect_until, fighter.rapid_until = 1, 11, 21
    fighter.player.helm.boost_ticks = 80
    assert fighter.status(10, 72.0) == 15 | STATUS_SHIELD | STATUS_PROTECTED | STATUS_RAPID | STATUS_BOOSTING
    assert fighter.status(11, 80.0) == 15 | STATUS_SHIELD | STATUS_RAPID


def test_with_a_new_ship_all_is_as_new_but_score_and_loading(fighter: Fighter) -> None:
    fighter.score, fighter.pulse_until, fighter.hull, fighter.shield, fighter.rapid_until = 300, 500, 0, 9, 400
    fighter.hurt_by, fighter.respawn_until, fighter.player.helm.boost_ticks = {2: 1}, 380, 40
    fighter.revive(protect_until=480)
    assert (fighter.hull, fighter.shield, fighter.rapid_until, fighter.hurt_by) == (HULL_FULL, 0, 0, {})
    assert (fighter.protect_until, fighter.respawn_until, fighter.player.helm.boost_ticks) == (480, 0, 0)
    assert (fighter.score, fighter.pulse_until) == (300, 500)
