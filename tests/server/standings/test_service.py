"""Standings beside the game: matches are written by a thread, and outages cost the game nothing."""

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from typing import Literal

import psycopg
import pytest
import structlog
import trio
from msgspec.structs import replace
from structlog.testing import LogCapture

from server.room import Room
from server.standings import backlog, service
from server.standings.away import Away
from server.standings.backlog import Played
from server.standings.database import open_database
from server.standings.guests import KEY_S, Guests
from server.standings.repository import Repository
from server.standings.service import FORGOTTEN_MAX, WAITING_MAX, Standings
from server.statistics import Statistics
from tests.instruments.postgres import Postgres, empty
from tests.instruments.stepper import Stepper
from tests.server.net.wires import until
from tests.server.standings.matches import NOW_S, placing, result


class Shaky(Repository):
    """The real one, whose database can be away, slow, or against a match."""

    def __init__(self, address: str) -> None:
        super().__init__(open_database(address))
        self.is_away = False
        self.refuses = ""
        self.gate = Event()
        self.gate.set()
        self.asked = 0

    def record(self, played: Played) -> bool:
        if self.is_away:
            raise Away("the cable is out")
        if self.refuses and self.refuses in {line.subject for line in played.result.placings}:
            raise ValueError("a mistake of ours")
        return super().record(played)

    def prune(self, now_s: float) -> int:
        if self.is_away:
            raise Away("the cable is out")
        return super().prune(now_s)

    def id_of(self, subject: str) -> str | None:
        self.asked += 1
        assert self.gate.wait(60)
        return super().id_of(subject)


@pytest.fixture
def shaky(migrated: Path, tmp_path: Path) -> Iterator[Shaky]:
    file = tmp_path / "standings.db"
    file.write_bytes(migrated.read_bytes())
    repository = Shaky(f"sqlite:///{file}")
    yield repository
    repository.close()


@pytest.fixture(autouse=True)
def log() -> Iterator[LogCapture]:
    capture = LogCapture()
    structlog.configure(processors=[capture], cache_logger_on_first_use=False)
    yield capture
    structlog.reset_defaults()


@pytest.fixture
def room() -> Room:
    return Stepper(5).room


def kept(repository: Repository) -> Standings:
    return Standings(repository, clock=lambda: NOW_S)


def matches(repository: Repository, who: str = "ann") -> int:
    table = Repository.table(repository, NOW_S)
    assert table is not None
    return sum(row.rating.matches for row in table.rows if row.name == who.title())


def tell(standings: Standings, room: Room, *who: str, ended_tick: int = 3600) -> None:
    told = result(*(placing(one, place) for place, one in enumerate(who, 1)))
    standings.concluded(room, replace(told, ended_tick=ended_tick))


