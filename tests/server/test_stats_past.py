"""The ring of what has been: bounded, in columns, and small."""

from collections.abc import Sized

import msgspec

from protocol.stats import PAST_GAUGES, PAST_MOMENTS_MAX, PAST_RATES, Past
from server.stats import Buckets, Interval
from server.stats_past import Remembered

NEVER = Buckets((1.0,), (0.0,))


def interval(number: int) -> Interval:
    gauges = {name: float(number) for name in (*PAST_GAUGES, "entities")}
    rates = dict.fromkeys((*PAST_RATES, "refused"), number / 3)
    return Interval(0.5, gauges, {}, rates, {"tick_duration_seconds": NEVER, "tick_lateness_seconds": NEVER})


def test_it_is_a_ring_of_columns_of_some_numbers() -> None:
    past = Remembered()
    for number in range(PAST_MOMENTS_MAX + 5):
        past.add(interval(number), number * 500)
    told = past.told()
    assert len(past) == PAST_MOMENTS_MAX == len(told.at_ms)
    assert (told.at_ms[0], told.gauges["players"][0], told.rates["sent_bytes"][1]) == (2500, 5.0, 2.0)
    assert (set(told.gauges), set(told.rates)) == (set(PAST_GAUGES), set(PAST_RATES))
    columns: list[Sized] = [told.seconds, told.ticks, *told.gauges.values(), *told.rates.values()]
    assert {len(column) for column in columns} == {PAST_MOMENTS_MAX}


def test_what_the_system_cannot_tell_is_null() -> None:
    past = Remembered()
    past.add(msgspec.structs.replace(interval(1), gauges={}), 0)
    assert past.told().gauges["process_resident_memory_bytes"] == [None]


def test_it_goes_over_the_wire() -> None:
    past = Remembered()
    past.add(interval(1), 7)
    assert msgspec.json.decode(msgspec.json.encode(past.told()), type=Past) == past.told()
