"""What a flock is told: heads are read in bulk, and each view is told of the cells.

What is told of these is read and worked out for the first who hears of it (`Shelf`), checksums and all. For the others
it is a look whether they believe what the first did.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np

from bots.flock.cuts import BLANK, Cuts, cut
from bots.flock.table import Floats, Ints, Table
from bots.tally import Gathering
from protocol.heads import read

HEARD_AT_FIRST: Final = 30
HEARD_OF: Final = 4
"""A clock is steered by every snapshot for so many, and then by one of so many."""

Disagree = Callable[[int, Sequence[int]], None]
"""(seat, cells): in these its view disagrees with the server."""


class News(NamedTuple):
    """For the clocks: one snapshot of each of these seats."""

    seats: Ints
    ticks: Ints
    acks: Ints
    slacks_ms: Floats
    """nan: none was told."""
    came_s: Floats

    def of(self, at: Ints) -> "News":
        return News(*(column.take(at) for column in self))  # type: ignore[arg-type]  # each is as it was

    def rounds(self) -> list["News"]:
        """Where there are several of one seat, one after the other."""
        seats = self.seats.tolist()
        if len({*seats}) == len(seats):
            return [self]
        turns, rounds = dict.fromkeys(seats, 0), list[list[int]]()
        for at, seat in enumerate(seats):
            if turns[seat] == len(rounds):
                rounds.append([])
            rounds[turns[seat]].append(at)
            turns[seat] += 1
        return [self.of(np.array(several)) for several in rounds]


class Ears:
    """Of a flock."""

    def __init__(self, table: Table, intervals_ms: Gathering, slacks_ms: Gathering, disagree: Disagree) -> None:
        self.in_bulk = self.one_by_one = 0
        """Snapshots that came in either way."""
        self._table, self._disagree = table, disagree
        self._intervals_ms, self._slacks_ms = intervals_ms, slacks_ms
        self._news: list[News] = []

    def take(self, seats: Sequence[int], received: Sequence[bytes], now_s: float) -> list[tuple[int, bytes]]:
        """Take in what is plain; all the rest, (seat, bytes) each, is for the usual way."""
        cuts = cut(received)
        rest = [(seats[place], received[place]) for place in cuts.unknown]
        rest += [(seats[place], pong) for place, pong in cuts.pongs]
        if cuts.places:
            rest += self._take(cuts, seats, received, now_s)
        received_bytes = self._table.received_bytes
        received_bytes[seats] += np.fromiter(map(len, received), np.int64, len(received))
        for seat, left in rest:
            received_bytes[seat] -= len(left)
        return rest

    def _take(
        self, cuts: Cuts, seats: Sequence[int], received: Sequence[bytes], now_s: float
    ) -> list[tuple[int, bytes]]:
        said, table = read(b"".join(cuts.heads), len(cuts.heads)), self._table
        for at, slices in cuts.spelled.items():
            said.is_head[at], said.ticks[at], said.acks[at] = True, slices.tick, slices.ack
            said.slacks_ms[at] = np.nan if slices.slack_ms is None else slices.slack_ms
        take_cells, newest = table.take_cells, table.newest
        come, missed, ended = [seats[place] for place in cuts.places], list[int](), dict[int, bytes]()
        rows = zip(come, said.is_head.tolist(), said.ticks.tolist(), cuts.cells, cuts.left, cuts.heads, strict=True)
        for at, (seat, is_head, tick, cells, left, head) in enumerate(rows):
            try:
                if not is_head or seat in ended:
                    raise ValueError("not a snapshot of this form, or after such a one")
                disagreed = take_cells[seat](tick, cells, left)
            except ValueError:  # the usual way will say why
                missed.append(at)
                ended.setdefault(seat, received[cuts.places[at]][cuts.starts[at] :])
                continue
            if disagreed:
                self._disagree(seat, disagreed)
            newest[seat] = head
            if head is BLANK:
                newest[seat] = slices = cuts.spelled[at]
                table.huds[seat] = slices.hud or table.huds[seat]
        come_s = np.full(len(come), now_s)
        news = News(np.array(come, dtype=np.int64), said.ticks, said.acks, said.slacks_ms, come_s)
        if missed:
            news = news.of(np.delete(np.arange(len(come)), missed))
        self.in_bulk += len(news.seats)
        self._news.append(news)
        return [*ended.items()]

    def take_one(self, seat: int, tick: int, ack: int, slack_ms: int | None, now_s: float) -> None:
        """What a snapshot says that was read in the usual way."""
        news = seat, tick, ack, np.nan if slack_ms is None else float(slack_ms), now_s
        self._news.append(News(*(np.array([one]) for one in news)))
        self.one_by_one += 1

    def hear(self, now_s: float) -> Iterator[tuple[Ints, Ints]]:
        """Let the clocks hear of all that has come: (who was steered, who jumped) each time."""
        if self._news:
            every = self._news[0] if len(self._news) == 1 else News(*map(np.concatenate, zip(*self._news, strict=True)))
            self._news = []
            for news in every.rounds():
                yield self._hear(news, now_s)

    def _hear(self, news: News, now_s: float) -> tuple[Ints, Ints]:
        table, seats = self._table, news.seats
        table.snapshots[seats] += 1
        self._intervals_ms.add((news.came_s - table.snapshot_s.take(seats)) * 1000.0)
        self._slacks_ms.add(news.slacks_ms)
        table.snapshot_s[seats], table.applied[seats] = news.came_s, news.ticks
        heard = table.heard.take(seats) + 1
        table.heard[seats] = heard
        at = ((heard <= HEARD_AT_FIRST) | (heard % HEARD_OF == 0)).nonzero()[0]
        steering = news.of(at)
        jumped = table.leads.heard(*steering[:4], table.rtt_s.take(steering.seats), now_s)
        return steering.seats, steering.seats[jumped]
