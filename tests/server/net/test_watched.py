"""Watching files: each replacement is noticed once, in whatever way it is done."""

import os
from pathlib import Path

from server.net.watched import Watched


def test_nothing_has_changed_until_something_does(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_text("1")
    watched = Watched(one, other)
    assert not watched.changed()
    other.write_text("2")
    assert watched.changed()
    assert not watched.changed()


def test_a_file_of_the_same_size_moved_over_it_is_another(tmp_path: Path) -> None:
    file, new = tmp_path / "file", tmp_path / "new"
    file.write_text("1")
    watched = Watched(file)
    new.write_text("2")
    os.utime(new, ns=(file.stat().st_atime_ns, file.stat().st_mtime_ns))
    new.replace(file)
    assert watched.changed()


def test_a_link_that_points_elsewhere_is_another(tmp_path: Path) -> None:
    (tmp_path / "old").write_text("1")
    (tmp_path / "new").write_text("2")
    link = tmp_path / "link"
    link.symlink_to("old")
    watched = Watched(link)
    link.unlink()
    assert watched.changed()
    link.symlink_to("new")
    assert watched.changed()


def test_a_file_that_somebody_else_may_read_now_is_another(tmp_path: Path) -> None:
    """Who renews a certificate copies the key first and hands it over then; until then it can't be loaded."""
    file = tmp_path / "key"
    file.write_text("1")
    file.chmod(0o000)
    watched = Watched(file)
    file.chmod(0o600)
    assert watched.changed()
    assert not watched.changed()
