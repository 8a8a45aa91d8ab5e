"""What melee remembers survives being written down and read again, in its order."""

import msgspec
from msgspec.structs import asdict

from server.game import Player
from server.games.crates import Books
from server.games.fighter import Fighter
from server.games.ledger import Ledger, Record, record_of
from server.games.shots import Shot
from server.inputs import InputBuffer
from server.statistics import RoomStatistics


def fighter() -> Fighter:
    player = Player(2, "Ann", 0, False, InputBuffer(RoomStatistics()))
    return Fighter(player, hull=40, score=350, kills=3, pulse_until=90, hurt_by={1: 17})


def test_everything_in_the_ledger_comes_back() -> None:
    ledger = Ledger(
        ends_tick=900,
        phase="podium",
        fighters=[record_of(fighter())],
        shots={9: Shot(2, dies=80, bounces=2, bounced=33), 4: Shot(1, dies=90)},
        rescored={1, 2},
        crates=Books(hulls={3: 50}, pickups={8: 100, 5: 120}, due=[(300, 1)]),
    )
    back = msgspec.msgpack.decode(msgspec.msgpack.encode(ledger), type=Ledger)
    assert msgspec.to_builtins(back) == msgspec.to_builtins(ledger)
    assert (list(back.shots), list(back.crates.pickups)) == ([9, 4], [8, 5]), "the oldest first"


def test_a_fighter_is_what_it_was_of_the_same_player() -> None:
    was = fighter()
    again = record_of(was).fighter(was.player, was.stirred)
    assert again.player is was.player
    assert {**asdict(again), "player": None} == {**asdict(was), "player": None}


def test_nothing_of_a_fighter_is_forgotten() -> None:
    assert (*Record.__struct_fields__[1:], "stirred") == Fighter.__struct_fields__[1:]
