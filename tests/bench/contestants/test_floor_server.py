"""The floor as a process: what was asked for comes once a tick, and clients may come and go."""

import json
import signal
from pathlib import Path

from bench.dialects.floor import FloorDialect
from bench.scene import Scene
from tests.bench.contestants.playing import PATIENCE_S, joined, messages, started


def test_everybody_gets_frames_of_the_size_asked_for(tmp_path: Path) -> None:
    with started("floor", Scene(5, tmp_path)) as (process, port), joined(FloorDialect(333), port, 2) as (one, two):
        assert [len(message) for message in messages(one, 5)] == [333] * 5
        one.close()
        process.send_signal(signal.SIGUSR1)
        with joined(FloorDialect(0), port, 1) as (three,):
            three.sendall(FloorDialect(0).input_frame(1, 1))
            assert [len(message) for message in messages(three, 5)] == [0] * 5
        assert [len(message) for message in messages(two, 5)] == [333] * 5
        process.send_signal(signal.SIGTERM)
        said, _ = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0
    assert json.loads(said)["ticks"] > 0
