"""How long an owner may rely on a room."""

from server.cluster.records import Timing
from server.cluster.tenure import Tenures

TIMING = Timing(ttl_s=10.0, margin_s=2.0)


def test_it_counts_from_before_the_question_was_sent() -> None:
    tenures = Tenures(TIMING)
    assert tenures.granted("a", 1, sent_s=100.0, now_s=103.0)
    assert tenures.holds("a", 107.9)
    assert not tenures.holds("a", 108.0)


def test_an_answer_that_comes_too_late_grants_nothing() -> None:
    tenures = Tenures(TIMING)
    assert not tenures.granted("a", 1, sent_s=100.0, now_s=108.0)
    assert "a" not in tenures


def test_what_has_lapsed_is_not_renewed() -> None:
    tenures = Tenures(TIMING)
    tenures.granted("a", 1, 100.0, 100.0)
    tenures.renewed([("a", 1)], sent_s=107.0, now_s=108.5)
    assert not tenures.holds("a", 108.5)
    assert tenures.lapsed(108.5) == ["a"]
    assert not len(tenures)


def test_it_is_renewed_under_its_own_fence_alone_and_never_shortened() -> None:
    tenures = Tenures(TIMING)
    tenures.granted("a", 2, 100.0, 100.0)
    tenures.renewed([("a", 1), ("b", 2)], 105.0, 105.0)
    assert not tenures.holds("a", 108.0)
    tenures.renewed([("a", 2)], 105.0, 105.0)
    tenures.renewed([("a", 2)], 101.0, 105.0)
    assert tenures.holds("a", 112.9)


def test_what_was_said_of_an_older_claim_takes_nothing_away() -> None:
    tenures = Tenures(TIMING)
    tenures.granted("a", 2, 100.0, 100.0)
    assert not tenures.lost("a", 1)
    assert tenures.lost("a", 2)
    assert not tenures.lost("a", 2)


def test_giving_up() -> None:
    tenures = Tenures(TIMING)
    tenures.granted("a", 2, 100.0, 100.0)
    tenures.granted("b", 3, 100.0, 100.0)
    assert tenures.given_up("a") == 2
    assert tenures.given_up("a") == 0
    assert tenures.fences() == {"b": 3}
    stopped: list[str] = []
    tenures.stop_all(stopped.append)
    assert stopped == ["b"]
    assert not tenures.holds("b", 100.0)
