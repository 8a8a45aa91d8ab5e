"""HTTP to the sidecar: answers and lines as they come, and one exception for whatever goes wrong."""

import pytest
import trio
import trio.testing

from server.minders.sidecar import ANSWER_BYTES_MAX, ANSWER_S_MAX, Sidecar, Unheard
from tests.instruments.agones import LocalAgones


def answering(nursery: trio.Nursery, *parts: bytes, hang: bool = False) -> Sidecar:
    """One who says `parts` whatever it is asked, one after the other, and hangs up."""

    async def answer(stream: trio.abc.Stream) -> None:
        async with stream:
            await stream.receive_some(65_536)
            for part in parts:
                await stream.send_all(part)
                await trio.testing.wait_all_tasks_blocked()
            if hang:
                await trio.sleep_forever()

    async def connect() -> trio.abc.Stream:
        await trio.lowlevel.checkpoint()
        ours, theirs = trio.testing.memory_stream_pair()
        nursery.start_soon(answer, theirs)
        return ours

    return Sidecar(connect)


async def test_a_question_has_an_answer(nursery: trio.Nursery) -> None:
    local = LocalAgones(nursery)
    sidecar = Sidecar(local.connect)
    assert await sidecar.ask("POST", "/ready", b"{}") == b"{}"
    assert b'"capacity": "8"' in await sidecar.ask("GET", "/v1beta1/counters/players")
    assert local.said == ["/ready"]


async def test_what_is_refused_is_told_with_its_reason(nursery: trio.Nursery) -> None:
    sidecar = Sidecar(LocalAgones(nursery).connect)
    with pytest.raises(Unheard, match=r"500.*ships Counter not found"):
        await sidecar.ask("GET", "/v1beta1/counters/ships")


async def test_lines_come_one_by_one(nursery: trio.Nursery) -> None:
    local = LocalAgones(nursery)
    async with Sidecar(local.connect).lines("/watch/gameserver") as lines:
        assert b'"Scheduled"' in (await lines.next() or b"")
        local.turn("Ready")
        assert b'"Ready"' in (await lines.next() or b"")


HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


async def test_lines_may_be_cut_anywhere(nursery: trio.Nursery) -> None:
    said = HEAD + b"5\r\nab\ncd\r\n3\r\n\n\ne\r\n1\r\n\n\r\n0\r\n\r\n"
    sidecar = answering(nursery, *(said[at : at + 1] for at in range(len(said))))
    async with sidecar.lines("/") as lines:
        assert [await lines.next() for _ in range(4)] == [b"ab", b"cd", b"e", None]


@pytest.mark.parametrize(
    "parts",
    [
        (),
        (b"SSH-2.0-OpenSSH\r\n",),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",),
        (b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n",),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * (ANSWER_BYTES_MAX + 1),),
    ],
    ids=["nothing", "no HTTP", "half", "refused", "too much"],
)
async def test_whatever_is_wrong_is_unheard(nursery: trio.Nursery, parts: tuple[bytes, ...]) -> None:
    with pytest.raises(Unheard):
        await answering(nursery, *parts).ask("GET", "/")


async def test_a_line_has_a_limit(nursery: trio.Nursery) -> None:
    async with answering(nursery, b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * (ANSWER_BYTES_MAX + 1)).lines("/") as lines:
        with pytest.raises(Unheard, match="more than"):
            await lines.next()


async def test_who_hangs_is_not_waited_for(nursery: trio.Nursery, autojump_clock: trio.testing.MockClock) -> None:
    began_s = trio.current_time()
    with pytest.raises(Unheard, match="no answer"):
        await answering(nursery, hang=True).ask("GET", "/")
    assert trio.current_time() - began_s == pytest.approx(ANSWER_S_MAX)


async def test_nobody_there_is_unheard() -> None:
    async def refuse() -> trio.abc.Stream:
        await trio.lowlevel.checkpoint()
        raise ConnectionRefusedError("refused")

    with pytest.raises(Unheard, match="refused"):
        await Sidecar(refuse).ask("GET", "/")


async def test_a_real_socket_will_do(nursery: trio.Nursery) -> None:
    local = LocalAgones(nursery)
    await local.listen()
    assert await Sidecar.at(local.port).ask("POST", "/ready", b"{}") == b"{}"
