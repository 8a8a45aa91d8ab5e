"""Tokens: who their bearer is, and the sentence for each way in which they are no good."""

import base64
import hmac
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import ECKey, Key, OctKey, OKPKey, RSAKey

from protocol.errors import Code, UserError, Violation
from protocol.limits import TOKEN_CHARS_MAX
from server.roles import Identity, Role
from server.tokens import KEYS_MAX, Rules, UnknownKey, Verifier, read_jwks, secret_key
from tests.instruments.keys import ED25519, HMAC, NOW_UNIX_S, RSA, SECRET, STRANGER, jwks, token

KEYS = (HMAC, RSA, ED25519)
WEAK = {"kty": "RSA", "e": "AQAB", "n": base64.urlsafe_b64encode(b"\xff" * 128).rstrip(b"=").decode()}


def verify(presented: str, keys: tuple[Key, ...] = KEYS, now_unix_s: float = NOW_UNIX_S, **rules: Any) -> Identity:
    return Verifier(keys, Rules(**rules)).verify(presented, now_unix_s)


def refused(presented: str, keys: tuple[Key, ...] = KEYS, now_unix_s: float = NOW_UNIX_S, **rules: Any) -> str:
    with pytest.raises(Violation) as violation:
        verify(presented, keys, now_unix_s, **rules)
    assert violation.value.code == Code.NOT_AUTHENTICATED
    assert presented not in violation.value.sentence or not presented
    return violation.value.sentence


def forged(header: dict[str, Any], claims: dict[str, Any], signature: bytes = b"") -> str:
    parts = [json.dumps(header).encode(), json.dumps(claims).encode(), signature]
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


@pytest.mark.parametrize(
    ("key", "algorithm"), [(HMAC, "HS256"), (RSA, "RS256"), (ED25519, "EdDSA"), (ED25519, "Ed25519")]
)
def test_each_algorithm_says_who_its_bearer_is(key: Key, algorithm: str) -> None:
    presented = token(key, algorithm, role="editor")
    assert len(presented) < TOKEN_CHARS_MAX
    assert verify(presented) == Identity("ann", Role.EDITOR)


def test_without_a_role_its_bearer_is_a_player() -> None:
    assert verify(token()).role is Role.PLAYER


@pytest.mark.parametrize("role", [*Role])
def test_each_role_can_be_claimed(role: Role) -> None:
    assert verify(token(role=role.value)).role is role


@pytest.mark.parametrize(
    ("claims", "names"),
    [
        ({"exp": NOW_UNIX_S - 60}, "expired"),
        ({"exp": None}, "the token lacks the claim exp"),
        ({"exp": "tomorrow"}, "malformed"),
        ({"exp": True}, "malformed"),
        ({"sub": None}, "the token lacks the claim sub"),
        ({"sub": ""}, "malformed"),
        ({"sub": 7}, "malformed"),
        ({"sub": "a\nb"}, "subject"),
        ({"sub": "x" * 201}, "subject"),
        ({"nbf": NOW_UNIX_S + 60}, "not valid yet"),
        ({"iat": NOW_UNIX_S + 60}, "not valid yet"),
        ({"role": "god"}, "role"),
        ({"role": ["admin"]}, "role"),
        ({"role": None, "exp": NOW_UNIX_S - 31}, "expired"),
    ],
)
def test_each_wrong_claim_has_its_sentence(claims: dict[str, Any], names: str) -> None:
    assert names in refused(token(**claims))


def test_clocks_may_differ_by_the_leeway_and_no_more() -> None:
    presented = token(exp=NOW_UNIX_S, nbf=NOW_UNIX_S)
    assert verify(presented, now_unix_s=NOW_UNIX_S + 29).subject == "ann"
    assert verify(presented, now_unix_s=NOW_UNIX_S - 29).subject == "ann"
    assert "expired" in refused(presented, now_unix_s=NOW_UNIX_S + 31)
    assert "not valid yet" in refused(presented, now_unix_s=NOW_UNIX_S - 31)
    assert "expired" in refused(presented, now_unix_s=NOW_UNIX_S + 1, leeway_s=0)


