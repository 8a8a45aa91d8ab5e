"""The golden vectors are what the protocol says today; whoever changes it makes them anew.

The engine's last bits may differ between processors, so bounces are compared to a billionth.
"""

import json
from typing import Any

import pytest

from tests.instruments import golden


@pytest.mark.parametrize("name", [name for name in golden.MAKERS if name != "bounces"])
def test_golden_vectors_are_what_is_made_today(name: str) -> None:
    assert _stored(name) == golden.make(name), "run `python -m tests.instruments.golden` if this was meant"


def test_golden_bounces_are_what_the_engine_does_today() -> None:
    stored, made = _stored("bounces"), golden.make("bounces")
    for then, now in zip(stored.pop("flights"), made.pop("flights"), strict=True):
        assert then["inputs"] == now["inputs"]
        assert then["start"] == pytest.approx(now["start"])
        for before, after in zip(then["after"], now["after"], strict=True):
            assert before == pytest.approx(after, rel=1e-9, abs=1e-9)
    assert stored == made


def _stored(name: str) -> dict[str, Any]:
    vectors: dict[str, Any] = json.loads((golden.FOLDER / f"{name}.json").read_text("utf-8"))
    return vectors
