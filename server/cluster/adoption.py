"""Rooms whose owner is gone go on here: they are claimed, brought back from their newest checkpoint, and run.

    an orphan     whoever has a place claims it; the fence sees to it that one alone has it
    its people    keep ship and score, and their tokens are good for as long as a seat is kept
    no checkpoint an operator's room is opened afresh, for those who come back to it; another is let go

The operator's rooms are each process's own. One that was adopted ends, as rooms that people open do, when nobody has
been there for a minute, so that crashes don't leave more and more of them.
"""

from collections.abc import Callable
from typing import Final

import structlog
import trio
from msgspec.structs import replace

from protocol.errors import Violation
from server.card import Card
from server.checkpoint import SavedRoom, unseal
from server.cluster.checkpoints import Checkpoints
from server.cluster.directory import Unreachable
from server.cluster.membership import Membership
from server.cluster.records import Notice, Orphan, Why
from server.lobby import Lobby
from server.room import Room
from server.sealed import Unusable
from server.seats import Doors
from server.store import Store, checkpoint_of

ORPHANS_MAX: Final = 32
"""That are looked at in one go."""
TOGETHER_MAX: Final = 4
"""Of these, how many are brought back at once."""
READ_S_MAX: Final = 10.0
"""How long a checkpoint that can't be read is asked for."""
AGAIN_AFTER_S: Final = 0.5
LOST_MAX: Final = 1024

log = structlog.get_logger("ricochet.cluster")


class Adoption:
    """By `lobby`, of what is in `checkpoints`. `run_room` runs a room that is ours by now."""

    def __init__(self, membership: Membership, checkpoints: Checkpoints, lobby: Lobby) -> None:
        self.checkpoints = checkpoints
        self.run_room: Callable[[Room], None] = lambda room: None
        self.store: Store | None = None
        """Where what can't be gone on from is set aside."""
        self._membership, self._lobby = membership, lobby
        self._counted = membership.counted
        self._under_way: set[str] = set()
        self._lost: dict[str, float] = {}
        """Rooms that we have lost ourselves, and until when somebody may be told to wait for them."""

    def lost(self, name: str) -> None:
        """It was ours, and may be back, here or elsewhere."""
        self.checkpoints.forget(name)
        now_s = trio.current_time()
        self._lost = {other: until_s for other, until_s in self._lost.items() if until_s > now_s}
        if len(self._lost) < LOST_MAX:
            timing = self._membership.timing
            self._lost[name] = now_s + timing.ttl_s + timing.orphan_s

    def expects(self, name: str) -> bool:
        """Whether that room, which isn't here and of which the directory knows nothing, may be back."""
        return name in self._under_way or self._lost.get(name, 0.0) > trio.current_time()

    async def look(self) -> None:
        """Adopt what there is to adopt, as far as there is a place for it. Raises Unreachable."""
        free = self._free()
        if free <= 0:
            return
        orphans = await self._membership.directory.orphans(ORPHANS_MAX)
        seen_s = trio.current_time()
        if orphans:  # each process begins with another one
            first = self._membership.lease % len(orphans)
            orphans = [*orphans[first:], *orphans[:first]]
        limit = trio.CapacityLimiter(TOGETHER_MAX)
        async with trio.open_nursery() as nursery:
            for orphan in orphans[:free]:
                nursery.start_soon(self._adopt, orphan, seen_s, limit)

    def _free(self) -> int:
        lobby = self._lobby
        if lobby.doors is not Doors.OPEN or not self._membership.lease:
            return 0
        return lobby.openings.rooms_max - len(lobby.rooms) - len(lobby.reopening)

    async def _adopt(self, orphan: Orphan, seen_s: float, limit: trio.CapacityLimiter) -> None:
        name = orphan.notice.name
        async with limit:
            if name in self._lobby.rooms:
                return
            try:
                claimed = await self._membership.claim(orphan.notice)
            except Unreachable:
                return  # whether it was heard or not: in a while it is an orphan again
            if claimed.why is not Why.GRANTED:
                return
            self._under_way.add(name)
            room = None
            try:
                room = await self._bring_back(orphan.notice, claimed.fence)
            except Exception:
                self._lobby.faults.rooms_failed += 1
                log.exception("a room could not be brought back", room=name)
            finally:
                self._under_way.discard(name)
        if room is None:
            await self._let_go(name, claimed.fence)
        else:
            self._counted.rooms_adopted += 1
            self._counted.adoption_s = orphan.ago_ms / 1000 + trio.current_time() - seen_s
            log.info("a room goes on here", room=name, tick=room.tick, players=len(room.players))

    async def _bring_back(self, notice: Notice, fence: int) -> Room | None:
        """Run it here; None: it is nobody's any more, or not ours."""
        saved = await self._read(notice.name, fence)
        done, came = trio.Event(), list[Room]()

        def come() -> None:
            try:
                if self._membership.fence(notice.name) == fence and notice.name not in self._lobby.rooms:
                    came.extend(self._revived(notice, saved))
            finally:
                done.set()

        self._lobby.at_leisure(come)
        await done.wait()
        return came[0] if came else None

    async def _let_go(self, name: str, fence: int) -> None:
        """Unless it isn't ours any more anyway."""
        if self._membership.fence(name) == fence and name not in self._lobby.rooms:
            self._counted.orphans_let_go += 1
            log.warning("a room is let go, for nothing is left to go on from", room=name)
            await self._membership.release(name, self._membership.give_up(name))

    def _revived(self, notice: Notice, saved: SavedRoom | None) -> list[Room]:
        """The room, in the lobby, and running; or none."""
        now_s = trio.current_time()
        catalogue = self._lobby.catalogue
        if catalogue is None:
            return []
        try:
            if saved is not None:
                room, seats = catalogue.revive(saved), saved.seats
            elif notice.permanent:
                room, seats = catalogue.make(notice.name, notice.game, Card(notice.title, notice.arena)), []
            else:
                return []
        except (Unusable, Violation) as error:
            self._refuse(notice.name, str(error))
            return []
        room.card = replace(room.card, is_permanent=False)
        self._lobby.add_room(room, seats, now_s)
        self.run_room(room)
        return [room]

    # what there is to go on from ---------------------------------------------------------------------------

    async def _read(self, name: str, fence: int) -> SavedRoom | None:
        """None: nothing that could be used."""
        until_s = trio.current_time() + READ_S_MAX
        while True:
            try:
                return await trio.to_thread.run_sync(self._unsealed, name, fence, abandon_on_cancel=True)
            except Unusable as error:
                self._refuse(name, str(error))
                return None
            except OSError as error:
                if trio.current_time() >= until_s:
                    self._refuse(name, f"it can't be read: {error}")
                    return None
            await trio.sleep(AGAIN_AFTER_S)

    def _unsealed(self, name: str, fence: int) -> SavedRoom | None:
        """In a worker thread."""
        content = self.checkpoints.newest(name, fence)
        if content is None:
            return None
        try:
            saved = unseal(content)
            if saved.name != name or saved.fence >= fence:
                raise Unusable("it is another room's, or of another time")
        except Unusable:
            if self.store is not None:
                self.store.set_aside(checkpoint_of(name), "refused", content)
            raise
        return saved

    def _refuse(self, name: str, why: str) -> None:
        self._lobby.keeping.checkpoints_refused += 1
        log.error("a checkpoint can't be gone on from", room=name, why=why)
