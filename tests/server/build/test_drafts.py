"""Drafts: whose they are, how many are kept, and what a broken disk leaves."""

from pathlib import Path

import pytest

from server.build import drafts as rules
from server.build.drafts import Draft, Drafts
from tests.instruments.plans import ARENA


def draft(owner: str = "ann", saved_s: int = 1000, title: str = "Ann’s place") -> Draft:
    return Draft(owner, title, saved_s, ARENA)


def id_of(number: int) -> str:
    return f"{number:016x}"


def test_what_is_kept_is_there_after_a_restart_too_and_nobody_elses(tmp_path: Path) -> None:
    drafts = Drafts(tmp_path / "drafts")
    drafts.keep(id_of(1), draft(saved_s=1))
    drafts.keep(id_of(1), draft(saved_s=2, title="Later"))
    drafts.keep(id_of(2), draft("bob"))
    for one in (drafts, Drafts(tmp_path / "drafts")):
        assert one.of("ann") == [(id_of(1), draft(saved_s=2, title="Later"))]
        assert one.find(id_of(1), "ann") == draft(saved_s=2, title="Later")
        assert (one.find(id_of(1), "bob"), one.find(id_of(9), "ann"), one.of(""), one.of("eve")) == (None, None, [], [])
        assert one.size == sum(path.stat().st_size for path in (tmp_path / "drafts").iterdir())


def test_of_each_person_and_of_all_the_oldest_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "PER_PERSON_MAX", 2)
    drafts = Drafts(tmp_path)
    drafts.keep(id_of(9), draft("bob", 1))
    for number in range(4):
        drafts.keep(id_of(number), draft(saved_s=10 + number))
    assert [id for id, _ in drafts.of("ann")] == [id_of(3), id_of(2)]
    monkeypatch.setattr(rules, "DRAFTS_MAX", 2)
    drafts.keep(id_of(4), draft("eve", 20))
    assert (len(drafts), drafts.of("bob")) == (2, [])
    monkeypatch.setattr(rules, "BYTES_MAX", drafts.size // 2 + 10)
    drafts.keep(id_of(5), draft("kim", 30))
    assert [path.stem for path in tmp_path.iterdir()] == [id_of(5)]


def test_of_those_of_one_second_what_was_kept_last_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "PER_PERSON_MAX", 2)
    drafts = Drafts(tmp_path)
    for number in (1, 2, 1, 3):
        drafts.keep(id_of(number), draft())
    assert sorted(drafts.ids_of("ann")) == [id_of(1), id_of(3)]


def test_what_cant_be_read_is_left_out(tmp_path: Path) -> None:
    Drafts(tmp_path).keep(id_of(1), draft())
    (tmp_path / f"{id_of(2)}.json").write_bytes((tmp_path / f"{id_of(1)}.json").read_bytes()[:-9])
    (tmp_path / "notes.json").write_text("{}")
    assert [id for id, _ in Drafts(tmp_path).of("ann")] == [id_of(1)]


def test_what_is_too_large_is_not_kept_and_what_was_before_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drafts = Drafts(tmp_path)
    drafts.keep(id_of(1), draft())
    monkeypatch.setattr(rules, "FILE_BYTES_MAX", drafts.size + 10)
    with pytest.raises(OSError, match="more than"):
        drafts.keep(id_of(1), draft(title="x" * 40))
    assert drafts.of("ann") == [(id_of(1), draft())]


def test_what_is_discarded_is_gone_and_nothing_else_is(tmp_path: Path) -> None:
    drafts = Drafts(tmp_path)
    for number, owner in ((1, "ann"), (2, "ann"), (3, "bob")):
        drafts.keep(id_of(number), draft(owner))
    assert (drafts.owner_of(id_of(3)), drafts.owner_of(id_of(9))) == ("bob", "")
    assert (drafts.ids_of("ann"), drafts.ids_of("")) == ([id_of(1), id_of(2)], [])
    drafts.discard([id_of(1), id_of(9), "../bob"])
    for one in (drafts, Drafts(tmp_path)):
        assert (one.ids_of("ann"), one.ids_of("bob")) == ([id_of(2)], [id_of(3)])


def test_what_the_disk_keeps_is_not_gone(tmp_path: Path) -> None:
    drafts = Drafts(tmp_path)
    drafts.keep(id_of(1), draft())
    (tmp_path / f"{id_of(1)}.json").unlink()
    (tmp_path / f"{id_of(1)}.json").mkdir()
    with pytest.raises(OSError, match=id_of(1)):
        drafts.discard([id_of(1)])
    assert drafts.ids_of("ann") == [id_of(1)]
