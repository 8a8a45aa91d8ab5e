"""Reports: bounded in all and by whom they are, each with what was said."""

import pytest

from protocol.errors import Violation
from server.chat.channel import Line
from server.chat.reports import CONTEXT_LINES_MAX, REPORTS_OF_ONE_MAX, THEIR_LINES_MAX, Reports, context_of
from server.chat.speaker import Named

EVE = Named(1, "Eve", "address:1.1.1.1", "eve")


def by(number: int) -> Named:
    return Named(number, f"P{number}", f"address:{number}", f"p{number}")


def said(order: int, who: Named) -> Line:
    return Line(order, who, 1, "room", f"line {order}")


def test_the_newest_stay() -> None:
    reports = Reports(reports_max=3)
    for n in range(5):
        reports.add(EVE, by(n + 2), "main", f"reason {n}", [], float(n))
    assert [report["reason"] for report in reports.listed(10.0)] == ["reason 2", "reason 3", "reason 4"]
    assert [report["seconds_ago"] for report in reports.listed(10.0)] == [8, 7, 6]


def test_nobody_fills_the_queue_alone() -> None:
    reports = Reports()
    for n in range(REPORTS_OF_ONE_MAX):
        reports.add(EVE, by(2), None, f"reason {n}", [], 0.0)
    with pytest.raises(Violation, match="are waiting for an admin already"):
        reports.add(EVE, by(2), None, "one more", [], 0.0)
    reports.add(EVE, by(3), None, "another person's", [], 0.0)
    assert reports.dismiss(1)
    assert not reports.dismiss(1)
    assert reports.add(EVE, by(2), None, "there is room again", [], 0.0).number == REPORTS_OF_ONE_MAX + 2


def test_the_last_lines_of_all_and_of_theirs_in_order() -> None:
    theirs = [said(order, EVE) for order in range(8)]
    others = [said(order, by(2)) for order in range(8, 30)]
    kept = context_of(EVE, [*others, *theirs])
    assert [line.order for line in kept] == [
        *range(8 - THEIR_LINES_MAX, 8),
        *range(30 - CONTEXT_LINES_MAX, 30),
    ]
    assert context_of(EVE, theirs[:2]) == tuple(theirs[:2])
