"""The pictures of a run."""

from pathlib import Path

from bots.plots import draw_tally
from bots.tally import Tally


def test_a_picture_is_drawn_of_whatever_was_measured(tmp_path: Path) -> None:
    tally = Tally()
    for ms in range(30):
        tally.rtt_ms.add(float(ms))
    draw_tally(tally, tmp_path / "swarm.svg")
    svg = (tmp_path / "swarm.svg").read_text()
    assert svg.startswith("<?xml")
    assert len(svg) > 10_000
