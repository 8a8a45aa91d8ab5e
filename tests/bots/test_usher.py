"""A swarm in rooms of its own: each group in one, opened once, and again when it has ended."""

from collections import Counter

from bench.stage import House, Stage
from bots.player import Player
from bots.usher import Usher
from protocol.codec import CODECS
from protocol.limits import SUBPROTOCOL_MSGPACK
from protocol.ticks import Rates
from server.catalogue import Catalogue
from server.games.melee import Melee
from tests.instruments.stepper import arena_named


def test_each_group_has_a_room_and_another_one_when_it_has_ended() -> None:
    arena = arena_named("pinball")
    house = House(arena, catalogue=Catalogue({"melee": Melee}, lambda: {"pinball": arena}, Rates(), lambda: 1))
    stage, usher = Stage(house), Usher(2, "bot")
    players = []
    for number in range(1, 6):
        player = Player(f"bot{number}", CODECS[SUBPROTOCOL_MSGPACK], stage.rooms, stage.tally, attentive=False)
        usher.look_after(player, number)
        stage.connect(player)
        players.append(player)

    def play() -> Counter[str]:
        for _ in range(5):
            stage.play(1.0)
            assert house.lobby.sweep(house.now_s) == []
        assert all(player.lobby is None for player in players)
        return Counter(
            {room.card.title: len(room.players) for room in house.lobby.rooms.values() if room is not house.room}
        )

    assert play() == {"bot 1": 3, "bot 2": 2}
    [name] = [room.name for room in house.lobby.rooms.values() if room.card.title == "bot 1"]
    house.lobby.end_room(name, house.now_s)
    assert play() == {"bot 1": 3, "bot 2": 2}
    assert name not in house.lobby.rooms
    assert house.lobby.openings.counted.rooms_opened == 3
