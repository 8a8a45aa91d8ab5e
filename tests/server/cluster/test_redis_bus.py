"""The bus over a real Redis: it heals, keeps what `decisions` says is the newest, and nothing of it stays for ever."""

import time
from collections.abc import AsyncIterator
from random import Random

import pytest
import trio

from protocol.errors import UserError
from server.cluster import redis_bus
from server.cluster.bus import FLUSH_S_MAX, WAITING_MAX
from server.cluster.decisions import Decision, Decisions
from server.cluster.directory import Unreachable
from server.cluster.records import Timing
from server.cluster.redis_bus import RedisBus, database_of
from tests.instruments.redis import Redis
from tests.server.net.wires import really

HOUR = 3_600_000


class Ear:
    """Somebody who listens."""

    def __init__(self, redis: Redis, database: int = 0) -> None:
        self.bus = RedisBus(redis.url.removesuffix("0") + str(database), Timing(answer_s=0.5))
        self.heard = list[bytes]()
        self.opened = 0

    def open(self) -> None:
        self.opened += 1

    async def run(self) -> None:
        await self.bus.run(self.heard.append, self.open)


@pytest.fixture
async def two(nursery: trio.Nursery, redis: Redis) -> AsyncIterator[tuple[Ear, Ear]]:
    ears = Ear(redis), Ear(redis)
    for ear in ears:
        nursery.start_soon(ear.run)
    await really(lambda: all(ear.opened for ear in ears))
    yield ears
    nursery.cancel_scope.cancel()


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def drawn(random: Random, now: int) -> Decision:
    what, key = random.choice(["ban", "mute"]), random.choice(["subject:eve", "address:1.2.3.4 ädä 日"])
    lifted, until = random.random() < 0.5, now + HOUR + random.randrange(3)
    return Decision(what, key, now + random.randrange(3), until, lifted, "spam")  # type: ignore[arg-type]  # one of both


async def test_what_is_said_is_heard_by_all_of_that_database(
    two: tuple[Ear, Ear], redis: Redis, nursery: trio.Nursery
) -> None:
    one, other = two
    stranger = Ear(redis, database=1)
    nursery.start_soon(stranger.run)
    await really(lambda: stranger.opened == 1)
    one.bus.say(b"\x00\xff")
    one.bus.say(b"b")
    await really(lambda: one.heard == other.heard == [b"\x00\xff", b"b"])
    assert stranger.heard == []


async def test_the_last_words_are_said_before_one_goes(two: tuple[Ear, Ear], redis: Redis) -> None:
    one, other = two
    one.bus.say(b"bye")
    await one.bus.flush()
    assert not one.bus._waiting
    await really(lambda: other.heard == [b"bye"])
    redis.freeze()
    for n in range(5):
        one.bus.say(b"%d" % n)
    began_s = trio.current_time()
    await one.bus.flush()
    assert trio.current_time() - began_s >= FLUSH_S_MAX, "nobody takes them, and nobody waits for ever"
    redis.thaw()


async def test_it_heals_by_itself_and_tells_that_something_was_missed(two: tuple[Ear, Ear], redis: Redis) -> None:
    one, other = two
    redis.kill()
    with pytest.raises(Unreachable):
        await one.bus.keep([Decision("ban", "subject:eve", 1, now_ms() + HOUR)])
    await really(lambda: not one.bus._is_open)
    one.bus.say(b"lost")
    assert one.bus.dropped == 1
    redis.start()
    await really(lambda: one.opened == other.opened == 2)
    one.bus.say(b"back")
    await really(lambda: other.heard == [b"back"])


async def test_silence_is_noticed(two: tuple[Ear, Ear], redis: Redis) -> None:
    one, other = two
    redis.freeze()
    await really(lambda: not one.bus._is_open)
    for _ in range(WAITING_MAX + 5):
        one.bus.say(b"lost")
    assert one.bus.dropped == WAITING_MAX + 5
    redis.thaw()
    await really(lambda: one.opened == other.opened == 2)


async def test_it_keeps_what_the_rules_say_is_the_newest(two: tuple[Ear, Ear], redis: Redis) -> None:
    one, other = two
    random = Random(7)
    for _ in range(40):
        assert redis.say("FLUSHALL") == b"+OK\r\n"
        now, rules = now_ms(), Decisions()
        told = [drawn(random, now) for _ in range(random.randrange(1, 6))]
        for decision in told:
            rules.hear(decision, now)
        half = random.randrange(len(told) + 1)
        await one.bus.keep(told[:half])
        await other.bus.keep(told[half:])
        kept = await one.bus.kept(-1)
        assert kept is not None
        assert {decision.about: decision.rank for decision in kept.decisions} == {
            decision.about: decision.rank for decision in rules
        }
        assert await other.bus.kept(kept.revision) is None


async def test_what_is_over_goes_and_takes_all_with_it(two: tuple[Ear, Ear], redis: Redis) -> None:
    one, _ = two
    now = now_ms()
    await one.bus.keep(
        [Decision("ban", "subject:eve", now, now + 300), Decision("ban", "subject:ann", now, now + HOUR)]
    )
    await trio.sleep(0.4)
    kept = await one.bus.kept(-1)
    assert kept is not None
    assert [decision.key for decision in kept.decisions] == ["subject:ann"]
    for name in ("decisions", "decisions:until", "decisions:revision"):
        assert int(redis.say(f"PTTL {{ricochet}}:{name}")[1:]) > 0


async def test_there_are_only_so_many_and_what_is_no_decision_is_passed_over(
    two: tuple[Ear, Ear], redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_bus, "DECISIONS_MAX", 2)
    monkeypatch.setattr(redis_bus, "KEPT_AT_ONCE_MAX", 1)
    one, _ = two
    now = now_ms()
    await one.bus.keep([Decision("ban", key, now, now + HOUR) for key in ("a", "b", "c")])
    await one.bus.keep([Decision("ban", "b", now + 1, now + HOUR, is_lifted=True)])
    assert redis.say("HSET {ricochet}:decisions nonsense nonsense") == b":1\r\n"
    kept = await one.bus.kept(-1)
    assert kept is not None
    assert {(decision.key, decision.is_lifted) for decision in kept.decisions} == {("a", False), ("b", True)}


def test_the_database_is_read_off_the_address() -> None:
    assert database_of("redis://a") == database_of("unix:///run/redis.sock") == database_of("redis://a/0") == "0"
    assert database_of("rediss://u:p@a:1/3") == database_of("unix:///run/redis.sock?db=3") == "3"


def test_an_address_that_is_none_is_a_sentence() -> None:
    with pytest.raises(UserError, match="the address of the directory"):
        RedisBus("http://127.0.0.1")
