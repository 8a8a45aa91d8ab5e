"""Both directories, with a clock that a test sets."""

from server.cluster.directory import Directory, LocalDirectory
from server.cluster.ledger import Ledger
from server.cluster.records import Notice, Process, Timing
from server.cluster.redis import RedisDirectory
from tests.instruments.redis import Redis

TIMING = Timing()
TTL, ORPHAN = TIMING.ttl_ms, TIMING.orphan_ms
HERE, THERE = Process("https://a.example"), Process("https://b.example")
ASKER = "https://c.example"
"""Has no rooms, and people who look for some."""
START_MS = 1_000_000


def room(name: str = "pinball", seats: int = 2, players: int = 0, private: bool = False) -> Notice:
    return Notice(name, players=players, seats=seats, private=private)


class Timed:
    """A directory whose clock stands where `at` has set it."""

    def __init__(self, redis: Redis | None = None, redis_directory: RedisDirectory | None = None) -> None:
        self._now_ms = START_MS
        self._redis, self._in_redis = redis, redis_directory
        self.ledger = Ledger(TIMING)
        self.directory: Directory = redis_directory or LocalDirectory(self.ledger, lambda: self._now_ms / 1000)

    def at(self, ms: int) -> Directory:
        self._now_ms = START_MS + ms
        if self._in_redis is not None:
            self._in_redis.now_ms = self._now_ms
        return self.directory

    def forget(self, ms: int = 0) -> Directory:
        """It has lost everything, and begins anew."""
        if self._redis is not None:
            assert self._redis.say("FLUSHALL") == b"+OK\r\n"
        else:
            self.directory = LocalDirectory(Ledger(TIMING, START_MS + ms, is_young=True), lambda: self._now_ms / 1000)
        return self.at(ms)
