"""Another player, beside the one to whom something is done, who must not notice it."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.instruments.served import Served
from tests.wire.stranger import Stranger, open_stranger

SNAPSHOTS = 5


@contextmanager
def witnessing(server: Served) -> Iterator[Stranger]:
    """In the game, and there until the block is left."""
    with open_stranger(server.play_url, "ricochet.v1.msgpack") as witness:
        witness.tell("hello", version=1, name="Witness")
        witness.hear_until("snapshot")
        yield witness


def undisturbed(witness: Stranger) -> bool:
    """Whether the game goes on for the witness from now on: checksums agree (a wrong one raises) and ticks rise.

    What was sent before now, and lay unread meanwhile, comes before the pong: it is checked, but proves nothing.
    """
    witness.tell("ping", nonce=1, rtt_ms=0)
    witness.hear_until("pong")
    ticks = [witness.hear_until("snapshot")["tick"] for _ in range(SNAPSHOTS)]
    return ticks == sorted(set(ticks))
