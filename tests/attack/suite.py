"""The attack suite: `python -m tests.attack --seconds N`, or `make attack SECONDS=N`.

A real server with players on it, over loopback; one attack after the other, each for so many seconds; then a table:
how late the ticks of everybody else began meanwhile (p99, from the server's own histogram), how much memory the
server took for it, what the attacker got, and whether a player noticed. The status is 1 if anything did not hold.

Linux only, for it looks into /proc. With `--realtime` the server's process goes before all others of the machine, so
that what else runs there is not measured; that needs root.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec
import trio

from tests.attack.attacks import ATTACKS
from tests.attack.means import Target
from tests.instruments.served import ROOT, Served, served

LATENESS_MS_MAX: Final = 4.0
RSS_GROWTH_MB_MAX: Final = 48.0
PLAYERS: Final = 20
SETTLE_S: Final = 2.0
AFTERWARDS_S: Final = 6.0
"""Until the attackers' connections have had their deadlines."""
REALTIME_PRIORITY: Final = 10
JOIN_S_MAX: Final = 60.0
_SESSIONS: Final = re.compile(r"^ricochet_sessions (\S+)", re.MULTILINE)
_BUCKET: Final = re.compile(r'^ricochet_tick_lateness_seconds_bucket\{le="([^"]+)"\} (\S+)', re.MULTILINE)


class Row(NamedTuple):
    """One attack, and what came of it."""

    attack: str
    lateness_ms_p99: float
    rss_growth_mb: float
    got: Counter[str]
    noticed: str
    """By the players; empty: nothing."""

    @property
    def held(self) -> bool:
        is_small = self.rss_growth_mb < RSS_GROWTH_MB_MAX
        return self.lateness_ms_p99 < LATENESS_MS_MAX and is_small and not self.noticed


def metrics(server: Served) -> str:
    with urllib.request.urlopen(f"{server.page_url}metrics", timeout=20) as answer:
        return str(answer.read().decode())


def lateness_ms_p99(before: str, after: str) -> float:
    """Between two looks at the metrics, within the bucket in proportion."""
    counts = [dict(_BUCKET.findall(text)) for text in (before, after)]
    edges = list(counts[1])
    grown = [float(counts[1][edge]) - float(counts[0].get(edge, 0)) for edge in edges]
    wanted = 0.99 * grown[-1]
    below_edge, below = 0.0, 0.0
    for edge, count in zip(edges, grown, strict=True):
        if count >= wanted:
            share = (wanted - below) / (count - below) if count > below else 0.0
            return 1000.0 * (below_edge + share * (min(float(edge), 10.0) - below_edge))
        below_edge, below = float(edge), count
    return 0.0


def rss_mb(pid: int) -> float:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


@contextmanager
def players(server: Served, seconds: float, count: int = PLAYERS) -> Iterator[dict[str, Any]]:
    """Bots beside the attack; afterwards the dict holds what they measured."""
    told: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "swarm.json"
        words = [
            "swarm",
            server.page_url,
            "--bots",
            str(count),
            "--seconds",
            str(round(seconds)),
            "--json",
            str(report),
        ]
        process = subprocess.Popen(
            [sys.executable, "-m", "ricochet", *words, "--brain", "lean", "--quiet"],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
        )
        try:
            _wait_for_sessions(server, count)
            time.sleep(SETTLE_S)
            yield told
            process.wait(seconds + 60)
            told |= msgspec.json.decode(report.read_bytes())
        finally:
            process.kill()
            process.wait()


def _wait_for_sessions(server: Served, count: int) -> None:
    """Until the players are in: welcoming them is not what is measured."""
    until_s = time.monotonic() + JOIN_S_MAX
    while time.monotonic() < until_s:
        found = _SESSIONS.search(metrics(server))
        if found is not None and float(found[1]) >= count:
            return
        time.sleep(0.2)
    raise TimeoutError(f"{count} players were not there within {JOIN_S_MAX:g} s")


def attacked(name: str, server: Served, seconds: float, scale: float = 1.0) -> Row:
    """Play and attack at once."""
    pid = server.process.pid
    with players(server, 2 * SETTLE_S + seconds + AFTERWARDS_S + 4.0) as told:
        before, before_mb = metrics(server), rss_mb(pid)
        target = Target(server, seconds, scale)
        peak_mb = trio.run(_measured, target, name)
        after = metrics(server)
    return Row(name, lateness_ms_p99(before, after), peak_mb - before_mb, target.got, _noticed(told, server))


async def _measured(target: Target, name: str) -> float:
    """Attack, and look at the server's memory meanwhile and for a while afterwards; its peak in MB."""
    pid, peak_mb = target.server.process.pid, 0.0

    async def look() -> None:
        nonlocal peak_mb
        while True:
            peak_mb = max(peak_mb, rss_mb(pid))
            await trio.sleep(0.1)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(look)
        if name in ATTACKS:
            await ATTACKS[name](target)
        else:
            await trio.sleep(target.seconds)
        await trio.sleep(AFTERWARDS_S)
        nursery.cancel_scope.cancel()
    return peak_mb


def _noticed(told: dict[str, Any], server: Served) -> str:
    if server.process.poll() is not None:
        return "the server is gone"
    if told["checksum_mismatches"]:
        return f"{told['checksum_mismatches']} checksums disagreed"
    lost = {reason: count for reason, count in told["disconnects"].items() if count}
    return f"players were disconnected: {lost}" if lost else ""


def table(rows: Sequence[Row]) -> Iterator[str]:
    yield f"{'attack':<20}{'lateness p99':>13}{'RSS':>9}  what the attacker got"
    for row in rows:
        got = ", ".join(f"{count} {what}" for what, count in sorted(row.got.items()) if count)
        verdict = "" if row.held else f"  DID NOT HOLD {row.noticed}"
        yield f"{row.attack:<20}{row.lateness_ms_p99:>10.1f} ms{row.rss_growth_mb:>+6.1f} MB  {got}{verdict}"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.attack", description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0, help="for each attack")
    parser.add_argument("--only", action="append", choices=list(ATTACKS), help="an attack, instead of all")
    parser.add_argument("--realtime", action="store_true", help="let the server go before all else on this machine")
    words = parser.parse_args()
    with served("--seed", "5") as server:
        if words.realtime:
            os.sched_setscheduler(server.process.pid, os.SCHED_FIFO, os.sched_param(REALTIME_PRIORITY))
        rows = [attacked("peace", server, words.seconds)] if not words.only else []
        for name in words.only or ATTACKS:
            rows.append(attacked(name, server, words.seconds))
            if sys.stdout.isatty():
                print(f"\r{len(rows)} of {len(ATTACKS)}", end="", flush=True)
    print("\n".join(table(rows)))
    sys.exit(0 if all(row.held for row in rows) else 1)
