"""What melee remembers survives being written down and read again, in its order."""

import msgspec

from server.games.crates import Books
from server.games.ledger import Fighter, Ledger, Shot


def test_everything_in_the_ledger_comes_back() -> None:
    ledger = Ledger(
        ends_tick=900,
        phase="podium",
        fighters={2: Fighter(2, hull=40, score=350, hurt_by={1: 17})},
        shots={9: Shot(2, dies=80, bounces=2, bounced=33), 4: Shot(1, dies=90)},
        rescored={1, 2},
        crates=Books(hulls={3: 50}, pickups={8: 100, 5: 120}, due=[(300, 1)]),
    )
    back = msgspec.msgpack.decode(msgspec.msgpack.encode(ledger), type=Ledger)
    assert msgspec.to_builtins(back) == msgspec.to_builtins(ledger)
    assert (list(back.shots), list(back.crates.pickups)) == ([9, 4], [8, 5]), "the oldest first"
