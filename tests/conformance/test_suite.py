"""Both lanes before the Autobahn|Testsuite, and that its verdicts are read as they are meant."""

from pathlib import Path

import pytest

from tests.conformance.suite import ALL, BRISK, CASES, LANES, WSTEST, Counts, count, run_both

installed = pytest.mark.skipif(
    not WSTEST.exists(), reason="the Autobahn|Testsuite is not installed; `make conformance` does it, given Python 2.7"
)


@installed
def test_both_lanes_conform(tmp_path: Path) -> None:
    conforming(run_both(BRISK, tmp_path), CASES[BRISK])


@installed
@pytest.mark.slow
def test_both_lanes_conform_with_large_messages_too(tmp_path: Path) -> None:
    conforming(run_both(ALL, tmp_path), CASES[ALL])


def conforming(outcome: dict[str, Counts], cases: int) -> None:
    assert outcome.keys() == set(LANES)
    for lane, counts in outcome.items():
        assert counts.suffices(cases), f"{counts.line(lane)} of {cases}: {counts.remarks}"


def case(behavior: str, closing: str = "OK") -> dict[str, str]:
    return {"behavior": behavior, "behaviorClose": closing}


def test_every_case_is_counted_once() -> None:
    found = count({"1.1": case("OK"), "3.3": case("NON-STRICT"), "7.1.6": case("INFORMATIONAL", "INFORMATIONAL")})
    assert found == Counts(1, 1, 1, 0, ("3.3 NON-STRICT",))
    assert found.line("fast") == "fast: ok=1 non_strict=1 informational=1 failed=0"
    assert found.suffices(3)


@pytest.mark.parametrize(
    "bad", [case("FAILED"), case("OK", "UNCLEAN"), case("OK", "WRONG CODE"), case("UNIMPLEMENTED"), case("WHO KNOWS")]
)
def test_whatever_is_no_praise_is_a_failure(bad: dict[str, str]) -> None:
    found = count({"1.1": case("OK"), "2.1": bad})
    assert (found.ok, found.failed, len(found.remarks)) == (1, 1, 1)
    assert not found.suffices(2)


def test_cases_that_were_not_run_do_not_suffice() -> None:
    assert not count({"1.1": case("OK")}).suffices(2)
    assert not count({}).suffices(None)
    assert count({"1.1": case("OK")}).suffices(None)


def test_more_liberties_than_the_library_takes_are_too_many() -> None:
    assert Counts(295, 5, 1, 0).suffices(301)
    assert not Counts(294, 6, 1, 0).suffices(301)
