"""What people told the admins about others: a bounded queue, each with what was said. Pure.

The newest stay: where the queue is full the oldest goes. Nobody fills it, for a person can have only a few in it.
"""

from collections.abc import Sequence
from typing import Any, Final

from msgspec import Struct

from protocol.errors import Code, Violation
from server.chat.channel import Line
from server.chat.speaker import Named

REPORTS_MAX: Final = 200
REPORTS_OF_ONE_MAX: Final = 10
"""By whoever is known by the same subject or address."""
CONTEXT_LINES_MAX: Final = 10
THEIR_LINES_MAX: Final = 5


class Report(Struct, frozen=True):
    """One report."""

    number: int
    about: Named
    by: Named
    room: str | None
    reason: str
    lines: tuple[Line, ...]
    at_s: float


class Reports:
    """Time is an argument, in seconds of the server's own clock."""

    def __init__(self, reports_max: int = REPORTS_MAX) -> None:
        self._reports_max = reports_max
        self._reports: dict[int, Report] = {}
        self._next = 1

    def __len__(self) -> int:
        return len(self._reports)

    def add(
        self, about: Named, by: Named, room: str | None, reason: str, heard: Sequence[Line], now_s: float
    ) -> Report:
        """Of what was `heard`, the last lines and theirs are kept with it. Raises Violation."""
        if sum(report.by.key == by.key for report in self._reports.values()) >= REPORTS_OF_ONE_MAX:
            raise Violation(
                Code.CHAT_REFUSED, f"{REPORTS_OF_ONE_MAX} reports of yours are waiting for an admin already"
            )
        if len(self._reports) >= self._reports_max:
            del self._reports[next(iter(self._reports))]
        report = Report(self._next, about, by, room, reason, context_of(about, heard), now_s)
        self._next += 1
        self._reports[report.number] = report
        return report

    def dismiss(self, number: int) -> bool:
        """An admin has dealt with it; whether it was there."""
        return self._reports.pop(number, None) is not None

    def listed(self, now_s: float) -> list[dict[str, Any]]:
        """For admins, the oldest first."""
        return [
            {
                "report": report.number,
                "seconds_ago": round(now_s - report.at_s),
                "name": report.about.name,
                "number": report.about.number,
                "known_as": report.about.key,
                "by": report.by.name,
                "by_known_as": report.by.key,
                "room": report.room,
                "reason": report.reason,
                "lines": [
                    {"to": line.to, "name": line.by.name, "number": line.by.number, "text": line.text}
                    for line in report.lines
                ],
            }
            for report in self._reports.values()
        ]


def context_of(about: Named, heard: Sequence[Line]) -> tuple[Line, ...]:
    """The last lines of all and the last of theirs, in their order."""
    ordered = sorted(heard, key=lambda line: line.order)
    theirs = [line for line in ordered if line.by.mark == about.mark][-THEIR_LINES_MAX:]
    kept = {line.order: line for line in (*theirs, *ordered[-CONTEXT_LINES_MAX:])}
    return tuple(kept[order] for order in sorted(kept))
