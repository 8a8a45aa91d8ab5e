"""The golden vectors are what the protocol says today; whoever changes it makes them anew.

The engine's last bits may differ between processors, so bounces are compared to a billionth. Its scenes are held
to every bit where the C library is glibc on x86-64, whose sines the browser's engine has.
"""

import json
import platform
from typing import Any

import pytest

from tests.instruments import golden

LIVED = ("bounces", "engine", "neighbourhood", "own_shots")
"""What the engine makes of them."""


@pytest.mark.parametrize("name", [name for name in golden.MAKERS if name not in LIVED])
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


def test_golden_shots_fly_as_they_do_today() -> None:
    assert _rounded(_stored("own_shots")) == _rounded(golden.make("own_shots"))


@pytest.mark.skipif(
    (platform.libc_ver()[0], platform.machine()) != ("glibc", "x86_64"), reason="its sines may differ in their last bit"
)
@pytest.mark.parametrize("name", ["engine", "neighbourhood"])
def test_golden_scenes_are_what_the_engine_does_today_to_the_last_bit(name: str) -> None:
    stored, made = _stored(name), golden.make(name)
    for number, (then, now) in enumerate(zip(stored["scenes"], made["scenes"], strict=True)):
        assert then == now, f"{number}: run `python -m tests.instruments.golden` if this was meant"
    assert stored == made


def _stored(name: str) -> dict[str, Any]:
    vectors: dict[str, Any] = json.loads((golden.FOLDER / f"{name}.json").read_text("utf-8"))
    return vectors


def _rounded(value: Any) -> Any:
    """Numbers as near as they are held to each other."""
    if isinstance(value, dict):
        return {name: _rounded(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_rounded(part) for part in value]
    return pytest.approx(value, rel=1e-9, abs=1e-7) if isinstance(value, float) else value
