"""`ricochet bench server` as it is typed: its rows, its table, and one sentence for what can't be."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

import ricochet
from bench import server
from bench.cli import app
from bench.contestants import Contestant, known, named
from bench.dialects.floor import FloorDialect
from bench.scene import TICK_RATE

KEYS = {
    "contestant",
    "clients",
    "repetition",
    "tick_rate",
    "held",
    "us_per_client_tick",
    "us_per_snapshot",
    "bytes_per_client_s",
    "lateness_ms_p50",
    "lateness_ms_p99",
    "snapshots_per_client_s_min",
    "rss_mb",
    "generator_saturated",
}


def test_two_contestants_are_compared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("bench.server.SETTLE_S", 0.3)
    rows_file, picture = tmp_path / "rows.json", tmp_path / "cost.svg"
    words = ["server", "--contestants", "ricochet,floor", "--clients", "5", "--seconds", "1"]
    with pytest.raises(SystemExit) as ended:
        ricochet.main(["bench", *words, "--json", str(rows_file), "--plot", str(picture)])
    assert ended.value.code in (0, None)
    rows = json.loads(rows_file.read_text())
    assert [row["contestant"] for row in rows] == ["ricochet", "floor"]
    assert all(row.keys() == KEYS for row in rows)
    assert all(row["snapshots_per_client_s_min"] > 0 for row in rows)
    assert {row["tick_rate"] for row in rows} == {TICK_RATE}
    printed = capsys.readouterr()
    assert printed.err == ""
    assert "ricochet" in printed.out
    assert "floor" in printed.out
    assert "Not measured:" in printed.out
    assert picture.read_bytes().startswith(b"<?xml")


def test_they_are_compared_at_another_rate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.server.SETTLE_S", 0.3)
    rows_file = tmp_path / "rows.json"
    words = ["--contestants", "floor", "--clients", "5", "--seconds", "1", "--tick-rate", "10"]
    result = CliRunner().invoke(app, ["bench", "server", *words, "--json", str(rows_file)])
    assert result.exit_code == 0
    assert "At 10 ticks, snapshots and inputs per second" in result.output
    (row,) = json.loads(rows_file.read_text())
    assert row["tick_rate"] == 10
    assert row["snapshots_per_client_s_min"] > 0


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            ["--contestants", "ricochet,ricohet"],
            "there is no contestant 'ricohet'; there are: ricochet, ",
        ),
        (["--contestants", ","], "--contestants names nobody"),
        (["--clients", "100,many"], "--clients: 'many' is not a number"),
        (["--clients", "3"], "--clients: 3 is not between 4 and 1500"),
        (["--clients", "1501"], "not between"),
        (["--clients", ""], "--clients names no number"),
        (["--repeat", "0"], "--repeat"),
        (["--seconds", "0"], "--seconds"),
        (["--tick-rate", "4"], "--tick-rate"),
        (["--tick-rate", "61"], "--tick-rate"),
        (["--json", "nowhere/rows.json"], "nowhere/rows.json can't be written: no such file or directory"),
        (["--plot", "picture.odd"], "picture.odd can't be written: Format 'odd' is not supported"),
    ],
)
def test_what_cant_be_is_said_in_one_sentence(
    words: list[str], sentence: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        ricochet.main(["bench", "server", *words])
    printed = capsys.readouterr()
    assert (ended.value.code, printed.out, printed.err.count("\n")) == (2, "", 1)
    assert sentence in printed.err


def test_another_system_is_told_what_is_lacking(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.platform", "plan9")
    with pytest.raises(SystemExit):
        ricochet.main(["bench", "server", "--contestants", "floor"])
    assert "plan9" in capsys.readouterr().err


def test_who_is_absent_is_named_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    def command(_: object) -> list[str]:
        raise AssertionError("it was to be left out")

    absent = Contestant(
        name="floor", command=command, dialect=lambda _: FloorDialect(1), absent=lambda: "nobody has built it"
    )
    monkeypatch.setattr(server, "named", lambda _: absent)
    result = CliRunner().invoke(app, ["bench", "server", "--contestants", "floor"])
    assert result.exit_code == 0
    assert "floor is absent: nobody has built it." in result.output


def test_a_contestant_that_fails_is_told_and_is_a_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = Contestant(name="floor", command=lambda _: ["/nowhere/at/all"], dialect=lambda _: FloorDialect(1))
    monkeypatch.setattr(server, "named", lambda _: broken)
    rows_file = tmp_path / "rows.json"
    words = ["bench", "server", "--contestants", "floor", "--clients", "4", "--json", str(rows_file)]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0
    assert "1/1 floor, 4 clients: it can't be started" in result.stderr
    (row,) = json.loads(rows_file.read_text())
    assert (row["held"], row["us_per_client_tick"]) == (False, None)


def test_the_contestants_are_those_that_were_asked_for() -> None:
    assert list(known()) == [
        "ricochet",
        "ricochet-plain",
        "websockets",
        "picows",
        "node-ws",
        "colyseus",
        "colyseus-view",
        "floor",
    ]
    assert named("floor").absent() is None
