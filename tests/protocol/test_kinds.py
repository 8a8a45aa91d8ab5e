"""Sorts of entities: what a game may declare, and what no physics could move."""

import msgspec
import pytest
from hypothesis import given

from protocol.kinds import Kind
from tests.instruments.strategies import kinds


@given(kind=kinds())
def test_a_kind_arrives_as_it_was_declared(kind: Kind) -> None:
    assert msgspec.json.decode(msgspec.json.encode(kind), type=Kind) == kind


@pytest.mark.parametrize(
    "wrong", [{"radius": 0.0}, {"mass": 0.0}, {"drag": -0.1}, {"velocity_scale": 0}, {"thrust": 1.0, "drag": 0.0}]
)
def test_a_kind_that_no_physics_could_move_is_refused_by_name(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="ship: "):
        msgspec.structs.replace(Kind(name="ship", category="ship", radius=16, mass=1), **wrong)


def test_every_field_is_named_where_a_kind_is_declared() -> None:
    with pytest.raises(TypeError):
        Kind("ship", "ship", "circle", 16.0, 1.0)  # type: ignore[call-arg]  # that positions are refused is the point
