"""Who plays on a cluster: people who come by the address of one process, and see who owns what."""

import trio

from bench.cluster.crowd import Crowd
from protocol.messages import Event
from tests.server.running import started


async def test_they_come_by_their_process_and_see_whose_room_it_is(nursery: trio.Nursery) -> None:
    running = await started(nursery)
    port = int(running.url.rstrip("/").rpartition(":")[2])
    room = running.server.room.name
    crowd = Crowd([("127.0.0.1", port)], [room], 3, seed=1)
    async with trio.open_nursery() as playing:
        playing.start_soon(crowd.run)
        assert await crowd.wait(lambda guest: guest.is_playing, 20)
        assert await crowd.wait(lambda guest: guest.back_s is not None, 20)
        assert running.server.room.people == 3, "to the server they are people"
        assert crowd.sightings.owners(room) == [f"http://127.0.0.1:{port}"]
        guest = crowd.guests[0]
        guest.forget()
        assert guest.back_s is None
        assert await crowd.wait(lambda guest: bool(crowd.books[room].told), 20), "whoever comes is told all scores"
        running.server.lobby.close_room(room, trio.current_time())
        assert await crowd.wait(lambda guest: bool(guest.ends), 20)
        playing.cancel_scope.cancel()
    nursery.cancel_scope.cancel()


def test_they_are_spread_and_scores_are_noted_by_room() -> None:
    crowd = Crowd([("a.example", 1), ("b.example", 1)], ["pinball", "belt"], 4, seed=1)
    assert {(guest.room, guest.connection._address.host) for guest in crowd.guests} == {
        (room, host) for room in ("pinball", "belt") for host in ("a.example", "b.example")
    }, "those of a room come by different addresses"
    crowd.hear("belt", Event(30, "scores", {"scores": [[1, 100, 1, 0]]}))
    assert crowd.books["belt"].scores_at(30) == {1: 100}
    assert not crowd.books["pinball"].told
