"""One run: start a contestant, let all clients join, let it settle, measure, stop."""

import os
from collections import Counter
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from bench.comparison import Plan
from bench.contestants import Contestant
from bench.dialects.handshake import RefusedError
from bench.generator import Load, Measured
from bench.processes import Contesting, FailedError, contesting, pinned
from bench.row import HELD_SHARE, Outcome, Row
from bench.scene import SNAPSHOT_BYTES_DEFAULT, Scene
from bots.metrics import Samples, parse_metrics, percentiles_ms

METRICS_S_MAX: Final = 10.0

Say = Callable[[str], None]
"""Hears what is going on."""


def run(plan: Plan, seconds: float, settle_s: float, say: Say = lambda _: None) -> Outcome:
    """Measure for `seconds`. A contestant that fails has a row too, without figures."""
    contestant_core, load_core = cores()
    with TemporaryDirectory(prefix="ricochet-bench-") as folder, pinned(load_core):
        scene = Scene(plan.clients, Path(folder), plan.snapshot_bytes or SNAPSHOT_BYTES_DEFAULT, plan.tick_rate)
        try:
            say("starting")
            with contesting(plan.contestant.command(scene), contestant_core, scene.folder) as running:
                running.wait_ready()
                return _load(plan, scene, running, seconds, settle_s, say)
        except (FailedError, RefusedError, OSError) as error:
            row = Row(
                contestant=plan.contestant.name,
                clients=plan.clients,
                repetition=plan.repetition,
                tick_rate=plan.tick_rate,
                held=False,
            )
            return Outcome(row, str(error))


def cores() -> tuple[int, int]:
    """(the contestant's, the generator's): the first and the last that this process may use."""
    usable = sorted(os.sched_getaffinity(0))
    return usable[0], usable[-1]


def _load(plan: Plan, scene: Scene, running: Contesting, seconds: float, settle_s: float, say: Say) -> Outcome:
    """Put the load on a contestant that is ready."""
    with Load(plan.contestant.dialect(scene), running.port, scene.tick_rate) as load:
        say("joining")
        load.join(plan.clients)
        say("settling")
        load.play(settle_s)
        before = _mark(plan.contestant, running)
        say("measuring")
        cpu_s = running.cpu_s()
        measured = load.play(seconds)
        cpu_s = running.cpu_s() - cpu_s
        rss_mb = running.rss_mb()
        lateness = None if before is None else _lateness_since(before, running)
    said = running.stop()
    late_p50, late_p99 = lateness or (said.get("lateness_ms_p50"), said.get("lateness_ms_p99"))
    return outcome_of(plan, measured, load.lost, cpu_s, rss_mb, late_p50, late_p99)


def outcome_of(
    plan: Plan,
    measured: Measured,
    lost: Counter[str],
    cpu_s: float,
    rss_mb: float,
    late_p50_ms: float | None,
    late_p99_ms: float | None,
) -> Outcome:
    """What `measured` comes to, and the CPU spent meanwhile."""
    client_seconds = plan.clients * measured.seconds
    rate, arrived = min(measured.snapshots, default=0) / measured.seconds, sum(measured.snapshots)
    row = Row(
        contestant=plan.contestant.name,
        clients=plan.clients,
        repetition=plan.repetition,
        tick_rate=plan.tick_rate,
        held=not lost and rate >= HELD_SHARE * plan.tick_rate,
        us_per_client_tick=round(cpu_s * 1e6 / (client_seconds * plan.tick_rate), 2),
        us_per_snapshot=round(cpu_s * 1e6 / arrived, 2) if arrived else None,
        bytes_per_client_s=round(measured.received_bytes / client_seconds, 1),
        lateness_ms_p50=_rounded(late_p50_ms),
        lateness_ms_p99=_rounded(late_p99_ms),
        snapshots_per_client_s_min=round(rate, 2),
        rss_mb=round(rss_mb, 1),
        generator_saturated=measured.is_saturated,
    )
    reasons = ", ".join(f"{reason} ({count})" for reason, count in lost.most_common(3))
    return Outcome(row, f"{lost.total()} clients were disconnected: {reasons}" if lost else None)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def _mark(contestant: Contestant, running: Contesting) -> Samples | None:
    """Begin what is measured; the metrics so far where lateness is read from them."""
    if contestant.has_metrics:
        return read_metrics(running.port)
    running.mark()
    return None


def _lateness_since(before: Samples, running: Contesting) -> tuple[float | None, float | None]:
    late = percentiles_ms("ricochet_tick_lateness_seconds", before, read_metrics(running.port))
    return late.p50, late.p99


def read_metrics(port: int) -> Samples:
    """What `/metrics` says now. Raises FailedError."""
    connection = HTTPConnection("127.0.0.1", port, timeout=METRICS_S_MAX)
    try:
        connection.request("GET", "/metrics")
        return parse_metrics(connection.getresponse().read().decode())
    except (OSError, HTTPException) as error:
        raise FailedError(f"its metrics could not be read: {error}") from None
    finally:
        connection.close()