def test_the_audience_must_be_ours_if_we_name_one() -> None:
    assert verify(token(aud="game"), audience="game").subject == "ann"
    assert verify(token(aud=["shop", "game"]), audience="game").subject == "ann"
    assert verify(token(aud="shop")).subject == "ann"
    assert "audience" in refused(token(aud="shop"), audience="game")
    assert "audience" in refused(token(aud=["shop"]), audience="game")
    assert refused(token(), audience="game") == "the token lacks the claim aud"


def test_the_issuer_must_be_ours_if_we_name_one() -> None:
    assert verify(token(iss="us"), issuer="us").subject == "ann"
    assert "issuer" in refused(token(iss="them"), issuer="us")
    assert refused(token(), issuer="us") == "the token lacks the claim iss"


def test_a_signature_by_anybody_else_is_worth_nothing() -> None:
    imposter = OKPKey.generate_key("Ed25519", {"kid": "ed"})
    assert "not valid" in refused(token(imposter, "EdDSA"))
    header, claims, signature = token().split(".")
    assert "not valid" in refused(f"{header}.{token(sub='eve').split('.')[1]}.{signature}")
    assert "not valid" in refused(f"{header}.{claims}.")


@pytest.mark.parametrize("algorithm", ["none", "None", "HS512", "RS512", "ES256", "PS256"])
def test_no_other_algorithm_is_taken(algorithm: str) -> None:
    claims = {"sub": "eve", "exp": NOW_UNIX_S + 60, "role": "admin"}
    for header in ({"alg": algorithm}, {"alg": algorithm, "kid": "rsa"}):
        refused(forged(header, claims))


def test_a_public_key_is_no_secret() -> None:
    """The classic: sign with HS256, taking the published RSA key for the secret."""
    assert isinstance(RSA, RSAKey)
    for header in ({"alg": "HS256", "kid": "rsa"}, {"alg": "HS256"}):
        signed = forged(header, {"sub": "eve", "exp": NOW_UNIX_S + 60}).rpartition(".")[0]
        mac = hmac.digest(RSA.as_pem(private=False), signed.encode(), "sha256")
        refused(f"{signed}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}", (RSA,))
    with pytest.raises(UserError):
        secret_key(RSA.as_pem(private=False))


def test_an_unknown_key_is_told_from_a_wrong_signature() -> None:
    with pytest.raises(UnknownKey):
        verify(token(STRANGER, "EdDSA"))


def test_a_token_that_names_no_key_is_tried_with_the_only_one_that_fits() -> None:
    unnamed = secret_key(SECRET)
    assert verify(token(unnamed), (HMAC, RSA)).subject == "ann"
    assert verify(token(unnamed), (unnamed,)).subject == "ann"
    assert "name its key" in refused(token(unnamed), (HMAC, OctKey.generate_key(256)))
    assert "name its key" in refused(token(unnamed), (RSA,))


def test_a_key_without_a_name_answers_to_all() -> None:
    assert verify(token(HMAC), (secret_key(SECRET), RSA)).subject == "ann"
    with pytest.raises(UnknownKey):
        verify(token(STRANGER, "EdDSA"), (secret_key(SECRET), RSA))


@given(st.text(max_size=200) | st.lists(st.text(alphabet="abcdefgh-_AB01", max_size=60), max_size=5).map(".".join))
def test_whatever_is_no_token_is_refused(presented: str) -> None:
    with pytest.raises(Violation):
        verify(presented)


VALUES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5)
NAMES = st.sampled_from(["HS256", "RS256", "EdDSA", "hmac", "rsa", "ed", "none"])
HEADERS = st.sampled_from(["alg", "kid", "typ", "crit", "b64", "jwk", "x5c", "zip"])
CLAIMS = st.sampled_from(["sub", "exp", "nbf", "iat", "aud", "iss", "role"])


@given(st.dictionaries(HEADERS, NAMES | VALUES | st.lists(NAMES | VALUES, max_size=2)), st.binary(max_size=64))
def test_no_header_lets_anybody_in(header: dict[str, Any], signature: bytes) -> None:
    with pytest.raises(Violation):
        verify(forged(header, {"sub": "eve", "exp": NOW_UNIX_S + 60}, signature))


@given(st.dictionaries(CLAIMS, VALUES | st.lists(VALUES, max_size=2) | st.dictionaries(st.text(max_size=3), VALUES)))
def test_no_claim_breaks_the_verifier(claims: dict[str, Any]) -> None:
    """There is always one that isn't right: `iss` is no text of five characters."""
    with pytest.raises(Violation):
        verify(token(**claims), audience="a game", issuer="somebody else")


