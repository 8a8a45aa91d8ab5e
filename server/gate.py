"""Who may come in: guests, or whoever shows a token. Pure.

    no keys                      everybody is a guest; tokens mean nothing
    keys, and guests may come    whoever shows a token is who it says, and a bad one is refused; without one, a guest
    keys, and tokens required    without one, refused

A token whose key isn't known may have been signed with a newer one. Then, if `ask_for_keys` says that newer ones are on
their way, the hello waits for them, with a bounded number of others.
"""

from collections.abc import Callable
from typing import Final

from protocol.errors import Code, Violation
from server.roles import GUEST, Identity
from server.tokens import Verifier

WAITING_HELLOS_MAX: Final = 256


class Gate:
    """`verifier` is None where there are no keys; `clock` says the Unix time."""

    def __init__(
        self,
        verifier: Verifier | None = None,
        is_token_required: bool = False,
        clock: Callable[[], float] = lambda: 0.0,
    ) -> None:
        assert verifier is not None or not is_token_required
        self.verifier = verifier
        self.is_token_required = is_token_required
        self.ask_for_keys: Callable[[], bool] = lambda: False
        """Replaced by whoever can fetch keys: whether news of them will come."""
        self.refused = 0
        self._clock = clock
        self._waiting: list[Callable[[float], None]] = []

    @property
    def waiting(self) -> int:
        """How many wait for keys."""
        return len(self._waiting)

    def identify(self, token: str | None) -> Identity:
        """Who says hello. Raises Violation."""
        if self.verifier is None:
            return GUEST
        if token is None:
            if not self.is_token_required:
                return GUEST
            self.refused += 1
            raise Violation(Code.NOT_AUTHENTICATED, "this server asks for a token")
        try:
            return self.verifier.verify(token, self._clock())
        except Violation:
            self.refused += 1
            raise

    def wait_for_keys(self, again: Callable[[float], None]) -> bool:
        """Call `again(now_s)` once there is news of the keys; False when there will be none."""
        if len(self._waiting) >= WAITING_HELLOS_MAX or not self.ask_for_keys():
            return False
        self._waiting.append(again)
        return True

    def take_waiting(self) -> list[Callable[[float], None]]:
        """All who waited; each is to be called."""
        waiting, self._waiting = self._waiting, []
        return waiting
