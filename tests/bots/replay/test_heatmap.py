"""The picture shows where somebody was."""

from pathlib import Path

import numpy as np
from matplotlib.image import imread

from bots.replay.figures import Traces, watch
from bots.replay.heatmap import draw_heatmap
from protocol.replay import Replay
from tests.bots.replay.test_playback import GOLDEN


def brightness(path: Path) -> float:
    return float(np.asarray(imread(path))[..., :3].mean())


def test_it_is_drawn_of_a_match_and_of_nothing_at_all(tmp_path: Path) -> None:
    replay = Replay((GOLDEN / "match-1.replay").read_bytes())
    figures, traces = watch(replay)
    some, none = tmp_path / "some.png", tmp_path / "none.png"
    draw_heatmap(replay.welcome.arena, traces, figures, some)
    draw_heatmap(replay.welcome.arena, Traces(), figures, none)
    assert some.read_bytes().startswith(b"\x89PNG")
    assert brightness(some) > brightness(none) + 0.005
