"""The directory in Redis or Valkey: the rules of `ledger`, run by Redis itself (`directory.lua`), over one kept client.

Every question is one script, so it happens at one moment or not at all. No answer in time means Unreachable; whether
the script ran isn't known then, and nothing is ever asked twice by itself. A refused connection means that nobody
listens there, so that no directory is there to grant anything: `is_absent`. Hence what stands between may drop
connections to Redis, but not refuse them on its behalf.

Redis must not throw keys away to make room (`maxmemory-policy noeviction`, which is its default).
"""

import secrets
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlencode, urlsplit

import coredis
import msgspec
import structlog
import trio
from coredis.retry import NoRetryPolicy

from protocol.errors import UserError
from server.cluster.directory import Unreachable
from server.cluster.records import (
    ORPHANS_MAX,
    PROCESSES_MAX,
    ROOMS_MAX,
    Claimed,
    Entry,
    Heard,
    Notice,
    Orphan,
    Owned,
    Process,
    Taken,
    Timing,
    Way,
    Why,
)

SCRIPT: Final = (Path(__file__).parent / "directory.lua").read_bytes()
PREFIX: Final = "{ricochet}"
SCHEMES: Final = ("redis", "rediss", "unix")
CHECKS: Final = frozenset({"ssl_check_hostname", "ssl_cert_reqs"})
"""What an address can say about the certificate to expect."""
CONNECTIONS_MAX: Final = 4
AGAIN_AFTER_S: Final = 0.5
"""A client that broke down is made anew after so long."""

log = structlog.get_logger("ricochet.cluster")
Words = list[str | bytes | int]


