"""Redis keeps the ledger's rules in whatever order it is asked, leaves nothing behind, and may come and go."""

import ssl
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import trio
import trustme
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from protocol.errors import UserError
from server.cluster.directory import Directory, Unreachable
from server.cluster.records import Notice, Owned, Process, Taken, Timing, Way, Why
from server.cluster.redis import RedisDirectory, is_refused
from tests.instruments.redis import Redis
from tests.server.cluster.timed import ASKER, HERE, THERE, TIMING, TTL, Timed, room

NAMES, SEATS, WHO = st.sampled_from("abc"), st.sampled_from("xyz"), st.integers(0, 2)
NOTICES = st.builds(
    Notice, NAMES, players=st.integers(0, 3), bots=st.integers(0, 1), seats=st.integers(0, 3), private=st.booleans()
)
ABOUT, ASKERS = st.sampled_from([HERE, THERE, Process(HERE.url, is_open=False)]), st.sampled_from([ASKER, HERE.url])
OWNED = st.lists(st.tuples(NOTICES, st.booleans()), max_size=3, unique_by=lambda one: one[0].name)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("wait"), st.one_of(st.integers(0, 3_000), st.integers(0, 2 * TTL))),
        st.tuples(st.just("join"), WHO),
        st.tuples(st.just("beat"), WHO, ABOUT, OWNED, st.lists(st.builds(Taken, NAMES, SEATS), max_size=2)),
        st.tuples(st.just("claim"), WHO, NOTICES, st.booleans()),
        st.tuples(st.just("release"), WHO, NAMES),
        st.tuples(st.just("leave"), WHO, st.booleans()),
        st.tuples(st.just("lead"), NAMES, st.one_of(st.just(""), SEATS), ASKERS),
        st.tuples(st.just("forget")),
    ),
    min_size=10,
    max_size=40,
)


class Asker:
    """Asks one directory for whatever the steps say, and remembers what it answered."""

    def __init__(self, timed: Timed) -> None:
        self._timed, self._ms = timed, 0
        self.leases, self.fences = [7, 8, 9], dict.fromkeys("abc", 10)
        timed.forget()

    async def take(self, step: tuple[Any, ...]) -> list[Any]:
        answer = await getattr(self, step[0])(self._timed.at(self._ms), *step[1:])
        directory = self._timed.directory
        seen = [await directory.find(name) for name in "abc"]
        alone = [await directory.is_orphan(name) for name in "abc"], await directory.orphans(2)
        return [answer, seen, alone, await directory.listed(2), await directory.processes()]

    async def wait(self, directory: Directory, ms: int) -> None:
        self._ms += ms
        self._timed.at(self._ms)

    async def join(self, directory: Directory, who: int) -> int:
        self.leases[who] = await directory.join(THERE)
        return self.leases[who]

    async def beat(
        self, directory: Directory, who: int, about: Process, rooms: list[tuple[Notice, bool]], taken: list[Taken]
    ) -> Any:
        owned = [Owned(notice, self.fences[notice.name] - is_old) for notice, is_old in rooms]
        return await directory.beat(self.leases[who], about, owned, taken)

    async def claim(self, directory: Directory, who: int, notice: Notice, is_new: bool) -> Any:
        claimed = await directory.claim(self.leases[who], notice, is_new)
        self.fences[notice.name] = claimed.fence or self.fences[notice.name]
        return claimed

    async def release(self, directory: Directory, who: int, name: str) -> None:
        await directory.release(self.leases[who], name, self.fences[name])

    async def leave(self, directory: Directory, who: int, hands_over: bool) -> None:
        await directory.leave(self.leases[who], hands_over)

    async def lead(self, directory: Directory, name: str, seat: str, asker: str) -> Way:
        return await directory.lead(name, seat, asker)

    async def forget(self, directory: Directory) -> None:
        self._timed.forget(self._ms)
        await self._timed.directory.leave(1, False)  # whenever it begins, it begins when it first hears of somebody


