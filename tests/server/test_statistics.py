"""What the counters owe each other: the whole has every field of its parts, and adding leaves none out."""

from dataclasses import fields

import pytest

from server.statistics import Counters, Statistics

PARTS = [cls for cls in Counters.__subclasses__() if cls is not Statistics]


@pytest.mark.parametrize("cls", PARTS)
def test_every_counter_of_a_part_is_added_to_the_whole(cls: type[Counters]) -> None:
    names = [field.name for field in fields(cls)]
    whole = Statistics()
    for _ in range(2):
        whole.add(cls(**{name: n for n, name in enumerate(names, 1)}))
    told = {field.name: getattr(whole, field.name) for field in fields(whole)}
    assert {name: count for name, count in told.items() if count} == {name: 2 * n for n, name in enumerate(names, 1)}


def test_the_whole_has_every_part() -> None:
    assert len(PARTS) > 4
    assert {*PARTS} == {*Statistics.__bases__}


def test_no_two_parts_count_under_one_name() -> None:
    names = [field.name for cls in PARTS for field in fields(cls)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("cls", [*PARTS, Statistics])
def test_everything_begins_at_zero(cls: type[Counters]) -> None:
    assert not any(getattr(cls(), field.name) for field in fields(cls))
