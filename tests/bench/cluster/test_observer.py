"""Who watches a process of a cluster from within: every room that runs there, as a spectator who follows nobody."""

import trio

from bench.cluster.observer import Observer
from tests.server.net.wires import really
from tests.server.running import started


async def test_every_room_is_watched_and_again_when_it_is_back(nursery: trio.Nursery) -> None:
    running = await started(nursery)
    lobby, name = running.server.lobby, running.server.room.name
    running.server.room.join("Ann", True, "")
    observer = Observer("127.0.0.1", int(running.url.rstrip("/").rpartition(":")[2]))
    nursery.start_soon(observer.run)
    await really(lambda: observer.sightings.owners(name) == [running.url.rstrip("/")])
    assert running.server.room.spectators == 1
    [span] = observer.sightings.spans[name]
    await really(lambda: span.until_tick > span.from_tick)
    lobby.expel(lobby.seats()[0], 4000, "go")  # type: ignore[arg-type]  # any code
    await really(lambda: not running.server.room.spectators)
    await really(lambda: running.server.room.spectators == 1)
    nursery.cancel_scope.cancel()
