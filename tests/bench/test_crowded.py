"""A crowded room: everybody has a seat, is told of what is there, and flies as the scene says."""

from bench.crowded import CrowdedRoom
from bench.line import MemoryLink


def test_everybody_plays_and_is_told_each_tick() -> None:
    links: list[MemoryLink] = []

    def new_link(number: int) -> MemoryLink:
        assert number == len(links)
        links.append(MemoryLink())
        return links[-1]

    room = CrowdedRoom(12, new_link, seed=1)
    assert room.seated == 12
    for _ in range(30):
        room.steer()
        for link in links:
            link.sent.clear()
        room.advance()
        assert all(link.sent for link in links)
    assert room.room.statistics.inputs_missing <= 12
    moved = [player for player in room.room.players.values() if abs(room.room.world.vx[player.ship]) > 1]
    assert len(moved) > 6
