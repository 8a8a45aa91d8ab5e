"""`bench netcode`: which networks are measured, what is written, and what it says of mistakes."""

from pathlib import Path

import msgspec
import pytest

from bench.netcode import JITTERS_MS, RTTS_MS, _networks
from ricochet import main


def test_without_a_wish_it_is_all_pairs_and_localhost() -> None:
    networks = list(_networks(None, None, stalls=False))
    assert [(each.rtt_ms, each.jitter_ms) for each in networks[:3]] == [(0.0, 0.0), (20.0, 0.0), (20.0, 10.0)]
    assert len(networks) == 1 + len(RTTS_MS) * len(JITTERS_MS)
    assert all(each.stalls_per_s == 0.0 for each in networks)


def test_what_is_asked_for_is_measured() -> None:
    [one] = _networks([150.0], [10.0], stalls=True)
    assert (one.rtt_ms, one.jitter_ms, one.stall_ms) == (150.0, 10.0, 500.0)
    assert one.stalls_per_s > 0.0
    assert [each.jitter_ms for each in _networks([0.0], None, stalls=False)] == list(JITTERS_MS)
    assert [each.jitter_ms for each in _networks([80.0], [0.0], stalls=False)] == [0.0]


def test_rows_and_a_plot_are_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, plot = tmp_path / "rows.json", tmp_path / "plot.svg"
    words = ["bench", "netcode", "--rtt", "150", "--jitter", "10", "--seconds", "1", "--json", str(path)]
    with pytest.raises(SystemExit) as ended:
        main([*words, "--plot", str(plot)])
    assert not ended.value.code
    rows = msgspec.json.decode(path.read_bytes())
    assert [row["situation"] for row in rows] == ["flight", "walls", "rocks", "contact"]
    assert {row["rtt_ms"] for row in rows} == {150.0}
    assert rows[0]["own_error_units"]["p99"] is not None
    assert plot.exists()
    said = capsys.readouterr().out
    assert "flight: own error p99" in said
    assert "Not measured" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--rtt", "far"], "is not numbers"),
        (["--rtt", "-1", "--jitter", "0"], "rtt_ms is -1"),
        (["--map", "nowhere"], "nowhere"),
    ],
)
def test_what_cant_be_is_said_in_one_sentence(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["bench", "netcode", *words])
    assert ended.value.code == 2
    assert said in capsys.readouterr().err


def test_a_file_that_cant_be_written_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--rtt", "0", "--jitter", "0", "--seconds", "1", "--json", str(tmp_path / "no" / "rows.json")]
    with pytest.raises(SystemExit):
        main(["bench", "netcode", *words])
    assert "can't be written" in capsys.readouterr().err
