"""What the structs of counters owe each other: the lobby adds them up field by field."""

from server.statistics import RoomStatistics, Statistics, Traffic


def test_the_whole_has_every_counter_of_its_parts() -> None:
    counters = {*RoomStatistics.__struct_fields__, *Traffic.__struct_fields__}
    assert counters <= set(Statistics.__struct_fields__)


def test_everything_begins_at_zero() -> None:
    for cls in (RoomStatistics, Statistics, Traffic):
        assert all(getattr(cls(), counter) == 0 for counter in cls.__struct_fields__)