@given(steps=STEPS)
@settings(max_examples=6, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_it_answers_as_the_ledger_does(redis: Redis, steps: list[tuple[Any, ...]]) -> None:
    async def run() -> None:
        in_redis = RedisDirectory(redis.url, TIMING)
        async with trio.open_nursery() as nursery:
            await nursery.start(in_redis.run)
            here, there = Asker(Timed()), Asker(Timed(redis, in_redis))
            for asker in (here, there):
                await asker.forget(asker._timed.directory)
            for step in steps:
                assert await there.take(step) == await here.take(step), step
            nursery.cancel_scope.cancel()

    trio.run(run)


QUICK = Timing(ttl_s=0.4, margin_s=0.1, away_s=0.1, beat_s=0.05, answer_s=0.5, seat_s=0.2, orphan_s=0.3)


async def test_by_its_own_clock_a_crash_leaves_nothing_behind_but_the_state_of_the_directory(
    redis: Redis, nursery: trio.Nursery
) -> None:
    directory = RedisDirectory(redis.url, QUICK)
    await nursery.start(directory.run)
    lease = await directory.join(HERE)
    assert (await directory.claim(lease, room(), True)).why is Why.GRANTED
    assert (await directory.lead("pinball", "a", ASKER)).is_kept
    assert int(redis.say("DBSIZE").strip(b":\r\n")) == 7
    with trio.fail_after(10):
        while redis.say("KEYS *") != b"*1\r\n$16\r\n{ricochet}:state\r\n":  # noqa: ASYNC110  # Redis tells nobody
            await trio.sleep(0.05)
    nursery.cancel_scope.cancel()


async def test_who_doesn_t_listen_is_absent_and_who_doesn_t_answer_is_not(nursery: trio.Nursery, redis: Redis) -> None:
    directory = RedisDirectory(redis.url, QUICK)
    await nursery.start(directory.run)
    assert await directory.listed(5) == []
    redis.kill()
    with suppress(Unreachable):
        await directory.listed(5)  # the kept connection is gone, and may not know yet
    with pytest.raises(Unreachable) as absent:
        await directory.listed(5)
    assert absent.value.is_absent
    redis.start()
    lease = await directory.join(HERE)
    assert (await directory.claim(lease, room(), False)).why is Why.WAIT, "another Redis may have known more"
    redis.freeze()
    with pytest.raises(Unreachable) as silent:
        await directory.join(HERE)
    assert not silent.value.is_absent
    redis.thaw()
    assert await directory.join(HERE) > lease
    nursery.cancel_scope.cancel()


async def test_nothing_is_asked_twice_by_itself(nursery: trio.Nursery) -> None:
    asked: list[int] = []

    async def hang_up(stream: trio.SocketStream) -> None:
        asked.append(1)
        await stream.aclose()

    [listener] = await trio.open_tcp_listeners(0, host="127.0.0.1")
    nursery.start_soon(trio.serve_listeners, hang_up, [listener])
    directory = RedisDirectory(f"redis://127.0.0.1:{listener.socket.getsockname()[1]}", TIMING)
    await nursery.start(directory.run)
    with pytest.raises(Unreachable):
        await directory.find("pinball")
    assert len(asked) == 1
    nursery.cancel_scope.cancel()


async def test_a_redis_that_comes_back_with_what_it_had_is_young_all_the_same(
    nursery: trio.Nursery, redis: Redis
) -> None:
    redis.stop()
    redis.start(keeps=True)
    directory = RedisDirectory(redis.url, QUICK)
    await nursery.start(directory.run)
    lease = await directory.join(HERE)
    fence = (await directory.claim(lease, room("new"), True)).fence
    redis.stop()
    redis.start(keeps=True)
    with suppress(Unreachable):
        await directory.listed(1)  # the kept connection is gone, and may not know yet
    assert (await directory.claim(await directory.join(THERE), room(), False)).why is Why.WAIT
    assert not (await directory.beat(lease, HERE, [Owned(room("new"), fence)], [])).lost
    nursery.cancel_scope.cancel()


async def test_a_client_that_breaks_down_is_made_anew(
    nursery: trio.Nursery, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = RedisDirectory(redis.url, TIMING)
    await nursery.start(directory.run)
    first = directory._client

    async def breaks() -> None:
        raise ValueError("as from within the library")

    first.connection_pool.task_group.start_soon(breaks)
    with trio.fail_after(10):
        while directory._client is first:  # noqa: ASYNC110
            await trio.sleep(0.05)
    assert await directory.join(HERE)
    nursery.cancel_scope.cancel()


@pytest.mark.parametrize("url", ["http://127.0.0.1/", "redis://127.0.0.1:port/", "redis:///", "nonsense"])
def test_an_address_that_is_none_is_a_sentence(url: str) -> None:
    with pytest.raises(UserError, match="the address of the directory"):
        RedisDirectory(url)


async def test_a_password_may_have_any_character(nursery: trio.Nursery, redis: Redis) -> None:
    assert redis.say("ACL SETUSER ann reset on >p@ss/w:rd%40 ~* &* +@all") == b"+OK\r\n"
    directory = RedisDirectory(redis.url.replace("//", "//ann:p%40ss%2Fw%3Ard%2540@"), TIMING)
    await nursery.start(directory.run)
    assert await directory.processes() == {}
    nursery.cancel_scope.cancel()
    redis.say("ACL DELUSER ann")


@pytest.mark.parametrize(
    ("name", "asked", "is_taken"),
    [
        ("localhost", "", True),
        ("elsewhere.example", "", False),
        ("elsewhere.example", "&ssl_check_hostname=false", True),
    ],
)
async def test_over_tls_redis_is_who_the_address_says(
    nursery: trio.Nursery, tmp_path: Path, name: str, asked: str, is_taken: bool
) -> None:
    """An authority that is trusted signs for many, and whoever is taken for Redis rules all processes."""
    authority, context, heard = trustme.CA(), ssl.create_default_context(ssl.Purpose.CLIENT_AUTH), bytearray()
    authority.issue_cert(name).configure_cert(context)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")

    async def hear(stream: trio.SSLStream[trio.SocketStream]) -> None:
        with suppress(trio.BrokenResourceError):
            heard.extend(await stream.receive_some(100))

    [listener] = await trio.open_tcp_listeners(0, host="127.0.0.1")
    nursery.start_soon(trio.serve_listeners, hear, [trio.SSLListener(listener, context)])
    port = listener.socket.getsockname()[1]
    directory = RedisDirectory(f"rediss://localhost:{port}/0?ssl_ca_certs={tmp_path}/ca.pem{asked}", TIMING)
    await nursery.start(directory.run)
    with pytest.raises(Unreachable) as broken:
        await directory.processes()
    assert bool(heard) is is_taken
    assert ("not valid for 'localhost'" in str(broken.value)) is not is_taken
    nursery.cancel_scope.cancel()


def test_refused_is_what_every_attempt_was() -> None:
    refused, other = ConnectionRefusedError(111, "refused"), TimeoutError()
    assert is_refused(refused)
    assert is_refused(_from(OSError("all failed"), ExceptionGroup("", [refused, ConnectionRefusedError()])))
    assert not is_refused(_from(OSError("all failed"), ExceptionGroup("", [refused, other])))
    assert not is_refused(other)


def _from(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error
