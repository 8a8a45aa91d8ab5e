"""Address and post one snapshot: each player's own part, then the bytes of the cells that others see too.

Most viewers most of the time are *steady*: they know all that they see, and their hud is as before. Their own parts are
written together, as rows of one table (`protocol.heads`), and each costs one write, with whatever else they are owed.
Nearly all of them see the same cells as before; for the others there is a `Passage` from one sight to another. Whoever
is not steady is shown what it needs one by one (`Viewer.show`). Both ways say the same.

What a thousand players and viewers are doesn't fit a core's cache, and to look at an object of each costs more than all
the arithmetic. So of whoever is steady none is looked at: what is needed stands side by side, in the room's table and
in `Seers`, and a viewer, or a game, says by itself when something of it has changed.
"""

from collections.abc import Collection, Iterable, Sequence
from operator import index
from pathlib import Path
from typing import ClassVar, Final, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from protocol.cells import VIEW_HALF_UNITS, Block, Grid
from protocol.codec import CODECS
from protocol.heads import LEFT_MAX, NOTHING_NEAR, Heads, near_part, tail
from protocol.limits import SUBPROTOCOL_MSGPACK
from protocol.snapshot import Own
from server.game import Player
from server.input_table import InputTable, Ints
from server.link import NO_FD, Link
from server.near import near
from server.owed import Common, framed
from server.publisher import Publisher
from server.tails import tails
from server.viewers import LINGER_UNITS, Viewer
from server.world import World

SLACK_MS_MAX: Final = 9999
"""More than that, early or late, is told as so much."""
_STATE: Final = np.array((0, 1, 3, 4))
"""x, y, vx, vy of `World.motion`."""

Hud = tuple[int, ...]


class Huds(Protocol):
    """What is asked of a game here."""

    hud: ClassVar[tuple[str, ...]]

    def hud_of(self, player: Player) -> Hud: ...
    def huds_news(self) -> Iterable[int] | None: ...


MSGPACK: Final = CODECS[SUBPROTOCOL_MSGPACK]
"""What whoever is steady speaks."""


class Seers:
    """A room's players and the viewers that see through their eyes, side by side; the same for as long as they are."""

    def __init__(self, pairs: Sequence[tuple[Player, Viewer]], inputs: InputTable, common: Common) -> None:
        self.players, self.viewers = [player for player, _ in pairs], [viewer for _, viewer in pairs]
        self.inputs, self.common = inputs, common
        self.slots: Ints = np.array([player.inputs.slot for player in self.players], dtype=np.int64)
        self.at_of_player = {player.id: at for at, player in enumerate(self.players)}
        self._at_of_viewer = {viewer: at for at, viewer in enumerate(self.viewers)}
        self.are_steady = np.array([viewer.is_steady for viewer in self.viewers], dtype=bool)
        self.sights: Ints = np.array([viewer.seen.number for viewer in self.viewers], dtype=np.int64)
        """What each sees, by the number of the block."""
        self.apart = {at for at, viewer in enumerate(self.viewers) if viewer.is_apart}
        """Who is owed something else than all."""
        self.outlet = next((viewer.link.outlet for viewer in self.viewers if viewer.link.outlet is not None), None)
        self.fds: Ints = np.array([self._fd(viewer.link) for viewer in self.viewers], dtype=np.int64)
        self.have_fd = self.fds != NO_FD

    def _fd(self, link: Link) -> int:
        return link.fd if link.outlet is self.outlet else NO_FD

    def look_again(self, stirred: set[Viewer]) -> None:
        """At these, of which something has changed: what they know or see, or what they are owed."""
        for viewer in stirred:
            if (at := self._at_of_viewer.get(viewer)) is not None:
                self.are_steady[at], self.sights[at] = viewer.is_steady, viewer.seen.number
                if viewer.is_apart:
                    self.apart.add(at)
        stirred.clear()

    def paid(self) -> None:
        """Whoever could be told anything has been told what it was owed."""
        self.common.paid()
        self.apart = {at for at in self.apart if self.viewers[at].is_apart}


class Passage(NamedTuple):
    """Of somebody steady whose sight changes."""

    before: Block
    now: Block
    left: list[int]
    """The cells that it sees no more."""


