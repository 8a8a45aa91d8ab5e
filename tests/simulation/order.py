"""Order where there is none: what else would be another each time, so that a seed is one life."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import trio

from server.session import Session


class InOrder(set[Session]):
    """A set that is gone through in the order of adding; by address it would be another each time."""

    def __init__(self) -> None:
        super().__init__()
        self._order: dict[Session, None] = {}

    def add(self, session: Session) -> None:
        super().add(session)
        self._order[session] = None

    def discard(self, session: object) -> None:
        super().discard(session)
        if isinstance(session, Session):
            self._order.pop(session, None)

    def __iter__(self) -> Iterator[Session]:
        return iter(list(self._order))


@contextmanager
def scheduled_by(seed: int) -> Iterator[None]:
    """Trio runs tasks in an order that the seed alone decides: what pytest-trio does for Hypothesis."""
    runner: Any = trio._core._run
    state = runner._r.getstate()
    runner._r.seed(seed)
    try:
        with patch.object(runner, "_ALLOW_DETERMINISTIC_SCHEDULING", True):
            yield
    finally:
        runner._r.setstate(state)
