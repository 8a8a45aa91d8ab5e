"""`ricochet replay`, as it is typed."""

import json
from pathlib import Path

import pytest

from protocol.limits import PROTOCOL_VERSION
from protocol.replay import Header, Writer
from ricochet import main
from tests.bots.replay.test_playback import GOLDEN, keyframe, snapshot
from tests.bots.stage import welcome
from tests.protocol.test_replay import CODEC, told

MATCH = str(GOLDEN / "match-1.replay")


def run(*words: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(["replay", *words])
    return int(left.value.code or 0)


def test_it_tells_what_happened(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(MATCH, "--json", str(tmp_path / "m.json"), "--heatmap", str(tmp_path / "m.png")) == 0
    out = capsys.readouterr().out
    assert "melee in Pinball" in out
    assert "96 of 96 checksums agree" in out
    assert "Bot 3 (bot)" in out
    figures = json.loads((tmp_path / "m.json").read_text())
    assert figures["kills"] == 6
    assert figures["players"][0]["place"] == 1
    assert (tmp_path / "m.png").stat().st_size > 10_000


def test_of_a_private_room_it_names_no_room(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "private.replay"
    path.write_bytes(Writer().begin(Header(PROTOCOL_VERSION, 0), CODEC.encode(welcome(room="")), 100))
    assert run(str(path)) == 0
    assert "(a private room)" in capsys.readouterr().out


def test_it_tells_what_was_built(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    build = str(GOLDEN / "build-1.replay")
    assert run(build, "--json", str(tmp_path / "b.json"), "--heatmap", str(tmp_path / "b.png")) == 0
    out = capsys.readouterr().out
    assert "built there: 29 edits, 10 pieces at the end" in out
    assert "edits" in next(line for line in out.splitlines() if "player" in line)
    figures = json.loads((tmp_path / "b.json").read_text())
    assert sum(share["edits"] for share in figures["players"]) == figures["edits"] == 29


def test_it_can_be_silent(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(MATCH, "--quiet") == 0
    assert capsys.readouterr() == ("", "")


def test_wrong_checksums_are_a_status_and_a_sentence(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    writer, wrong = Writer(), keyframe()
    wrong.checksum ^= 1
    file = writer.begin(Header(PROTOCOL_VERSION, 0), CODEC.encode(welcome()), 100)
    path = tmp_path / "wrong.replay"
    path.write_bytes(file + writer.chunk(100, [told(100), snapshot(wrong)]))
    assert run(str(path)) == 1
    said = capsys.readouterr()
    assert "0 of 1 checksums agree" in said.out
    assert "1 checksums are wrong" in said.err


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "no replay of Ricochet"),
        (b"RICOREPL\2\0", "it is of version 2, newer than the version 1 that can be played here."),
        (None, "can't be read: no such file"),
    ],
)
def test_what_can_not_be_played_is_one_sentence(
    content: bytes | None, sentence: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "some.replay"
    if content is not None:
        path.write_bytes(content)
    assert run(str(path)) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert sentence in said.err
    assert said.err.count("\n") == 1


def test_names_of_a_file_can_not_talk_to_the_terminal(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    greeting = welcome(room="\x1b[31m[bold]red")
    path = tmp_path / "red.replay"
    path.write_bytes(Writer().begin(Header(PROTOCOL_VERSION, 0), CODEC.encode(greeting), 100))
    assert run(str(path)) == 0
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "[bold]red" in out


def test_where_it_can_not_write_it_says_so(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(MATCH, "--json", str(tmp_path / "no" / "m.json")) == 2
    assert run(MATCH, "--quiet", "--heatmap", str(tmp_path / "m.unheard")) == 2
    assert "can't be" in capsys.readouterr().err
