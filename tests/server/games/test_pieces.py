"""What the pieces' numbers must hold for the games and the protocol to work."""

import pytest

from protocol.kinds import Kind
from protocol.motion import BOOST_SPEED
from protocol.physics import CATEGORY_BITS
from server.games import pieces

KINDS = [value for value in vars(pieces).values() if isinstance(value, Kind)]


def test_each_category_is_drawn_and_collides() -> None:
    assert {kind.category for kind in KINDS} <= CATEGORY_BITS.keys()
    assert len({kind.name for kind in KINDS}) == len(KINDS) >= 5


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_velocities_survive_the_wire(kind: Kind) -> None:
    """A velocity off by half a quantum drifts for a second before it has used up a tolerance, or half of one."""
    assert 0.5 / kind.velocity_scale <= kind.tolerance_units


def test_a_ship_never_outruns_its_own_radius_in_a_tick() -> None:
    ship = pieces.SHIP_KIND
    assert (ship.thrust / ship.drag + BOOST_SPEED) / 60 < ship.radius


def test_only_ships_are_steered_and_only_pickups_are_ghosts() -> None:
    assert {kind.name for kind in KINDS if kind.steered} == {"ship"}
    assert {kind.name for kind in KINDS if kind.sensor} == {"pickup"}


def test_a_free_rock_and_a_shot_keep_what_they_have() -> None:
    assert all(kind.drag == 0 for kind in KINDS if kind.category in ("rock", "shot", "crate"))
