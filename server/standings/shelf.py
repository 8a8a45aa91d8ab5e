"""Answers that are good for some seconds: a bounded shelf of them. Pure."""

from collections import OrderedDict
from typing import Final

GOOD_S: Final = 5.0
ANSWERS_MAX: Final = 256
Key = tuple[str, ...]


class Shelf:
    """An answer is bytes, or None where there is nothing to tell. Time is an argument."""

    def __init__(self, good_s: float = GOOD_S, answers_max: int = ANSWERS_MAX) -> None:
        self._good_s, self._answers_max = good_s, answers_max
        self._answers: OrderedDict[Key, tuple[float, bytes | None]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._answers)

    def find(self, key: Key, now_s: float) -> tuple[bool, bytes | None]:
        """(whether there is one, the answer)."""
        until_s, answer = self._answers.get(key, (0.0, None))
        return (True, answer) if now_s < until_s else (False, None)

    def put(self, key: Key, answer: bytes | None, now_s: float) -> None:
        self._answers.pop(key, None)
        self._answers[key] = now_s + self._good_s, answer
        while len(self._answers) > self._answers_max:
            self._answers.popitem(last=False)

    def clear(self) -> None:
        """Something has changed that must not be told any more."""
        self._answers.clear()
