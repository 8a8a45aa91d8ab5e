"""The floor's wire: right sizes, no meaning. Its server's test plays it."""

import pytest

from bench.dialects.floor import FRAME_HEADER_BYTES, INPUT_BYTES, FloorDialect
from bench.dialects.ricochet import RicochetDialect
from bench.scene import VARIANTS
from protocol.frames import header
from tests.bench.dialects.test_plain import understood


def test_an_input_has_the_size_of_ricochets_on_average() -> None:
    assert len(understood(FloorDialect(100).input_frame(1, 0))) == INPUT_BYTES
    sizes = [len(understood(RicochetDialect().input_frame(1000 + n, n % VARIANTS))) for n in range(20 * VARIANTS)]
    assert sum(sizes) / len(sizes) == pytest.approx(INPUT_BYTES, abs=1)


def test_a_snapshots_header_is_counted_apart() -> None:
    assert {len(header(length)) for length in (126, 1000)} == {FRAME_HEADER_BYTES}


def test_everything_is_a_snapshot_and_says_no_tick() -> None:
    assert FloorDialect(100).is_snapshot(b"")
    assert FloorDialect(100).tick_of(b"") is None
