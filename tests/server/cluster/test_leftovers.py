"""What nobody has goes when it is old; what somebody may still have stays."""

import pytest
import structlog
import trio
import trio.testing

from server.cluster.checkpoints import Checkpoints
from server.cluster.directory import LocalDirectory, Unreachable
from server.cluster.ledger import Ledger
from server.cluster.leftovers import AGE_S_MIN, EVERY_S, Leftovers
from server.cluster.records import Notice, Process, Timing
from tests.server.cluster.neighbours import Memory


@pytest.fixture
def place() -> Memory:
    place = Memory()
    for name, age_s in (("dead", 2), ("orphan", 2), ("owned", 2), ("ours", 2), ("young", 0.5)):
        key = f"{name}.room/{7:020}"
        place.kept[key], place.ages[key] = b"x", age_s * AGE_S_MIN
    return place


@pytest.fixture
def leftovers(place: Memory) -> Leftovers:
    return Leftovers(Checkpoints(place), LocalDirectory(Ledger(Timing())))


def names(place: Memory) -> set[str]:
    return {key.partition(".")[0] for key in place.kept}


async def rest() -> None:
    """Until nothing is done any more, in worker threads neither."""
    threads = trio.to_thread.current_default_thread_limiter()
    for _ in range(3):
        await trio.testing.wait_all_tasks_blocked(0.001)
        while threads.borrowed_tokens:
            await trio.testing.wait_all_tasks_blocked(0.001)


async def test_what_nobody_has_goes_the_second_time(
    place: Memory, leftovers: Leftovers, mock_clock: trio.testing.MockClock
) -> None:
    directory = leftovers._directory
    lease = await directory.join(Process("https://a.example"))
    await directory.claim(lease, Notice("orphan"), True)
    mock_clock.jump(Timing().ttl_s)
    lease = await directory.join(Process("https://a.example"))
    await directory.claim(lease, Notice("owned"), True)
    everything = names(place)
    with structlog.testing.capture_logs() as said:
        await leftovers.sweep({"ours"})
        assert (names(place), said) == (everything, []), "the directory may have lost its memory"
        await leftovers.sweep({"ours"})
    assert names(place) == everything - {"dead"}
    assert [line["rooms"] for line in said] == [1]
    mock_clock.jump(Timing().ttl_s + Timing().orphan_s)
    await leftovers.sweep({"ours"})
    await leftovers.sweep({"ours"})
    assert names(place) == {"ours", "young"}, "nobody was heard of any more"


async def test_a_place_that_is_away_is_looked_at_again(
    place: Memory, leftovers: Leftovers, mock_clock: trio.testing.MockClock, nursery: trio.Nursery
) -> None:
    place.why_broken = "no route to host"
    nursery.start_soon(leftovers.run, {"ours"})
    await rest()
    place.why_broken = ""
    for _ in range(2):
        mock_clock.jump(EVERY_S)
        await rest()
    assert names(place) == {"ours", "young"}
    nursery.cancel_scope.cancel()


async def test_a_directory_that_is_away_is_asked_again_later_and_not_over_and_over(
    place: Memory,
    leftovers: Leftovers,
    mock_clock: trio.testing.MockClock,
    nursery: trio.Nursery,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def away(name: str) -> None:
        raise Unreachable("cut off")

    with monkeypatch.context() as patched:
        patched.setattr(leftovers._directory, "find", away)
        nursery.start_soon(leftovers.run, {"ours"})
        with structlog.testing.capture_logs() as said:
            await rest()
        assert [(line["event"], line["why"]) for line in said] == [("old checkpoints can't be looked at", "cut off")]
    for _ in range(2):
        mock_clock.jump(EVERY_S)
        await rest()
    assert names(place) == {"ours", "young"}
    nursery.cancel_scope.cancel()
