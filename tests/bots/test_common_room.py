"""What bots of one room share, and when they stop to."""

from msgspec.structs import replace

from bots.common_room import CommonRooms
from tests.bots.stage import ARENA, SHIP, SHOT, welcome


def test_bots_of_a_room_share_it() -> None:
    rooms = CommonRooms()
    first = rooms.enter(welcome())
    assert rooms.enter(welcome()) is first
    assert rooms.enter(welcome(room="other")) is not first


def test_a_room_that_has_changed_is_another_one() -> None:
    rooms = CommonRooms()
    first = rooms.enter(welcome())
    assert rooms.enter(welcome(replace(ARENA, name="new"))) is not first
    slow = rooms.enter(replace(welcome(), tick_rate=30))
    assert slow.rates.tick_rate == 30


def test_it_finds_kinds_by_category_and_does_without_shots() -> None:
    room = CommonRooms().enter(welcome())
    assert room.kind_of("ship") is SHIP
    assert room.shot_radius == SHOT.radius
    peaceful = CommonRooms().enter(replace(welcome(), kinds=[SHIP]))
    assert peaceful.kind_of("shot").category == "shot"
