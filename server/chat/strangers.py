"""People who talk in the lobby from other processes: each has a number here as well, which nobody else here has. Pure.

The process that they are in numbers them by itself, so that two of them may have the same number there. Whoever hasn't
been heard for long gets another one when there are too many to remember.
"""

from collections.abc import Callable
from typing import Final

STRANGERS_MAX: Final = 4096


class Strangers:
    """`next_number` gives numbers that nobody has."""

    def __init__(self, next_number: Callable[[], int], strangers_max: int = STRANGERS_MAX) -> None:
        self._next_number, self._strangers_max = next_number, strangers_max
        self._numbers: dict[tuple[str, int], int] = {}
        """Who was heard last comes last."""

    def __len__(self) -> int:
        return len(self._numbers)

    def has(self, number: int) -> bool:
        """Whether somebody from elsewhere has it here."""
        return number in self._numbers.values()

    def number_of(self, process: str, number: int) -> int:
        """Here, of who has `number` there."""
        who = process, number
        ours = self._numbers.pop(who, None)
        if ours is None:
            if len(self._numbers) >= self._strangers_max:
                del self._numbers[next(iter(self._numbers))]
            ours = self._next_number()
        self._numbers[who] = ours
        return ours