def test_what_is_not_valid_yet_is_not_taken_for_another_issuers() -> None:
    presented = token(iss="elsewhere", nbf=NOW_UNIX_S + 600)
    assert refused(presented) == "the token is not valid yet, or a claim of it is malformed"


# keys ------------------------------------------------------------------------------------------------------


def test_a_key_set_gives_the_keys_that_verify_here() -> None:
    encrypting = RSAKey.generate_key(2048, {"kid": "enc", "use": "enc"})
    elliptic = ECKey.generate_key("P-256", {"kid": "ec"})
    keys = read_jwks(jwks(RSA, encrypting, elliptic, ED25519, HMAC), may_be_secret=True)
    assert [key.kid for key in keys] == ["rsa", "ed", "hmac"]
    assert verify(token(RSA, "RS256"), tuple(keys)).subject == "ann"
    assert verify(token(), tuple(keys)).subject == "ann"


def told(key: Key, **more: Any) -> list[Key]:
    """What is read of a set that has `key`, with `more` said of it."""
    (stranger, entry) = json.loads(jwks(STRANGER, key))["keys"]
    return read_jwks(json.dumps({"keys": [stranger, entry | more]}).encode(), may_be_secret=True)[1:]


@pytest.mark.parametrize(
    ("key", "algorithm", "signed_with"),
    [
        (RSA, "RS256", "RS256"),
        (ED25519, "EdDSA", "EdDSA"),
        (ED25519, "EdDSA", "Ed25519"),
        (ED25519, "Ed25519", "EdDSA"),
        (HMAC, "HS256", "HS256"),
    ],
)
def test_a_key_may_say_what_it_is_for(key: Key, algorithm: str, signed_with: str) -> None:
    keys = told(key, alg=algorithm, use="sig")
    assert verify(token(key, signed_with), tuple(keys)).subject == "ann"


@pytest.mark.parametrize(("key", "algorithm"), [(RSA, "RS512"), (RSA, "RSA-OAEP"), (HMAC, "HS512")])
def test_a_key_for_something_else_is_left_out(key: Key, algorithm: str) -> None:
    assert told(key, alg=algorithm) == []


def test_a_secret_of_a_set_is_every_byte_of_it() -> None:
    key = OctKey.import_key(b"\n" + SECRET[:30] + b" ", {"kid": "blank"})
    assert verify(token(key), tuple(told(key))).subject == "ann"


def test_a_set_from_elsewhere_has_no_secrets() -> None:
    assert [key.kid for key in read_jwks(jwks(HMAC, RSA), may_be_secret=False)] == ["rsa"]
    with pytest.raises(UserError, match="has 0"):
        read_jwks(jwks(HMAC), may_be_secret=False)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{}",
        b"[]",
        b'{"keys": 7}',
        b'{"keys": []}',
        b'{"keys": [7]}',
        b'{"keys": [{"kty": "RSA"}]}',
        b'{"keys": [{"kty": "RSA", "n": "AQAB", "e": "AQAB", "kid": 7}]}',
        b'{"keys": [{"kty": "OKP", "crv": "Ed25519", "x": "!"}]}',
        b'{"keys": [{"kty": "oct", "k": "c2hvcnQ"}]}',
        b"[" * 100_000,
        json.dumps({"keys": [WEAK]}).encode(),
        jwks(*[OKPKey.generate_key("Ed25519", {"kid": str(n)}) for n in range(KEYS_MAX + 1)]),
    ],
    ids=lambda text: text[:28].decode(),  # not the keys, which are others each time
)
def test_what_is_no_key_set_is_said_in_one_sentence(text: bytes) -> None:
    with pytest.raises(UserError) as error:
        read_jwks(text, may_be_secret=True)
    assert "\n" not in str(error.value)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_key_set_or_are_refused(text: bytes) -> None:
    with pytest.raises(UserError):
        read_jwks(text, may_be_secret=True)


def test_a_secret_is_long() -> None:
    assert verify(token(secret_key(SECRET + b"\n")), (secret_key(SECRET),)).subject == "ann"
    with pytest.raises(UserError, match="32 bytes"):
        secret_key(b"hunter2\n")