class Mailing:
    """One snapshot on its way to all of them."""

    def __init__(
        self, seers: Seers, boosts_ticks: Sequence[int], world: World, grid: Grid, publisher: Publisher
    ) -> None:
        """`boosts_ticks` is the cool-down of each one's boost."""
        self._seers, self._grid, self._publisher = seers, grid, publisher
        inputs, slots = seers.inputs, seers.slots
        self._ships = inputs.ships.take(slots)
        self._states = world.motion.take(_STATE, axis=0).take(self._ships, axis=1)
        self._acks, slacks_ms = inputs.ack.take(slots), inputs.take_slacks_ms(slots)
        self._came = np.isfinite(slacks_ms)
        self._slacks_ms = np.rint(slacks_ms).clip(-SLACK_MS_MAX, SLACK_MS_MAX)
        x, y = self._states[0], self._states[1]
        flying = self._ships.nonzero()[0]
        looking = slots.take(flying)
        inputs.eye_x[looking], inputs.eye_y[looking] = x.take(flying), y.take(flying)
        self._near = near(world, self._ships)
        input_part = self._acks, self._slacks_ms, self._came
        self._heads = Heads(publisher.tick, *input_part, self._ships, [*self._states], boosts_ticks)
        self._encoding = publisher.encoding(MSGPACK)
        self._passages: dict[int, Passage] = {}

    def steady(self, news: Iterable[int]) -> NDArray[np.bool_]:
        """Who knows all but what everybody there is told, and what comes into sight; of the players in `news` nobody.

        One from whose sight more leaves than a head can say is not steady.
        """
        seers = self._seers
        is_steady = np.asarray(seers.are_steady & (self._ships > 0))
        is_steady[[at for player in news if (at := seers.at_of_player.get(player)) is not None]] = False
        stay, near = self._stay()
        for at in (is_steady & ~stay).nonzero()[0].tolist():
            before, now = seers.viewers[at].seen, self._grid.block(*near[:, at].tolist())
            left = sorted(before.all - now.all)
            if len(left) <= LEFT_MAX:
                self._passages[at] = Passage(before, now, left)
            else:
                is_steady[at] = False
        return is_steady

    def _stay(self) -> tuple[NDArray[np.bool_], Ints]:
        """Who still sees the same, as `Viewer.sight` has it: all that is near, and nothing that is far. And the edges
        of what is near.
        """
        points, (left, top, right, bottom) = self._states[:2], self._grid.edges_of(self._seers.sights)
        near, far = (self._grid.edges_around(points, VIEW_HALF_UNITS + units) for units in (0.0, LINGER_UNITS))
        stay = (far[0] <= left) & (left <= near[0]) & (far[1] <= top) & (top <= near[1])
        stay &= (near[2] <= right) & (right <= far[2]) & (near[3] <= bottom) & (bottom <= far[3])
        return np.asarray(stay), near

    def message(self, at: int) -> bytes:
        """Of one who is steady."""
        if at in self._passages:
            end = self._passage(at)
            return self._heads[at] + end
        sight = self._grid.blocks[self._seers.sights[at]]
        return self._heads[at] + near_part(self._near[at]) + tail(*self._encoding.joined(sight))

    def _passage(self, at: int) -> bytes:
        """What follows its head then."""
        before, now, left = self._passages[at]
        return self._heads.leave(at, left) + near_part(self._near[at]) + tail(*self._encoding.passage(before, now))

    def frames(self, chosen: Ints) -> list[bytes]:
        """These messages, of ascending seers, as they go over the wire."""
        near, at_of_sight = self._near, np.zeros(len(self._grid.blocks), dtype=np.int64)
        sights = self._seers.sights.take(chosen)
        at_of_sight[sights] = 1
        distinct = at_of_sight.nonzero()[0]
        at_of_sight[distinct] = np.arange(len(distinct))
        shared = tails(self._grid, self._encoding, distinct)
        ends = [shared[at] for at in at_of_sight.take(sights).tolist()]
        for at, seer in enumerate(chosen.tolist()):
            if near[seer]:
                ends[at] = near_part(near[seer]) + ends[at][len(NOTHING_NEAR) :]
        for seer in self._passages:
            at = int(chosen.searchsorted(seer))
            if at < len(chosen) and chosen[at] == seer:
                ends[at] = self._passage(seer)
        return self._heads.frames(chosen, ends)

    def post(self, chosen: Ints) -> list[int]:
        """To these, who are steady, in one go, after what is owed: who of them got nothing, for they are blocked."""
        seers, frames = self._seers, self.frames(chosen)
        assert seers.outlet is not None
        apart = [at for at, seer in enumerate(chosen.tolist()) if seer in seers.apart] if seers.apart else []
        alone = {at: seers.viewers[chosen[at]].owed_frames() + frames[at] for at in apart}
        if seers.common.messages:
            owed = framed(seers.common.messages)
            frames = [owed + frame for frame in frames]
        for at, frame in alone.items():
            frames[at] = frame
        missed = seers.outlet.write(seers.fds.take(chosen).tolist(), frames)
        for at in apart:
            if at not in missed:
                seers.viewers[chosen[at]].paid()
        return [int(chosen[at]) for at in missed]

    def pass_on(self, missed: Collection[int]) -> None:
        """All who are steady but the `missed` have got theirs: those with a passage see what they see now."""
        for at, passage in self._passages.items():
            if at not in missed:
                self._seers.viewers[at].pass_to(passage.now)

    def show(self, at: int, hud: Hud) -> bool:
        """One by one, whatever it needs; False: it misses this one."""
        player, viewer = self._seers.players[at], self._seers.viewers[at]
        if viewer.link.blocked:
            return viewer.wait(self._publisher)
        x, y, vx, vy = self._states[:, at].tolist()
        slack_ms = int(self._slacks_ms[at]) if self._came[at] else None
        viewer.lag.applied = player.inputs.applied
        ack, sight = int(self._acks[at]), viewer.sight(self._grid, *player.eye)
        if not player.ship:
            return viewer.show(self._publisher, sight, ack, slack_ms, None, hud)
        own = Own(player.ship, x, y, vx, vy, player.helm.boost_ticks)
        return viewer.show(self._publisher, sight, ack, slack_ms, own, hud, True, self._near[at], self._heads[at])


