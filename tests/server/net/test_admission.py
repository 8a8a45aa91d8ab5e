"""The gate that the settings make."""

from pathlib import Path
from typing import Any

import pytest

from protocol.errors import Code, UserError, Violation
from server.config import Config
from server.net.admission import BOTS_KEY, Admission
from server.roles import GUEST, Role
from tests.instruments.keys import HMAC, RSA, SECRET, jwks, token

FAR_FUTURE = 4_000_000_000


def settings(**changes: Any) -> Config:
    return Config(port=0, **changes)


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret"
    path.write_bytes(SECRET)
    return path


def test_without_keys_everybody_is_a_guest() -> None:
    admission = Admission(settings())
    assert admission.gate.identify("whatever") == GUEST
    assert admission.token_for_bots() is None


def test_a_secret_or_a_key_set_knows_tokens(secret: Path, tmp_path: Path) -> None:
    keys = tmp_path / "jwks.json"
    keys.write_bytes(jwks(RSA))
    by_secret, by_set = Admission(settings(jwt_secret=secret)), Admission(settings(jwt_keys=str(keys)))
    assert by_secret.gate.identify(token(HMAC, exp=FAR_FUTURE)).subject == "ann"
    assert by_set.gate.identify(token(RSA, "RS256", exp=FAR_FUTURE)).subject == "ann"
    assert by_set.gate.identify(None) == GUEST


def test_tokens_are_required_when_asked_for_and_must_say_what_is_asked(secret: Path) -> None:
    gate = Admission(settings(auth="jwt", jwt_secret=secret, jwt_audience="game", jwt_issuer="us")).gate
    assert gate.identify(token(exp=FAR_FUTURE, aud="game", iss="us")).subject == "ann"
    for presented in (None, token(exp=FAR_FUTURE, aud="shop", iss="us"), token(exp=FAR_FUTURE, aud="game", iss="them")):
        with pytest.raises(Violation) as violation:
            gate.identify(presented)
        assert violation.value.code == Code.NOT_AUTHENTICATED


def test_the_servers_own_bots_have_a_token_that_only_it_knows(secret: Path) -> None:
    config = settings(auth="jwt", jwt_secret=secret, jwt_audience="game", jwt_issuer="us")
    mine, other = Admission(config), Admission(config)
    presented = mine.token_for_bots()
    identity = mine.gate.identify(presented)
    assert (identity.subject, identity.role) == (BOTS_KEY, Role.PLAYER)
    with pytest.raises(Violation):
        other.gate.identify(presented)


def test_keys_that_cant_be_read_are_the_operators_to_mend(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"jwks\.json"):
        Admission(settings(jwt_keys=str(tmp_path / "jwks.json")))


def test_keys_elsewhere_need_not_be_there_yet() -> None:
    gate = Admission(settings(auth="jwt", jwt_keys="http://127.0.0.1:9/jwks.json")).gate
    with pytest.raises(Violation):
        gate.identify(token(RSA, "RS256", exp=FAR_FUTURE))
