"""What there is one of for each run of trio, and which ends with it: whoever asks first, starts it."""

from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

import trio


class Runs(Protocol):
    async def run(self) -> None:
        """For ever."""


One = TypeVar("One", bound=Runs)


class OnePerRun(Generic[One]):
    """Called, it is this run's."""

    def __init__(self, make: Callable[[], One]) -> None:
        self._make = make
        self._there: trio.lowlevel.RunVar[One | None] = trio.lowlevel.RunVar(repr(make), None)

    def __call__(self) -> One:
        there = self._there.get()
        if there is None:
            there = self._make()
            self._there.set(there)
            trio.lowlevel.spawn_system_task(there.run)
        return there

    def there(self) -> One | None:
        """None: nobody has asked yet."""
        return self._there.get()
