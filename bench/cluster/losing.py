"""A process is lost: which rooms and bots were there, and when, where and how each of them is back."""

import math
import time
from typing import Final

import msgspec
import trio

from bench.cluster.crowd import Crowd, Guest
from bench.cluster.fleet import Member
from bench.cluster.lease import young_until_s
from bench.cluster.redis import Redis
from bench.cluster.scores import Book, lost_scores
from bench.cluster.verdict import BOTS_BACK_S_MAX, Loss

LATE_S_MAX: Final = 25.0
"""After the end of the lease: who isn't back by then never is."""
LOOK_EVERY_S: Final = 0.1
LAST_WORDS_S: Final = 0.5
"""What was sent before it was lost may arrive for so long."""
ENDS_TOLD: Final = 4
"""Of the conversations of whoever is missing, the last."""
GOES_ON: Final = "a room goes on here"
"""How a server's log begins to tell at which tick."""


class Watch:
    """Of `member` and its `rooms`, from just before it is lost."""

    def __init__(self, how: str, member: Member, rooms: set[str], crowd: Crowd, tick_rate: int, redis: Redis) -> None:
        self.how, self.member, self._rooms, self._crowd, self._rate = how, member, rooms, crowd, tick_rate
        self._redis, self._young_s = redis, -math.inf
        self._guests = [guest for guest in crowd.guests if guest.room in rooms]
        self._numbers = [guest.number for guest in self._guests]
        self._began_s = time.monotonic()
        self._before: dict[str, Book] = {}
        self._ticks: dict[str, int] = {}
        for guest in self._guests:
            guest.forget()

    async def wait(self, lease_end_s: float, others: list[Member]) -> Loss:
        """Until all is as it was, or it is too late for that; `others` are the processes that are left."""
        marks = {member.number: member.log.stat().st_size for member in others}
        await trio.sleep(LAST_WORDS_S)
        for room in self._rooms:
            self._before[room], self._crowd.books[room] = self._crowd.books[room], Book()
            spans = self._crowd.sightings.spans.get(room, [])
            self._ticks[room] = max((span.until_tick for span in spans[-1:]), default=0)
        back: dict[str, float] = {}
        with trio.move_on_after(max(0.0, lease_end_s + LATE_S_MAX - time.monotonic())):
            while len(back) < len(self._rooms) or any(guest.back_s is None for guest in self._guests):
                self._young_s = max(self._young_s, young_until_s(self._redis))
                for member in others:
                    running = await member.rooms()
                    for room in self._rooms & running.keys() - back.keys():
                        back[room] = time.monotonic()
                await trio.sleep(LOOK_EVERY_S)
        await trio.sleep(LAST_WORDS_S)
        return self._judged(lease_end_s, back, goes_on_ticks(others, marks))

    def _judged(self, lease_end_s: float, back: dict[str, float], goes_on: dict[str, int]) -> Loss:
        backs = [guest.back_s for guest in self._guests if guest.back_s is not None]
        all_back = len(backs) == len(self._guests)
        now = list(zip(self._guests, self._numbers, strict=True))
        lost, compared = [], 0
        for room in back:
            before, tick = self._before[room], goes_on.get(room, 0)
            were = {number for guest, number in now if guest.room == room}
            there = {guest.number for guest, _ in now if guest.room == room and guest.back_s is not None}
            compared += sum(score > 0 for player, score in before.scores_at(tick).items() if player in were)
            lost += [
                one for one in lost_scores(room, before, tick, self._crowd.books[room], there) if one.player in were
            ]
        return Loss(
            how=self.how,
            rooms=len(self._rooms),
            bots=len(self._guests),
            lease_s=lease_end_s - self._began_s,
            young_s=max(0.0, self._young_s - lease_end_s),
            rooms_back=len(back),
            rooms_back_s=max(back.values()) - lease_end_s if len(back) == len(self._rooms) and back else None,
            bots_back=sum(back_s - lease_end_s <= BOTS_BACK_S_MAX for back_s in backs),
            bots_back_s=max(backs) - lease_end_s if all_back and backs else None,
            missing=[told_of(guest) for guest in self._guests if guest.back_s is None],
            anew=sum(guest.back_s is not None and guest.number != was for guest, was in now),
            game_lost_s=max([0, *(self._ticks[room] - goes_on.get(room, 0) for room in back)]) / self._rate,
            scores_compared=compared,
            lost=lost,
        )


def told_of(guest: Guest) -> str:
    """Why their last conversations ended, and where they are on their way to."""
    return ", then ".join([*guest.ends[-ENDS_TOLD:], f"last seen on the way to {guest.owner}"])


def goes_on_ticks(members: list[Member], marks: dict[int, int]) -> dict[str, int]:
    """At which tick rooms went on, by what servers have logged since `marks`, the sizes of their logs."""
    ticks: dict[str, int] = {}
    for member in members:
        with member.log.open("rb") as log:
            log.seek(marks[member.number])
            for line in log.read().splitlines():
                if GOES_ON.encode() in line:
                    told = msgspec.json.decode(line)
                    ticks[told["room"]] = told["tick"]
    return ticks
