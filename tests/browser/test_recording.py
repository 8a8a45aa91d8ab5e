"""What a person sees at 150 ms: held thrust along the walls and through rocks, recorded.

    pytest tests/browser/test_recording.py       leaves them in reports/recording/

Pictures are for looking at. With them goes `figures.json`: what snapshots moved, by what the ship touched, and how
evenly it was drawn. Between two render frames it is to go where its velocity takes it; a pull is what it is drawn off
that, as far as a bounce between the two doesn't explain it. Nothing may be moved visibly but where the machine stood
still, which the page tells apart ("late"), and which pulls can't.
"""

import json
import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Page

from tests.browser.page import opened, probe, settle, wait_for
from tests.browser.test_prediction import CORRECTION_UNITS_MAX, JITTER_MS, RTT_MS, SETTLE_S, basin, held, worsen
from tests.instruments.served import Served, served

pytestmark = [pytest.mark.browser, pytest.mark.slow]
FOLDER: Final = Path(__file__).parents[2] / "reports" / "recording"
SIZE: Final = (640, 480)
LEGS: Final = {
    "along the left wall": (("a", "w"), 2.2),
    "along the upper wall": (("w", "d"), 3.0),
    "through the rocks": (("s", "a"), 2.5),
    "and back": (("d", "w"), 2.5),
    "through them again": (("s",), 2.5),
}
"""Keys held, and for how many seconds."""
PICTURE_EVERY_S: Final = 0.2
FRAME_MS_MAX: Final = 50.0
"""Of longer frames nothing is said: a machine stood still."""
SAMPLE: Final = """() => {
  window.drawn = [];
  const sample = () => {
    const { drawn } = window.ricochet;
    if (drawn && drawn.at_ms !== window.drawn.at(-1)?.at_ms) window.drawn.push({ ...drawn });
    requestAnimationFrame(sample);
  };
  sample();
}"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    arena = tmp_path_factory.mktemp("maps") / "basin.json"
    arena.write_text(json.dumps(basin()), "utf-8")
    with served("--map", str(arena), "--seed", "3") as running:
        yield running


def pulls(drawn: Sequence[dict[str, float]]) -> list[float]:
    """How far off each frame's ship is from where the one before was going, in units: the least that any of both
    frames' velocities explains."""
    found = []
    for one, other in pairwise(drawn):
        seconds = (other["at_ms"] - one["at_ms"]) / 1000.0
        if seconds * 1000.0 > FRAME_MS_MAX:
            continue
        x, y = other["x"] - one["x"], other["y"] - one["y"]
        shares = (0.0, 0.25, 0.5, 0.75, 1.0)
        going = [
            (one["vx"] * (1 - share) + other["vx"] * share, one["vy"] * (1 - share) + other["vy"] * share)
            for share in shares
        ]
        found.append(min(math.hypot(x - vx * seconds, y - vy * seconds) for vx, vy in going))
    return found


def record(page: Page, name: str, keys: Sequence[str], seconds: float) -> list[dict[str, float]]:
    page.evaluate("window.drawn.length = 0")
    with held(page, *keys):
        for number in range(round(seconds / PICTURE_EVERY_S)):
            page.screenshot(path=FOLDER / f"{name.replace(' ', '-')}-{number:02}.png")
            settle(page, PICTURE_EVERY_S)
    drawn: list[dict[str, float]] = page.evaluate("window.drawn")
    return drawn


def test_nothing_pulls_the_ship_back(server: Served, chromium_path: Path) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    told: dict[str, Any] = {}
    with opened(chromium_path, f"{server.page_url}?name=Far&autojoin=1", SIZE, every_frame=True) as page:
        wait_for(page, "r.state === 'playing' && r.ack > 0")
        worsen(page, RTT_MS, JITTER_MS)
        settle(page, SETTLE_S)
        page.evaluate("window.ricochet.forget()")
        page.evaluate(SAMPLE)
        for name, (keys, seconds) in LEGS.items():
            found = sorted(pulls(record(page, name, keys, seconds)))
            assert len(found) > 5, name
            at = {share: found[int(share * (len(found) - 1))] for share in (0.5, 0.95, 0.99, 1.0)}
            told[name] = {"frames": len(found), "pull_units": at}
        told |= {name: figure for name, figure in probe(page)["figures"].items() if "correction" in name}
        told["counts"] = probe(page)["counts"]
    (FOLDER / "figures.json").write_text(json.dumps(told, indent=2), "utf-8")
    for situation in ("flight", "walls", "rocks"):
        shown = told[f"correction_shown_units.{situation}"]
        assert shown["max"] <= CORRECTION_UNITS_MAX, (situation, shown)
