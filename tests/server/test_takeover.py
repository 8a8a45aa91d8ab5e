"""A folder and a port that another server still has: waited for, and no longer than was asked."""

from pathlib import Path
from typing import Any

import pytest
import structlog
import trio
import trio.testing

from protocol.errors import UserError
from server.config import Config
from server.store import Folder
from server.takeover import listen, take_folder


def settings(**changes: Any) -> Config:
    return Config(port=0, **changes)


async def test_without_a_folder_there_is_nothing_to_take() -> None:
    assert await take_folder(settings(), 0.0) is None


async def test_a_folder_in_use_is_refused_and_its_user_named(tmp_path: Path) -> None:
    first = await take_folder(settings(state_dir=tmp_path), 0.0)
    assert first is not None
    with pytest.raises(UserError, match=r"in use by another server, process \d+"):
        await take_folder(settings(state_dir=tmp_path), 0.0)
    first.close()
    second = await take_folder(settings(state_dir=tmp_path), 0.0)
    assert second is not None
    second.close()


async def test_it_is_taken_as_soon_as_it_is_let_go_of(
    tmp_path: Path, nursery: trio.Nursery, autojump_clock: trio.testing.MockClock
) -> None:
    first = Folder(tmp_path)
    assert first.lock()

    async def let_go() -> None:
        await trio.sleep(7.0)
        first.close()

    nursery.start_soon(let_go)
    began_s = trio.current_time()
    with structlog.testing.capture_logs() as said:
        second = await take_folder(settings(state_dir=tmp_path), began_s + 60.0)
    assert second is not None
    second.close()
    assert [line["event"] for line in said] == ["waiting for another server to let go"], "it is said once"
    assert trio.current_time() - began_s == pytest.approx(7.0, abs=0.1)


async def test_a_port_is_taken_as_soon_as_it_is_free(nursery: trio.Nursery) -> None:
    [first] = await listen(settings())
    port = first.socket.getsockname()[1]
    config = settings().model_copy(update={"port": port})
    with pytest.raises(UserError, match="in use"):
        await listen(config)

    async def free() -> None:
        await trio.sleep(0.2)
        await first.aclose()

    nursery.start_soon(free)
    [second] = await listen(config, trio.current_time() + 60.0)
    await second.aclose()
