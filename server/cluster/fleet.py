"""All processes of one directory, as one: they hear each other, and what is said or decided in one holds in all.

    vitals     once a second: so others know that we are there, and how we are (`peers`, and the dashboard)
    chat       what is said in the lobby here is heard in every lobby
    law        bans and mutes
    orders     whatever else an admin wants done
    forgotten  who is forgotten by one is so by all, with what each of them keeps

Where the others can't be reached every process goes on by itself; five seconds later they aren't counted any more.
"""

import secrets
from collections.abc import Awaitable, Callable, Iterable
from typing import Final

import structlog
import trio

from protocol.stats import ROOMS_SHOWN_MAX, FarRoomRow, ProcessRow
from server.chat.channel import Line as Said
from server.chat.speaker import Named
from server.cluster import news
from server.cluster.bus import Bus
from server.cluster.erasures import Erasures
from server.cluster.law import Law, unix_ms
from server.cluster.news import Answered, Asked, Decided, Forgotten, Gone, Line, News, NoNews, Vitals
from server.cluster.orders import Orders
from server.cluster.peers import Peers
from server.cluster.reach import Reach
from server.cluster.records import Entry
from server.moderation import AnyOrder, DrainOrder, Moderation
from server.statistics import InFleet, Statistics

VITALS_EVERY_S: Final = 1.0
AGAIN_AFTER_S: Final = 1.0

log = structlog.get_logger("ricochet.cluster")


