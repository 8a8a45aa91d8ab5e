"""Which Node is taken, and what is said where there is none."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.contestants import node_runtime


@pytest.fixture(autouse=True)
def _asked_anew() -> Iterator[None]:
    node_runtime.node.cache_clear()
    yield
    node_runtime.node.cache_clear()


def test_without_node_the_reason_says_which_is_needed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    assert node_runtime.node() is None
    assert node_runtime.absent() == f"there is no Node {node_runtime.NODE_MAJOR_MIN} or newer"


def test_without_its_packages_the_reason_says_how_to_get_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(node_runtime, "node", lambda: "node")
    monkeypatch.setattr(node_runtime, "PROJECT", tmp_path)
    assert "make bench" in str(node_runtime.absent())
    (tmp_path / "node_modules").mkdir()
    assert node_runtime.absent() is None
