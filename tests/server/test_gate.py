"""The gate: whom it lets in without a token, whom with one, and who waits for keys."""

import pytest

from protocol.errors import Code, Violation
from server.gate import WAITING_HELLOS_MAX, Gate
from server.roles import GUEST, Identity, Role
from server.tokens import Rules, Verifier
from tests.instruments.keys import HMAC, NOW_UNIX_S, STRANGER, token


def gate(is_token_required: bool) -> Gate:
    return Gate(Verifier([HMAC], Rules()), is_token_required, clock=lambda: NOW_UNIX_S)


@pytest.mark.parametrize("presented", [None, "", "rubbish", token()])
def test_without_keys_everybody_is_a_guest(presented: str | None) -> None:
    assert Gate().identify(presented) == GUEST


def test_where_guests_may_come_a_token_is_looked_at_none_the_less() -> None:
    door = gate(is_token_required=False)
    assert door.identify(None) == GUEST
    assert door.identify(token(role="admin")) == Identity("ann", Role.ADMIN)
    for presented in ("", "rubbish", token(exp=1), token(STRANGER, "EdDSA")):
        with pytest.raises(Violation):
            door.identify(presented)
    assert door.refused == 4


def test_where_tokens_are_required_nobody_comes_without() -> None:
    door = gate(is_token_required=True)
    assert door.identify(token()).subject == "ann"
    with pytest.raises(Violation, match="asks for a token") as violation:
        door.identify(None)
    assert violation.value.code == Code.NOT_AUTHENTICATED
    assert door.refused == 1


def test_nobody_waits_where_no_news_will_come() -> None:
    assert not gate(is_token_required=True).wait_for_keys(lambda now_s: None)


def test_a_bounded_number_waits_for_news() -> None:
    door, called = gate(is_token_required=True), list[float]()
    door.ask_for_keys = lambda: True
    assert all(door.wait_for_keys(called.append) for _ in range(WAITING_HELLOS_MAX))
    assert not door.wait_for_keys(called.append)
    assert door.waiting == WAITING_HELLOS_MAX
    for again in door.take_waiting():
        again(2.0)
    assert called == [2.0] * WAITING_HELLOS_MAX
    assert door.waiting == 0
    assert door.wait_for_keys(called.append)
