"""Contestants side by side: which run comes when, and which is left out.

Each repetition runs every number of clients with every contestant, one after the other, so that a machine that gets
slower or busier does so for all alike.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from bench.contestants import Contestant
from bench.dialects.floor import FRAME_HEADER_BYTES
from bench.row import REFERENCE, Outcome
from bench.scene import TICK_RATE


class Plan(NamedTuple):
    """One run."""

    contestant: Contestant
    clients: int
    repetition: int
    snapshot_bytes: int | None = None
    """How long the reference's snapshots were with as many clients, when that is known."""
    tick_rate: int = TICK_RATE


def compare(
    contestants: Sequence[Contestant],
    counts: Sequence[int],
    repeat: int,
    run: Callable[[Plan], Outcome],
    goes_on: bool = False,
    tick_rate: int = TICK_RATE,
) -> Iterator[Outcome]:
    """The outcomes, as they come.

    A contestant that has not held a number of clients is not run with more of them, unless `goes_on`.
    """
    broke_at: dict[str, int] = {}
    snapshot_bytes: dict[int, int] = {}
    for repetition in range(1, repeat + 1):
        for clients in counts:
            for contestant in contestants:
                if not goes_on and clients > broke_at.get(contestant.name, clients):
                    continue
                outcome = run(Plan(contestant, clients, repetition, snapshot_bytes.get(clients), tick_rate))
                row = outcome.row
                if not row.held:
                    broke_at[row.contestant] = min(clients, broke_at.get(row.contestant, clients))
                if row.contestant == REFERENCE and row.bytes_per_client_s:
                    snapshot_bytes[clients] = max(0, round(row.bytes_per_client_s / tick_rate) - FRAME_HEADER_BYTES)
                yield outcome