def set_read_only(address: str, switch: Literal["on", "off"]) -> None:
    """For all sessions, also those that are open."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"ALTER SYSTEM SET default_transaction_read_only = {switch}")
        connection.execute("SELECT pg_reload_conf()")


async def test_a_match_that_has_ended_is_written_down(shaky: Shaky, room: Room, nursery: trio.Nursery) -> None:
    standings = kept(shaky)
    nursery.start_soon(standings.run)
    tell(standings, room, "ann", "bob")
    await until(lambda: standings.counted.results_written == 1)
    assert matches(shaky) == 1
    assert standings.counted.results_waiting == 0
    nursery.cancel_scope.cancel()


async def test_while_it_is_away_matches_wait_and_then_all_are_written(
    shaky: Shaky, room: Room, nursery: trio.Nursery, log: LogCapture
) -> None:
    standings, shaky.is_away = kept(shaky), True
    nursery.start_soon(standings.run)
    for number in range(3):
        tell(standings, room, "ann", "bob", ended_tick=3600 + number)
    await until(lambda: standings.counted.standings_away >= 2)
    assert (standings.counted.results_waiting, matches(shaky)) == (3, 0)
    shaky.is_away = False
    await until(lambda: standings.counted.results_written == 3)
    assert (standings.counted.results_waiting, standings.counted.results_dropped, matches(shaky)) == (0, 0, 3)
    assert [entry["log_level"] for entry in log.entries] == ["warning", "info"], "an outage is said once, and its end"
    nursery.cancel_scope.cancel()


async def test_what_can_not_be_written_does_not_hold_up_the_rest(
    shaky: Shaky, room: Room, nursery: trio.Nursery
) -> None:
    standings, shaky.refuses = kept(shaky), "subject:eve"
    nursery.start_soon(standings.run)
    tell(standings, room, "eve", "bob")
    tell(standings, room, "ann", "bob", ended_tick=3601)
    await until(lambda: standings.counted.results_written == 1)
    assert (standings.counted.results_dropped, matches(shaky)) == (1, 1)
    nursery.cancel_scope.cancel()


async def test_a_server_that_stops_writes_what_waits(shaky: Shaky, room: Room, nursery: trio.Nursery) -> None:
    standings = kept(shaky)
    nursery.start_soon(standings.run)
    tell(standings, room, "ann", "bob")
    await standings.settle()
    assert matches(shaky) == 1
    shaky.is_away = True
    tell(standings, room, "ann", "bob", ended_tick=3601)
    await standings.settle(0.1)
    assert standings.counted.results_waiting == 1
    nursery.cancel_scope.cancel()


async def test_a_server_that_stops_tries_once_more_however_long_it_would_have_waited(
    shaky: Shaky, room: Room, nursery: trio.Nursery, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backlog, "PAUSE_S_MIN", 600.0)
    monkeypatch.setattr(backlog, "PAUSE_S_MAX", 600.0)
    standings, shaky.is_away = kept(shaky), True
    nursery.start_soon(standings.run)
    for number in range(3):
        tell(standings, room, "ann", "bob", ended_tick=3600 + number)
    await until(lambda: standings.counted.standings_away >= 2)  # once for the match, once for the tidying
    shaky.is_away = False
    await standings.settle()
    assert (standings.counted.results_waiting, matches(shaky)) == (0, 3)
    nursery.cancel_scope.cancel()


async def test_who_is_forgotten_while_they_play_stays_forgotten(
    shaky: Shaky, room: Room, nursery: trio.Nursery
) -> None:
    standings = kept(shaky)
    nursery.start_soon(standings.run)
    tell(standings, room, "ann", "bob")
    await until(lambda: standings.counted.results_written == 1)
    assert await standings.forget(subject="subject:ann")
    assert not await standings.forget(subject="subject:ann")
    tell(standings, room, "ann", "bob", "cid", ended_tick=3601)
    await until(lambda: standings.counted.results_written == 2)
    assert (matches(shaky, "ann"), matches(shaky, "bob"), matches(shaky, "cid")) == (0, 2, 1)
    nursery.cancel_scope.cancel()


async def test_however_many_wish_to_be_forgotten_the_list_of_them_is_bounded(shaky: Shaky) -> None:
    standings = kept(shaky)
    for number in range(FORGOTTEN_MAX + 9):
        standings.note_forgotten(f"guest:{number}")
    assert len(standings._forgotten) == FORGOTTEN_MAX


async def test_who_asks_waits_for_some_seconds_and_not_for_ever(shaky: Shaky) -> None:
    standings = Standings(shaky, answer_s_max=0.05)
    shaky.gate.clear()
    with pytest.raises(Away, match="too long"):
        await standings.ask(lambda them: them.id_of("subject:ann"))
    shaky.gate.set()


async def test_no_more_may_wait_than_there_is_room_for(shaky: Shaky, nursery: trio.Nursery) -> None:
    standings, refused = kept(shaky), list[Away]()
    shaky.gate.clear()

    async def ask() -> None:
        try:
            await standings.ask(lambda them: them.id_of("subject:ann"))
        except Away as away:
            refused.append(away)

    for _ in range(WAITING_MAX + 6):
        nursery.start_soon(ask)
    await until(lambda: len(refused) == 5 and shaky.asked == 1)
    shaky.gate.set()
    await until(lambda: shaky.asked == WAITING_MAX + 1)


async def test_keys_turn_over_while_the_server_runs(shaky: Shaky, nursery: trio.Nursery) -> None:
    now_s, kept_keys = NOW_S, list[int]()
    standings = Standings(shaky, None, lambda guests: kept_keys.append(len(guests.keys)), clock=lambda: now_s)
    nursery.start_soon(standings.run)
    now_s += KEY_S
    await until(lambda: kept_keys == [2])
    nursery.cancel_scope.cancel()


async def test_keys_that_the_disk_did_not_take_are_kept_later(
    shaky: Shaky, nursery: trio.Nursery, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "TIDY_EVERY_S", 0.01)
    now_s, tries, kept_keys = NOW_S, list[int](), list[int]()

    def keep(guests: Guests) -> None:
        tries.append(len(guests.keys))
        if len(tries) < 3:
            raise OSError("the disk is full")
        kept_keys.append(len(guests.keys))

    standings = Standings(shaky, None, keep, clock=lambda: now_s)
    now_s += KEY_S
    nursery.start_soon(standings.run)
    await until(lambda: kept_keys == [2])
    nursery.cancel_scope.cancel()


async def test_a_postgresql_that_takes_no_writes_for_now_is_waited_for(
    postgres: Postgres, room: Room, nursery: trio.Nursery
) -> None:
    """As after a failover, when the one that is reached is the standby by now."""
    address = postgres.address("current")
    empty(address)
    repository = Repository(open_database(address))
    standings = kept(repository)
    nursery.start_soon(standings.run)
    tell(standings, room, "ann", "bob")
    await until(lambda: standings.counted.results_written == 1)
    set_read_only(address, "on")
    try:
        tell(standings, room, "ann", "bob", ended_tick=3601)
        await until(lambda: standings.counted.standings_away >= 2 or standings.counted.results_dropped > 0)
        assert (standings.counted.results_dropped, standings.counted.results_waiting) == (0, 1)
        with pytest.raises(Away, match="read-only"):
            await standings.ask(lambda them: them.prune(NOW_S))
    finally:
        set_read_only(address, "off")
    await until(lambda: standings.counted.results_written == 2)
    nursery.cancel_scope.cancel()


async def test_without_a_database_nothing_is_kept_and_nobody_is_known(room: Room) -> None:
    standings = Standings()
    standings.opened(room)
    tell(standings, room, "ann", "bob")
    standings.closed(room)
    await standings.run()
    await standings.settle()
    cookie = standings.guests.cookie_of("a" * 22, standings.clock())
    assert standings.guest_of(f"ricochet_guest={cookie}", False) == ""
    assert standings.counted.results_waiting == 0


def test_what_is_counted_is_among_the_statistics(shaky: Shaky, room: Room) -> None:
    standings = kept(shaky)
    tell(standings, room, "ann", "bob")
    counted: Callable[[], Statistics] = standings.counting(lambda: Statistics(rooms=3))
    assert (counted().rooms, counted().results_waiting) == (3, 1)


async def test_an_outage_of_a_real_postgresql(postgres: Postgres, room: Room, nursery: trio.Nursery) -> None:
    empty(postgres.address("current"))
    repository = Repository(open_database(postgres.address("current")))
    standings = kept(repository)
    nursery.start_soon(standings.run)
    tell(standings, room, "ann", "bob")
    await until(lambda: standings.counted.results_written == 1)
    postgres.stop()
    tell(standings, room, "ann", "bob", ended_tick=3601)
    await until(lambda: standings.counted.standings_away >= 1)
    with pytest.raises(Away):
        await standings.ask(lambda them: them.id_of("subject:ann"))
    postgres.start()
    await until(lambda: standings.counted.results_written == 2)
    assert matches(repository) == 2
    nursery.cancel_scope.cancel()
