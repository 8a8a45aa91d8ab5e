"""The stall: what counts as holding, and one small run with everything real in it."""

from pathlib import Path

import msgspec
import pytest
import typer

from bench.sleepers import Slept
from bench.stall import Window, judge, measure, stall_command
from protocol.errors import UserError

CALM = Window(33.0, 34.0, 30.0, 80.0)
RIGHT = Slept(right_s=[0.1, 0.9], unread_snapshots_max=40)


def held(during: Window = CALM, slept: Slept = RIGHT, lost: tuple[str, ...] = ()) -> bool:
    return judge(10, 30.0, (CALM, during, CALM), slept, list(lost), False).held


def test_it_holds_when_nobody_was_hurt() -> None:
    assert held()
    assert held(Window(33.0, 35.9, 30.0, 111.0))


@pytest.mark.parametrize(
    ("during", "slept", "lost"),
    [
        (Window(33.0, 36.1, 30.0, 80.0), RIGHT, ()),
        (Window(33.0, 34.0, 30.0, 112.1), RIGHT, ()),
        (Window(None, None, 0.0, 80.0), RIGHT, ()),
        (CALM, Slept(right_s=[0.1, 1.1]), ()),
        (CALM, Slept(right_s=[0.1, None]), ()),
        (CALM, Slept(right_s=[0.1], checksum_mismatches=1), ()),
        (CALM, Slept(right_s=[0.1], disconnected=["4013 too slow"]), ()),
        (CALM, RIGHT, ("a player was lost",)),
    ],
)
def test_it_does_not_when_somebody_was(during: Window, slept: Slept, lost: tuple[str, ...]) -> None:
    assert not held(during, slept, lost)


def test_a_small_one() -> None:
    """Its times are this machine's; that everybody stays, and is right again, is not."""
    result = measure(players=6, stalled=3, seconds=1.0, settle_s=0.5)
    assert (result.players, result.stalled, result.disconnected, result.checksum_mismatches) == (6, 3, [], 0)
    assert result.right_s_max is not None
    assert result.before.interval_ms_p50 is not None
    assert result.before.rss_mb > 10
    assert msgspec.json.decode(msgspec.json.encode(result))["during"]["snapshots_per_client_s_min"] > 0


def test_too_many_are_refused_in_one_sentence() -> None:
    with pytest.raises(UserError, match="places"):
        stall_command(players=1000, stalled=1000, seconds=1.0, json=None)


def test_its_flags_are_typed_at_a_terminal(tmp_path: Path) -> None:
    app = typer.Typer()
    app.command()(stall_command)
    with pytest.raises(typer.BadParameter):
        app(["--seconds", "600"], standalone_mode=False)
