"""Who was seen to own what: spans, and two owners at once."""

from bench.cluster.sightings import GAP_S, Sightings, Span, joined

ONE, OTHER = "http://one", "http://other"


def seen(*sights: tuple[str, float]) -> Sightings:
    """(owner, when), with a tick for each tenth of a second."""
    sightings = Sightings()
    for owner, now_s in sights:
        sightings.see("pinball", owner, round(now_s * 10), now_s)
    return sightings


def test_what_follows_closely_is_one_span_and_what_comes_later_another() -> None:
    spans = seen((ONE, 1.0), (ONE, 2.0), (ONE, 2.0 + GAP_S + 0.1)).spans["pinball"]
    assert [(span.from_s, span.until_s) for span in spans] == [(1.0, 2.0), (4.1, 4.1)]
    assert (spans[0].from_tick, spans[0].until_tick) == (10, 20)


def test_one_after_the_other_is_as_it_must_be() -> None:
    sightings = seen((ONE, 1.0), (ONE, 2.0), (OTHER, 2.1), (OTHER, 3.0), (ONE, 9.0))
    assert not sightings.double_owners()
    assert sightings.owners("pinball") == [ONE, OTHER, ONE]
    assert sightings.first_s("pinball", 1.5, but=ONE) == 2.1
    assert sightings.first_s("pinball", 2.5, but=ONE) == 2.5
    assert sightings.first_s("elsewhere", 1.5, but=ONE) is None


def test_two_at_once_are_found_whoever_saw_them() -> None:
    sightings = seen((ONE, 1.0), (ONE, 2.0))
    sightings.take_in("pinball", [Span(OTHER, 1.9, 3.0, 19, 30)])
    [(room, one, other)] = sightings.double_owners()
    assert (room, {one.owner, other.owner}) == ("pinball", {ONE, OTHER})
    assert not seen((ONE, 1.0), (ONE, 2.0)).double_owners()


def test_what_several_saw_of_one_owner_is_one_span() -> None:
    sightings = seen((ONE, 1.0), (ONE, 2.0))
    sightings.take_in("pinball", [Span(ONE, 1.5, 3.5, 15, 35)])
    [span] = joined(sightings.spans["pinball"])
    assert (span.from_s, span.until_s, span.until_tick) == (1.0, 3.5, 35)
    assert sightings.spans["pinball"][0].until_s == 2.0, "what was seen is left as it is"
