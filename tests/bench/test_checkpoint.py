"""What a checkpoint costs: what counts as holding, and a small measurement of each part."""

from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from bench.checkpoint import CAPTURE_MS_MAX, KEPT, LATER_MS_MAX, Captured, checkpoint_command, compare, judge, measure
from bench.comparison import Plan
from bench.row import Outcome, Row
from bench.scene import Scene
from protocol.errors import UserError

GOOD = Captured(
    players=1000,
    entities=4000,
    times=9,
    capture_ms_p50=1.0,
    capture_ms_p99=3.0,
    seal_ms_p50=1.0,
    checkpoint_bytes=700_000,
)


def row(contestant: str, late_ms: float, held: bool = True) -> Row:
    return Row(contestant=contestant, clients=400, repetition=1, held=held, lateness_ms_p99=late_ms)


def test_a_small_room_has_every_figure() -> None:
    captured = measure(players=8, times=3, play_s=0.5)
    assert (captured.players, captured.times) == (8, 3)
    assert captured.entities > 16
    assert 0 < captured.capture_ms_p50 <= captured.capture_ms_p99
    assert captured.checkpoint_bytes > 1000
    assert captured.seal_ms_p50 > 0


def test_it_holds_when_the_tick_pays_little_and_nobody_notices() -> None:
    rows = [row("ricochet", 1.0), row(KEPT, 1.0 + LATER_MS_MAX), row("ricochet", 1.0), row(KEPT, 40.0)]
    assert judge(GOOD, rows).held
    assert judge(GOOD, []).held
    assert not judge(replace(GOOD, capture_ms_p50=CAPTURE_MS_MAX + 0.1), rows).held
    assert not judge(GOOD, [row("ricochet", 1.0), row(KEPT, 1.1 + LATER_MS_MAX)]).held
    assert not judge(GOOD, [row("ricochet", 1.0), row(KEPT, 1.0, held=False)]).held


def test_both_take_turns_and_one_has_a_folder(tmp_path: Path) -> None:
    plans: list[Plan] = []

    def run(plan: Plan, seconds: float) -> Outcome:
        plans.append(plan)
        return Outcome(row(plan.contestant.name, 1.0))

    assert len(compare(400, 2, 1.0, run)) == 4
    scene = Scene(4, tmp_path)
    assert ["--state-dir" in plan.contestant.command(scene) for plan in plans] == [False, True, False, True]


def test_it_is_measured_under_load_and_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "result.json"
    checkpoint_command(players=8, times=2, clients=4, repeat=1, seconds=2.0, json=path)
    written = msgspec.json.decode(path.read_bytes())
    assert [row["contestant"] for row in written["rows"]] == ["ricochet", KEPT]
    said = capsys.readouterr().out
    assert "8 players" in said
    assert f"{KEPT}, 4 clients" in said


def test_a_file_that_cant_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="can't be written"):
        checkpoint_command(players=8, times=1, clients=4, repeat=0, seconds=2.0, json=tmp_path / "no" / "result.json")