class RedisDirectory:
    """See `directory`. Raises UserError when `url` is none; questions are answered while `run` runs."""

    def __init__(self, url: str, timing: Timing | None = None, prefix: str = PREFIX, now_ms: int = 0) -> None:
        """`now_ms`, of tests alone: what time it is, instead of Redis's own."""
        self.timing, self.now_ms = timing or Timing(), now_ms
        self._url, self._prefix = url, prefix
        self._client = self._new_client()
        self._is_open = trio.Event()

    def _new_client(self) -> "coredis.Redis[bytes]":
        return new_client(self._url, self.timing.answer_s, CONNECTIONS_MAX)

    async def run(self, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Keep the client; for ever. What breaks it breaks nothing else."""
        while True:
            try:
                async with self._client:
                    self._is_open.set()
                    task_status.started()
                    task_status = trio.TASK_STATUS_IGNORED
                    await trio.sleep_forever()
            except Exception:
                log.exception("the client of the directory broke down")
            self._is_open = trio.Event()
            await trio.sleep(AGAIN_AFTER_S)
            self._client = self._new_client()

    # what is asked -----------------------------------------------------------------------------------------

    async def join(self, process: Process) -> int:
        return int(await self._ask("join", msgspec.json.encode(process)))

    async def beat(self, lease: int, process: Process, rooms: Sequence[Owned], taken: Sequence[Taken]) -> Heard:
        words: Words = [lease, msgspec.json.encode(process), len(rooms)]
        for owned in rooms:
            words += [owned.fence, *_told(owned.notice)]
        words.append(len(taken))
        for one in taken:
            words += [one.room, one.seat]
        is_lost, lost, held = await self._ask("beat", *words)
        counts = tuple((name.decode(), int(count)) for name, count in _pairs(held))
        return Heard(bool(is_lost), tuple(name.decode() for name in lost), counts)

    async def claim(self, lease: int, notice: Notice, is_new: bool) -> Claimed:
        return _claimed(await self._ask("claim", lease, int(is_new), *_told(notice)))

    async def claim_new(self, lease: int, notices: Sequence[Notice]) -> list[Claimed]:
        words: Words = [lease, len(notices)]
        for notice in notices:
            words += _told(notice)
        return [_claimed(told) for told in await self._ask("claim_new", *words)]

    async def release(self, lease: int, name: str, fence: int) -> None:
        await self._ask("release", lease, name, fence)

    async def leave(self, lease: int, hands_over: bool) -> None:
        await self._ask("leave", lease, int(hands_over))

    async def lead(self, name: str, seat: str, asker: str) -> Way:
        is_orphan, is_kept, *told = await self._ask("lead", name, seat, asker, self.timing.silent_ms)
        return Way(_entry(told) if told else None, bool(is_orphan), bool(is_kept))

    async def find(self, name: str) -> Entry | None:
        told = await self._ask("find", name)
        return _entry(told) if told else None

    async def listed(self, count: int) -> list[Entry]:
        return [_entry(told) for told in await self._ask("listed", count)]

    async def processes(self) -> dict[int, Process]:
        told = await self._ask("processes")
        return {int(lease): msgspec.json.decode(about, type=Process) for lease, about in _pairs(told)}

    async def orphans(self, count: int) -> list[Orphan]:
        told = await self._ask("orphans", count)
        return [Orphan(msgspec.json.decode(one[0], type=Notice), int(one[1]), int(one[2])) for one in told]

    async def is_orphan(self, name: str) -> bool:
        return bool(await self._ask("is_orphan", name))

    async def key(self) -> bytes:
        return bytes.fromhex((await self._ask("key", secrets.token_hex(32))).decode())

    async def _ask(self, operation: str, *words: str | bytes | int) -> Any:
        timing = self.timing
        times = [self.now_ms, timing.ttl_ms, timing.away_ms, timing.seat_ms, timing.orphan_ms]
        fixed = [*times, PROCESSES_MAX, ROOMS_MAX, ORPHANS_MAX]
        with trio.move_on_after(timing.answer_s):
            await self._is_open.wait()
            try:
                return await self._client.register_script(SCRIPT)([self._prefix], [operation, *fixed, *words])
            except Exception as error:  # whatever the library has to say of a connection
                raise Unreachable(why_of(error), is_refused(error)) from error
        raise Unreachable(f"no answer within {timing.answer_s:g} s")


def new_client(url: str, answer_s: float, connections_max: int) -> "coredis.Redis[bytes]":
    """One that is to be entered. Raises UserError when `url` is none of Redis."""
    parts = urlsplit(url)
    if parts.scheme not in SCHEMES:
        raise UserError(f"the address of the directory begins with {' or '.join(SCHEMES)}, not as {url!r} does")
    if parts.scheme != "unix" and not parts.hostname:
        raise UserError("the address of the directory names no host: redis://127.0.0.1 is one")
    try:
        return coredis.Redis.from_url(
            with_its_name_checked(url),
            connect_timeout=answer_s,
            stream_timeout=answer_s,
            max_connections=connections_max,
            decode_responses=False,
            verify_version=False,
            retry_policy=NoRetryPolicy(),
            decode_components=True,  # a password may have any character, as %40
        )
    except (ValueError, TypeError, RuntimeError) as error:
        raise UserError(f"the address of the directory is not one of Redis: {error}") from None


def with_its_name_checked(url: str) -> str:
    """`url`; over TLS the certificate must be of the host that it names, unless it says itself what is to be checked.

    Left to itself the library takes any certificate that an authority it trusts has signed for anybody.
    """
    parts = urlsplit(url)
    if parts.scheme != "rediss" or CHECKS & parse_qs(parts.query).keys():
        return url
    checked = urlencode({"ssl_check_hostname": "true"})
    return parts._replace(query=f"{parts.query}&{checked}" if parts.query else checked).geturl()


def _told(notice: Notice) -> Words:
    """What the rules need to know of it, and the whole, which is none of their business."""
    whole = msgspec.json.encode(notice)
    return [notice.name, notice.players, notice.people, notice.seats, int(notice.private), whole]


def _claimed(told: list[Any]) -> Claimed:
    why, fence, owner, wait_ms = told
    return Claimed(Why(why.decode()), int(fence), int(owner), int(wait_ms))


def _entry(told: list[Any]) -> Entry:
    notice, fence, lease, process, held, silent_ms = told
    return Entry(
        msgspec.json.decode(notice, type=Notice),
        int(fence),
        int(lease),
        msgspec.json.decode(process, type=Process),
        int(held),
        int(silent_ms),
    )


def _pairs(flat: Sequence[Any]) -> Iterator[tuple[Any, Any]]:
    return zip(flat[::2], flat[1::2], strict=True)


def is_refused(error: BaseException) -> bool:
    """Whether every connection that was tried, if any, was refused."""
    leaves = list(_leaves(error))
    return bool(leaves) and all(isinstance(leaf, ConnectionRefusedError) for leaf in leaves)


def why_of(error: BaseException) -> str:
    """What the library says, and what the system, or TLS, had said to it."""
    said = dict.fromkeys(str(one) for one in (error, *_leaves(error)) if str(one))
    return ": ".join(said) or type(error).__name__


def _leaves(error: BaseException | None) -> Iterator[BaseException]:
    """The failures of the system that `error` comes from."""
    if error is None:
        return
    if isinstance(error, BaseExceptionGroup):
        for one in error.exceptions:
            yield from _leaves(one)
    elif error.__cause__ is not None or error.__context__ is not None:
        yield from _leaves(error.__cause__ or error.__context__)
    else:
        yield error
