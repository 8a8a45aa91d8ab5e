"""One run: start a contestant, let all clients join, let it settle, measure, stop."""

import os
from collections.abc import Callable
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

from bench.contestants import Contestant
from bench.dialects.handshake import RefusedError
from bench.generator import Load, Measured
from bench.processes import Contesting, FailedError, contesting, pinned
from bench.row import Row
from bench.scene import TICK_RATE, Scene
from bots.metrics import Samples, parse_metrics, percentiles_ms

HELD_PER_S: Final = 29.5
METRICS_S_MAX: Final = 10.0


class Plan(NamedTuple):
    """What is run, and for how long. `snapshot_bytes`: see `scene.Scene`."""

    contestant: Contestant
    clients: int
    repetition: int
    seconds: float
    settle_s: float = 3.0
    snapshot_bytes: int = 150


Say = Callable[[str], None]
"""Hears what is going on."""


def run(plan: Plan, say: Say = lambda _: None) -> Row:
    """The row of `plan`. A contestant that fails has one too, and `say` hears why."""
    contestant_core, load_core = cores()
    with TemporaryDirectory(prefix="ricochet-bench-") as folder, pinned(load_core):
        scene = Scene(plan.clients, Path(folder), plan.snapshot_bytes)
        try:
            say("starting")
            with contesting(plan.contestant.command(scene), contestant_core, scene.folder) as contesting_:
                contesting_.wait_ready()
                return _measure(plan, scene, contesting_, say)
        except (FailedError, RefusedError, OSError) as error:
            say(f"failed: {error}")
            return Row(contestant=plan.contestant.name, clients=plan.clients, repetition=plan.repetition, held=False)


def cores() -> tuple[int, int]:
    """(the contestant's, the generator's): the first and the last that this process may use."""
    usable = sorted(os.sched_getaffinity(0))
    return usable[0], usable[-1]


def _measure(plan: Plan, scene: Scene, contesting_: Contesting, say: Say) -> Row:
    with Load(plan.contestant.dialect(scene), contesting_.port) as load:
        say("joining")
        load.join(plan.clients)
        say("settling")
        load.play(plan.settle_s)
        present = len(load.clients)
        before = _mark(plan.contestant, contesting_)
        say("measuring")
        cpu_s = contesting_.cpu_s()
        measured = load.play(plan.seconds)
        cpu_s = contesting_.cpu_s() - cpu_s
        rss_mb = contesting_.rss_mb()
        lateness = _lateness_since(before, contesting_) if before is not None else None
    if measured.lost or present < plan.clients:
        say(f"lost {plan.clients - len(measured.snapshots)} clients: {_reasons(measured)}")
    said = contesting_.stop()
    late_p50, late_p99 = lateness or (said.get("lateness_ms_p50"), said.get("lateness_ms_p99"))
    rate = min(measured.snapshots, default=0) / measured.seconds
    return Row(
        contestant=plan.contestant.name,
        clients=plan.clients,
        repetition=plan.repetition,
        held=len(measured.snapshots) == plan.clients and rate >= HELD_PER_S,
        us_per_client_tick=round(cpu_s * 1e6 / (plan.clients * TICK_RATE * measured.seconds), 2),
        bytes_per_client_s=round(measured.received_bytes / (plan.clients * measured.seconds), 1),
        lateness_ms_p50=late_p50,
        lateness_ms_p99=late_p99,
        snapshots_per_client_s_min=round(rate, 2),
        rss_mb=round(rss_mb, 1),
        generator_saturated=measured.is_saturated,
    )


def _reasons(measured: Measured) -> str:
    return ", ".join(f"{reason} ({count})" for reason, count in measured.lost.most_common(3)) or "before it began"


def _mark(contestant: Contestant, contesting_: Contesting) -> Samples | None:
    """Begin what is measured; the metrics so far where lateness is read from them."""
    if contestant.has_metrics:
        return _metrics(contesting_.port)
    contesting_.mark()
    return None


def _lateness_since(before: Samples, contesting_: Contesting) -> tuple[float | None, float | None]:
    late = percentiles_ms("ricochet_tick_lateness_seconds", before, _metrics(contesting_.port))
    return late.p50, late.p99


def _metrics(port: int) -> Samples:
    """What `/metrics` says now. Raises FailedError."""
    connection = HTTPConnection("127.0.0.1", port, timeout=METRICS_S_MAX)
    try:
        connection.request("GET", "/metrics")
        return parse_metrics(connection.getresponse().read().decode())
    except (OSError, HTTPException) as error:
        raise FailedError(f"its metrics could not be read: {error}") from None
    finally:
        with suppress(OSError):
            connection.close()
