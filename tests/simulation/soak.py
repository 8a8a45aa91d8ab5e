"""Simulated years: `python -m tests.simulation --seeds N`, or `make soak SEEDS=N`.

Lives one life for each seed, on all cores, and tells what went wrong and how to see it again. The last line is
`seeds=N failed=M`, the status 1 if anything failed.
"""

import argparse
import multiprocessing
import os
import signal
import sys
import traceback
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from tests.simulation.world import run

CPU_S_MAX = 300
"""A life that takes longer will not end."""
LIVES_PER_PROCESS = 25


class Outcome(NamedTuple):
    seed: int
    wrong: str
    """Empty: nothing."""
    faults: Counter[str]
    ticks: int
    snapshots: int


def live(seed: int) -> Outcome:
    """One life, in a process of many."""
    signal.signal(signal.SIGPROF, _give_up)
    signal.setitimer(signal.ITIMER_PROF, CPU_S_MAX)
    try:
        world = run(seed)
    except BaseException:
        return Outcome(seed, traceback.format_exc(), Counter(), 0, 0)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return Outcome(seed, "", world.faults, world.watch.ticks, world.snapshots_checked)


def _give_up(*_: object) -> None:
    raise TimeoutError(f"not over after {CPU_S_MAX} s of CPU")


def soak(outcomes: Iterable[Outcome], seeds: int) -> int:
    """Print what comes; how many failed."""
    faults: Counter[str] = Counter()
    failed = ticks = snapshots = 0
    for done, outcome in enumerate(outcomes, 1):
        faults += outcome.faults
        ticks, snapshots = ticks + outcome.ticks, snapshots + outcome.snapshots
        if outcome.wrong:
            failed += 1
            print(f"{outcome.wrong}\nseed {outcome.seed} failed; again: make soak SEEDS=1 FIRST={outcome.seed}\n")
        if sys.stdout.isatty():
            print(f"\r{done} of {seeds}, {failed} failed", end="", flush=True)
    if sys.stdout.isatty():
        print()
    for kind, count in sorted(faults.items(), key=lambda item: (-item[1], item[0])):
        print(f"{count:>12,}  {kind}")
    print(f"{ticks:,} ticks, {snapshots:,} snapshots held against the published table")
    print(f"seeds={seeds} failed={failed}")
    return failed


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    words = parser.parse_args()
    seeds = range(words.first, words.first + words.seeds)
    with multiprocessing.get_context("spawn").Pool(words.processes, maxtasksperchild=LIVES_PER_PROCESS) as pool:
        sys.exit(1 if soak(pool.imap_unordered(live, seeds), words.seeds) else 0)
