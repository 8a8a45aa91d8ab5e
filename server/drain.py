"""How a server that is asked to stop waits for those who play.

From the first moment on nobody new comes in; who has a seat may still come back to it. Everybody is told when the
server stops, and it waits until that moment, but no longer than until no person is in a room or every match is over: in
each room where people are, the one that was played when they were told.
"""

from typing import Final

import structlog
import trio

from server.game import Lasting
from server.lobby import Lobby
from server.seats import Doors

LOOK_EVERY_S: Final = 0.05

log = structlog.get_logger("ricochet.drain")


async def let_finish(lobby: Lobby, patience_s: float) -> None:
    """Close the gate to newcomers, and wait for at most so long until there is nothing to wait for."""
    lobby.doors = Doors.RETURNING
    if patience_s <= 0 or is_idle(lobby):
        return
    log.info("draining", people=lobby.people(), seconds=patience_s)
    for room in lobby.rooms.values():
        room.announce_stop(patience_s)
    finished, ends_s = set[str](), trio.current_time() + patience_s
    with trio.move_on_after(patience_s):
        while not is_idle(lobby, finished):
            await trio.sleep(LOOK_EVERY_S)  # it changes in too many places to tell
            for room in lobby.rooms.values():
                if room.is_resting:  # its ticks stand still, the end doesn't: who comes back hears how long it is now
                    room.announce_stop(ends_s - trio.current_time())


def is_idle(lobby: Lobby, finished: set[str] | None = None) -> bool:
    """Whether nobody would miss a moment: no person is in a room, or only where there is a pause between two matches.

    `finished` are rooms where there was one since it was first asked; they are added to it.
    """
    paused = set() if finished is None else finished
    paused |= {room.name for room in lobby.rooms.values() if isinstance(room.game, Lasting) and room.game.rests}
    return all(room.name in paused for room in lobby.rooms.values() if room.people)
