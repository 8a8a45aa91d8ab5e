"""What the directory in Redis knows, read without asking any server: when a lease ends, and which rooms there are."""

import time
from collections.abc import Iterator

import msgspec

from bench.cluster.redis import Redis
from protocol.errors import UserError
from server.cluster.records import Process
from server.cluster.redis import PREFIX


def lease_end_s(redis: Redis, url: str) -> float:
    """When the lease of the process at `url` ends, by this machine's steady clock. Raises UserError."""
    ends_s = []
    words = list(strings(redis.say(f"ZRANGE {PREFIX}:leases 0 -1 WITHSCORES")))
    for lease, until_ms in zip(words[::2], words[1::2], strict=True):
        for told in strings(redis.say(f"GET {PREFIX}:lease:{lease.decode()}")):
            if msgspec.json.decode(told, type=Process).url == url:
                ends_s.append(float(until_ms) / 1e3 - time.time() + time.monotonic())
    if not ends_s:
        raise UserError(f"the directory knows of no process at {url}")
    return max(ends_s)


def young_until_s(redis: Redis) -> float:
    """Until when the directory gives no orphan away, by this machine's steady clock; in the past where it does."""
    [until_ms] = list(strings(redis.say(f"HGET {PREFIX}:state young_until"))) or [b"0"]
    return float(until_ms) / 1e3 - time.time() + time.monotonic()


def rooms_known(redis: Redis) -> set[str]:
    """Those whose owner lives."""
    now_ms = round(time.time() * 1e3)
    return {name.decode() for name in strings(redis.say(f"ZRANGEBYSCORE {PREFIX}:rooms {now_ms} +inf"))}


def strings(answer: bytes) -> Iterator[bytes]:
    """Of an answer of Redis's, in its protocol: a string, or a list of them."""
    while answer:
        head, _, answer = answer.partition(b"\r\n")
        if head[:1] == b"$" and (size := int(head[1:])) >= 0:
            yield answer[:size]
            answer = answer[size + 2 :]
