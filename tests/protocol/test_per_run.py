"""There is one for each run, it runs, and it ends with its run."""

import trio
import trio.testing

from protocol.per_run import OnePerRun


class Runner:
    """Notes what it lives through."""

    def __init__(self) -> None:
        self.lived: list[str] = []

    async def run(self) -> None:
        self.lived.append("begun")
        try:
            await trio.sleep_forever()
        finally:
            self.lived.append("ended")


def test_each_run_has_its_own() -> None:
    current = OnePerRun(Runner)

    async def life() -> Runner:
        assert current.there() is None
        runner = current()
        assert current() is current.there() is runner
        await trio.testing.wait_all_tasks_blocked()
        assert runner.lived == ["begun"]
        return runner

    first, second = trio.run(life), trio.run(life)
    assert first is not second
    assert first.lived == second.lived == ["begun", "ended"]


def test_two_sorts_have_nothing_to_do_with_each_other() -> None:
    one, another = OnePerRun(Runner), OnePerRun(Runner)

    async def life() -> None:
        assert one() is not another()

    trio.run(life)
