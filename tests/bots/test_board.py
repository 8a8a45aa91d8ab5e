"""The table that a person sees."""

from io import StringIO

from rich.console import Console

from bots.board import board_of
from bots.metrics import server_report_of
from bots.report import report_of
from bots.tally import BotRates, Tally


def text_of(tally: Tally) -> str:
    page = StringIO()
    console = Console(width=120, file=page)
    console.print(board_of(report_of(tally, 60.0, server_report_of({}, {"ricochet_players": 2.0}))))
    return page.getvalue()


def test_it_shows_what_was_measured() -> None:
    tally = Tally(bots=100, connected=99, rates=[BotRates(29.9, 4000.0, 900.0)])
    tally.rtt_ms.add(12.3)
    tally.count_end("4013 [too slow]", 3)
    text = text_of(tally)
    for expected in ("99 of 100 bots", "12.30", "29.9 snapshots/s", "3 times: 4013 [too slow]", "server tick"):
        assert expected in text


def test_it_says_that_the_swarm_was_the_bottleneck() -> None:
    assert "bottleneck" in text_of(Tally(cpu_share_max=0.99))
    assert "bottleneck" not in text_of(Tally())
