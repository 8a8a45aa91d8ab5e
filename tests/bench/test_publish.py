"""`bench publish`: what counts as holding, what is written, and what it says of mistakes."""

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from bench.crowds import AT_20_HZ, CROWDS, Crowd
from bench.publish import bound_units, measure, publish_command
from protocol.errors import UserError
from ricochet import main

FEW = Crowd("few", "nine ships that turn", 2048, AT_20_HZ, ships=9, hold_ticks=15, bytes_per_viewer_s_max=9000.0)


def test_a_small_crowd_holds() -> None:
    row = measure(FEW, seconds=2, settle_s=1)
    assert row.held
    assert (row.crowd, row.entities, row.viewers, row.snapshots_per_s) == ("few", 9, 9, 20)
    assert 0 < row.news_bytes_per_viewer_s < row.bytes_per_viewer_s < 9000
    assert row.error_units <= row.error_units_bound == 1 + 1 / 16
    assert min(row.simulate_us, row.compare_us, row.choose_us, row.encode_us, row.address_us) > 0
    assert (row.strangers, row.checksum_mismatches) == (0, 0)


def test_who_costs_more_than_it_may_does_not() -> None:
    assert not measure(replace(FEW, bytes_per_viewer_s_max=100.0), seconds=1, settle_s=1).held


def test_what_a_crowd_in_one_cell_may_be_wrong_by_is_promised_by_its_size() -> None:
    spread, cell = CROWDS[-2], CROWDS[-1]
    assert bound_units(spread) == 1 + 1 / 16
    half = Crowd("half", "500", 512, cell.rates, 500, hold_ticks=15, in_one_cell=True)
    assert bound_units(spread) < bound_units(half) < bound_units(cell)


def test_rows_are_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "rows.json"
    with pytest.raises(SystemExit) as ended:
        main(["bench", "publish", "--crowds", "turning", "--seconds", "1", "--json", str(path)])
    assert not ended.value.code
    [row] = msgspec.json.decode(path.read_bytes())
    assert row["crowd"] == "turning"
    assert "60 ships" in capsys.readouterr().out


@pytest.mark.parametrize(("crowds", "said"), [("rocks,nobody", "no crowd 'nobody'"), (" , ", "names no crowd")])
def test_what_cant_be_is_said_in_one_sentence(crowds: str, said: str) -> None:
    with pytest.raises(UserError, match=said):
        publish_command(crowds=crowds, seconds=1, json=None)


def test_a_file_that_cant_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="can't be written"):
        publish_command(crowds="turning", seconds=1, json=tmp_path / "no" / "rows.json")