def whole(hud: Hud, game: Huds) -> Hud:
    """What a game has said, as clients expect it. Raises TypeError when it isn't as many integers as have names."""
    try:
        integers = tuple(map(index, hud))
    except TypeError:
        integers = None
    if integers is None or len(integers) != len(game.hud):
        code = type(game).hud_of.__code__
        place = f"{Path(code.co_filename).name}, line {code.co_firstlineno}"
        raise TypeError(f"{place}: hud_of gave {hud!r}, and not an integer for each of {tuple(game.hud)}")
    return integers


def address(
    seers: Seers, boosts_ticks: Sequence[int], world: World, grid: Grid, publisher: Publisher, game: Huds
) -> int:
    """Post the snapshot of the publisher's tick to all `seers` but the blocked ones; how many got it."""
    if not seers.players:
        return 0
    mailing, huds, news = Mailing(seers, boosts_ticks, world, grid, publisher), dict[int, Hud](), game.huds_news()
    if news is None:  # each is asked, once
        huds = {at: game.hud_of(player) for at, player in enumerate(seers.players)}
        news = [seers.players[at].id for at, hud in huds.items() if hud != seers.viewers[at].hud]
    is_steady = mailing.steady(news)
    together = (is_steady & seers.have_fd).nonzero()[0]
    rest = (~is_steady).nonzero()[0].tolist()
    shown = 0
    missed = list[int]()
    if len(together) and seers.outlet is not None:
        missed = mailing.post(together)
        shown = len(together) - len(missed)
    for at in (is_steady & ~seers.have_fd).nonzero()[0].tolist():
        if seers.viewers[at].link.blocked:
            missed.append(at)
        else:
            seers.viewers[at].post(mailing.message(at))
            shown += 1
    mailing.pass_on(missed)
    rest += missed
    for at in rest:
        hud = huds[at] if huds else game.hud_of(seers.players[at])
        shown += mailing.show(at, whole(hud, game))
    seers.paid()
    return shown