class Fleet(Reach):
    """`look` says how we are, `others` which rooms there are elsewhere; `on_change` is called when our disk should know
    more."""

    def __init__(
        self,
        bus: Bus,
        moderation: Moderation,
        look: Callable[[], Vitals],
        others: Callable[[], Iterable[Entry]] = lambda: (),
        on_change: Callable[[], None] = lambda: None,
        now_ms: Callable[[], int] = unix_ms,
    ) -> None:
        super().__init__(moderation)
        self.id = secrets.token_hex(6)
        """Of this life of this process."""
        self.peers, self.counted = Peers(), InFleet()
        self._bus, self._lobby, self._look, self._others = bus, moderation.lobby, look, others
        self._law = Law(bus, moderation, self.tell, on_change, now_ms)
        self._orders = Orders(moderation, self.peers, self.tell, on_change)
        self._erasures = Erasures(self._erase)
        self._vitals: Vitals | None = None
        self._has_left = False

    # what an admin wants -----------------------------------------------------------------------------------

    async def obey(self, action: str, order: AnyOrder, by: str | None) -> str:
        return await self._orders.obey(action, order, by)

    async def drain(self, order: DrainOrder, by: str | None) -> tuple[str, bool]:
        return await self._orders.drain(order, self.id, by)

    def forgotten(self, account: str) -> int:
        self.tell(Forgotten(account))
        return len(self.peers)

    # what there is -----------------------------------------------------------------------------------------

    def processes(self) -> list[ProcessRow]:
        now_s = trio.current_time()
        rows = [] if self._vitals is None else [_row(self.id, self._vitals, 0.0, is_here=True)]
        others = sorted(self.peers, key=lambda peer: (peer.vitals.url, peer.id))
        return rows + [_row(peer.id, peer.vitals, now_s - peer.heard_s) for peer in others]

    def rooms(self) -> list[FarRoomRow]:
        return [_room(entry) for entry in list(self._others())[:ROOMS_SHOWN_MAX]]

    def counting(self, statistics: Callable[[], Statistics]) -> Callable[[], Statistics]:
        def counted() -> Statistics:
            total = statistics()
            self.counted.news_dropped, self.counted.peers = self._bus.dropped, len(self.peers)
            self.counted.forgotten_waiting, self.counted.forgotten_dropped = len(self._erasures), self._erasures.dropped
            total.add(self.counted)
            return total

        return counted

    # saying and hearing ------------------------------------------------------------------------------------

    def tell(self, what: news.What) -> None:
        """All others. Never awaits, never raises."""
        self.counted.news_said += 1
        self._bus.say(news.told(self.id, what))

    def hear(self, wire: bytes) -> None:
        """What somebody has said. Never raises."""
        try:
            told = news.heard(wire)
        except NoNews as error:
            self._refuse(str(error))
            return
        if told.sender == self.id:
            return
        self.counted.news_heard += 1
        try:
            self._take(told)
        except Exception:
            self._lobby.faults.chores_failed += 1
            log.exception("what another process said could not be taken in", sender=told.sender)

    def _refuse(self, why: str) -> None:
        self.counted.news_refused += 1
        if self.counted.news_refused == 1:
            log.warning("something that is no news was said to all processes; from now on it is counted", why=why)

    def _take(self, told: News) -> None:
        sender, now_s = told.sender, trio.current_time()
        match told.what:
            case Vitals() as vitals:
                self.peers.hear(sender, vitals, now_s)
            case Gone():
                self.peers.gone(sender)
            case Line(number, name, key, mark, text):
                self._lobby.talk.overhear(sender, Named(number, name, key, mark), text, now_s)
            case Forgotten(account):
                self._erasures.put(account)
            case Decided(decisions):
                self._law.hear(decisions)
            case Asked() as question:
                if question.to in (None, self.id):
                    self._orders.asked(sender, question)
            case Answered() as answer:
                if answer.to == self.id:
                    self._orders.answered(sender, answer)

    def _say_on(self, line: Said) -> None:
        by = line.by
        self.tell(Line(by.number, by.name, by.key, by.mark, line.text))

    def _count(self) -> None:
        afar = self._lobby.talk.afar
        afar.people, afar.visitors = self.peers.people, self.peers.visitors

    # -------------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        self._law.begin()
        self._lobby.talk.on_lobby_line = self._say_on
        self.moderation.on_kick_afar = self._orders.kick
        async with trio.open_nursery() as nursery:
            for chore in (self._listen, self._law.run, self._show, self._erasures.run):
                nursery.start_soon(_steadily, chore)

    async def leave(self) -> None:
        self._has_left = True
        self.tell(Gone())
        await self._bus.flush()

    async def _listen(self) -> None:
        await self._bus.run(self.hear, self._opened)

    async def _erase(self, account: str) -> None:
        if self.on_forgotten is not None:
            await self.on_forgotten(account)

    def _opened(self) -> None:
        self._law.catch_up()
        self._show_now()

    async def _show(self) -> None:
        while not self._has_left:
            await trio.sleep(VITALS_EVERY_S)  # it is shown at once when the bus opens
            self.peers.review(trio.current_time())
            self._count()
            self._show_now()
        await trio.sleep_forever()

    def _show_now(self) -> None:
        if not self._has_left:
            self._vitals = self._look()
            self.tell(self._vitals)


async def _steadily(chore: Callable[[], Awaitable[None]]) -> None:
    """For ever. A mistake here ends no game."""
    while True:
        try:
            await chore()
        except Exception:
            log.exception("other processes were lost for a moment")
        await trio.sleep(AGAIN_AFTER_S)


def _row(id: str, vitals: Vitals, heard_s: float, is_here: bool = False) -> ProcessRow:
    return ProcessRow(
        id=id,
        url=vitals.url,
        is_here=is_here,
        is_open=vitals.is_open,
        rooms=vitals.rooms,
        people=vitals.people,
        visitors=vitals.visitors,
        players=vitals.players,
        bots=vitals.bots,
        tick_p99_ms=vitals.tick_p99_ms,
        load=vitals.load,
        lease_s=vitals.lease_s,
        heard_s=round(max(0.0, heard_s), 1),
    )


def _room(entry: Entry) -> FarRoomRow:
    notice = entry.notice
    return FarRoomRow(
        name=notice.name,
        title=notice.title,
        game=notice.game,
        arena=notice.arena,
        players=notice.players,
        bots=notice.bots,
        spectators=notice.spectators,
        players_max=notice.seats,
        url=entry.process.url,
    )
