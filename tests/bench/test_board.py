"""What a reader of the table and of the picture gets to see."""

from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from bench.board import draw, table_of
from bench.row import Row


def row(contestant: str = "ricochet", clients: int = 100, held: bool = True, **figures: Any) -> Row:
    usual = {
        "us_per_client_tick": 20.0,
        "us_per_snapshot": 20.5,
        "bytes_per_client_s": 5000.0,
        "lateness_ms_p50": 0.25,
        "lateness_ms_p99": 1.5,
        "snapshots_per_client_s_min": 30.0,
        "rss_mb": 80.0,
    }
    return Row(contestant=contestant, clients=clients, repetition=1, held=held, **{**usual, **figures})


def printed(*rows: Row) -> list[str]:
    """The table, line by line."""
    console = Console(width=110, record=True, quiet=True)
    console.quiet = False
    with console.capture() as capture:
        console.print(table_of(rows))
    return [line.rstrip() for line in capture.get().splitlines() if line.strip()]


def lines_of(*rows: Row) -> list[list[str]]:
    """Its body, cell by cell."""
    text = printed(*rows)
    start = next(n for n, line in enumerate(text) if "──" in line) + 1
    return [line.split() for line in text[start:]]


def test_a_line_has_the_median_the_spread_and_the_ratio() -> None:
    repeated = [row("floor", us_per_client_tick=cost) for cost in (8.0, 12.0, 10.0)]
    ours, floor = lines_of(row(), *repeated)
    assert ours[:5] == ["100", "ricochet", "20.0", "1.00", "20.5"]
    assert floor[:5] == ["100", "floor", "10.0", "(8.0–12.0)", "0.50"]


def test_the_worst_repetition_counts_for_snapshots_and_memory() -> None:
    (line,) = lines_of(row(rss_mb=80.0), row(rss_mb=90.0, snapshots_per_client_s_min=29.7))
    assert line[-3:] == ["29.7", "90", "yes"]


def test_lines_are_ordered_by_clients_and_then_as_they_ran() -> None:
    lines = lines_of(row("picows", 400), row("ricochet", 400), row("picows", 100))
    assert [line[:2] for line in lines] == [["100", "picows"], ["400", "picows"], ["400", "ricochet"]]


def test_without_the_reference_there_is_no_ratio() -> None:
    assert lines_of(row("picows"))[0][3] == "–"


@pytest.mark.parametrize(("held", "said"), [([True] * 2, "yes"), ([False] * 2, "no"), ([True, False], "1/2")])
def test_it_says_how_often_it_held(held: list[bool], said: str) -> None:
    assert lines_of(*(row(held=each) for each in held))[0][-1] == said


def test_the_cost_of_ticks_that_were_left_out_is_a_lower_bound() -> None:
    line, *caption = lines_of(row(held=False))
    assert line[2:4] == ["≥", "20.0"]
    assert caption
    assert lines_of(row(held=False), row())[0][2] == "20.0"


def test_a_run_without_figures_is_a_line_of_dashes() -> None:
    line, *_ = lines_of(Row(contestant="picows", clients=100, repetition=1, held=False))
    assert line == ["100", "picows", *["–"] * 8, "no"]


def test_a_saturated_generator_is_owned_up_to() -> None:
    line, *caption = lines_of(row(generator_saturated=True), row())
    assert line[-1] == "yes*"
    assert "saturated" in " ".join(caption[0])
    assert len(lines_of(row())) == 1


def test_another_rate_than_the_usual_is_said_above(tmp_path: Path) -> None:
    slow = "At 10 ticks, snapshots and inputs per second"
    assert printed(row(tick_rate=10), row("floor", tick_rate=10))[0] == slow
    assert "ticks, snapshots" not in "".join(printed(row()))
    for rate, is_said in ((10, True), (30, False)):
        draw([row(tick_rate=rate)], tmp_path / "cost.svg")
        assert (f"<!-- {slow} -->" in (tmp_path / "cost.svg").read_text()) is is_said


@pytest.mark.parametrize("suffix", ["svg", "png"])
def test_a_picture_has_every_contestant(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"cost.{suffix}"
    draw([row(), row("floor"), row("floor", 400, held=False), row("floor", 700, us_per_client_tick=None)], path)
    drawn = path.read_bytes()
    assert len(drawn) > 1000
    if suffix == "svg":
        assert all(f"<!-- {name} -->".encode() in drawn for name in ("ricochet", "floor"))


def test_of_nothing_there_is_an_empty_picture(tmp_path: Path) -> None:
    draw([], tmp_path / "empty.svg")
    assert (tmp_path / "empty.svg").stat().st_size
