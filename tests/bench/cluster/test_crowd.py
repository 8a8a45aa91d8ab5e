"""Who plays on a cluster: people who find it by a name with many addresses, and see who owns what."""

import trio

from bench.cluster.crowd import Crowd
from bench.cluster.redis import free_port
from protocol.messages import Event
from tests.server.running import started


async def test_they_find_the_process_that_answers_and_see_whose_room_it_is(nursery: trio.Nursery) -> None:
    running = await started(nursery)
    port = int(running.url.rstrip("/").rpartition(":")[2])
    nowhere = [("127.0.0.1", free_port("127.0.0.1")) for _ in range(2)]
    room = running.server.room.name
    crowd = Crowd([*nowhere, ("127.0.0.1", port)], [room], 3, seed=1)
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


def test_scores_are_noted_by_room() -> None:
    crowd = Crowd([], ["pinball", "belt"], 1, seed=1)
    crowd.hear("belt", Event(30, "scores", {"scores": [[1, 100, 1, 0]]}))
    assert crowd.books["belt"].scores_at(30) == {1: 100}
    assert not crowd.books["pinball"].told
