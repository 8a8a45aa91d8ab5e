"""The table has a line for each row, and the plot a line for each jitter."""

from pathlib import Path

from rich.console import Console

from bench.netboard import draw, table_of
from tests.bench.test_netlimits import rows


def test_the_table_says_what_is_the_same_for_all_situations_once() -> None:
    console = Console(width=200, record=True)
    console.print(table_of(rows(150.0, 10.0) + rows(80.0, 0.0, stalls=True)))
    said = console.export_text()
    for word in ("flight", "walls", "rocks", "contact"):
        assert said.count(f"{word} ") >= 2
    assert said.count("97.0") == 2, "pulses are the network's"
    assert said.count("0.030") == 2 * 2 * 4
    assert "0 stalls" in said


def test_the_plot_is_written(tmp_path: Path) -> None:
    path = tmp_path / "plot.svg"
    draw(rows(80.0, 0.0) + rows(150.0, 0.0) + rows(150.0, 40.0, pulse_hits_percent=None), path)
    assert path.read_text("utf-8").count("<svg") == 1
