"""Tokens: what a signed JWT says of its bearer, or the sentence why it says nothing. Pure.

A token is a JWS (RFC 7515, 7519) signed by the operator with HS256, RS256 or EdDSA (since RFC 9864: Ed25519).
The key decides which: an RSA key verifies RS256 and nothing else, so that nobody signs with a public key as if it were
a secret, and `none` is no algorithm. A token must expire (`exp`), must have a subject (`sub`), and `iss` and `aud` must
be the operator's when the operator names them. Clocks may differ by the leeway. The claim `role` is one of `roles`.

Raises Violation, always with the same code and never with a word of the token itself.
"""

import json
import warnings
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from typing import Any, Final

from joserfc import jwk, jwt
from joserfc.errors import (
    ExpiredTokenError,
    InvalidClaimError,
    JoseError,
    MissingClaimError,
    SecurityWarning,
    UnsupportedAlgorithmError,
)
from joserfc.jws import CompactSignature, JWSRegistry
from msgspec import Struct

from protocol.errors import Code, UserError, Violation
from server.roles import Identity, Role

Key = jwk.Key
ALGORITHMS: Final[Mapping[str, frozenset[str]]] = {
    "oct": frozenset({"HS256"}),
    "RSA": frozenset({"RS256"}),
    "OKP": frozenset({"EdDSA", "Ed25519"}),
}
"""What each type of key verifies."""
SUBJECT_CHARS_MAX: Final = 200
SECRET_BYTES_MIN: Final = 32
"""A shorter secret of HS256 can be found by trying (RFC 7518, 3.2)."""
KEYS_MAX: Final = 64
KEYS_BYTES_MAX: Final = 262_144
LEEWAY_S_DEFAULT: Final = 30.0


class UnknownKey(Violation):
    """The token names a key that isn't known; it may be news."""

    def __init__(self) -> None:
        super().__init__(Code.NOT_AUTHENTICATED, "the token's key is unknown here")


class Rules(Struct, frozen=True):
    """What a token must say besides its subject and its end."""

    audience: str | None = None
    issuer: str | None = None
    leeway_s: float = LEEWAY_S_DEFAULT


class Verifier:
    """Keys and rules. `keys`, which are the operator's, may be replaced at any time; `own` are this process's."""

    def __init__(self, keys: Sequence[Key], rules: Rules, own: Sequence[Key] = ()) -> None:
        self.keys: Sequence[Key] = keys
        self._own = own
        self._rules = rules
        self._registry = _Registry(algorithms=frozenset().union(*ALGORITHMS.values()), strict_check_header=False)

    def verify(self, token: str, now_unix_s: float) -> Identity:
        """Who the bearer of `token` is. Raises Violation; UnknownKey when another set of keys may have it."""
        claims: dict[str, Any] = {}
        try:
            claims = jwt.decode(token, self._key_of, registry=self._registry).claims
            self._claims_of(now_unix_s).validate(claims)
        except ExpiredTokenError:
            raise _refused("the token has expired") from None
        except MissingClaimError as error:
            raise _refused(f"the token lacks the claim {error.claim}") from None
        except InvalidClaimError:
            raise _refused(_why_claims(claims, self._rules)) from None
        except UnsupportedAlgorithmError:
            raise _refused("the token is signed with an algorithm that isn't taken here") from None
        except (JoseError, ValueError, TypeError, RecursionError):
            raise _refused("the token is not valid") from None
        return _identity(claims)

    def _key_of(self, signature: Any) -> Key:
        """The key that the token names, or one without a name, which answers to all; if it names none, the only one."""
        assert isinstance(signature, CompactSignature)
        header = signature.headers()
        named, algorithm = header.get("kid"), header.get("alg")
        fitting = [key for key in self.keys if algorithm in ALGORITHMS[key.key_type]]
        if named is None:
            if len(fitting) == 1:
                return fitting[0]
            raise _refused("the token doesn't name its key")
        found = [key for key in (*self._own, *self.keys) if key.kid == named]
        found = found or [key for key in fitting if key.kid is None]
        if not found:
            raise UnknownKey
        if algorithm not in ALGORITHMS[found[0].key_type]:
            raise UnsupportedAlgorithmError
        return found[0]

    def _claims_of(self, now_unix_s: float) -> jwt.JWTClaimsRegistry:
        rules, named = self._rules, dict[str, jwt.ClaimsOption]()
        if rules.audience is not None:
            named["aud"] = {"essential": True, "value": rules.audience}
        if rules.issuer is not None:
            named["iss"] = {"essential": True, "value": rules.issuer}
        essential: jwt.ClaimsOption = {"essential": True}
        return jwt.JWTClaimsRegistry(int(now_unix_s), int(rules.leeway_s), exp=essential, sub=essential, **named)


class _Registry(JWSRegistry):
    """The algorithms that are taken. Issuers still say `EdDSA`, which deserves no warning at every hello."""

    def get_alg(self, name: str) -> Any:
        if name not in (self.allowed or ()):
            raise UnsupportedAlgorithmError
        return self.algorithms[name]


def secret_key(secret: bytes, kid: str | None = None) -> Key:
    """The key of HS256 that a file holds, less the blanks around it. Raises UserError."""
    return _secret_key(secret.strip(), kid)


def read_jwks(text: bytes, may_be_secret: bool) -> list[Key]:
    """The keys of a JSON Web Key Set that can verify here, in its order. Raises UserError when there are none.

    Keys of other types, or for encryption, are left out. `may_be_secret`: whether secrets are taken, which no set that
    is fetched over a network should have.
    """
    try:
        entries = json.loads(text)["keys"]
        keys = [key for entry in entries if (key := _read_key(entry, may_be_secret)) is not None]
    except (JoseError, SecurityWarning, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise UserError(f"not a JSON Web Key Set: {type(error).__name__}") from None
    if not keys or len(keys) > KEYS_MAX:
        raise UserError(f"a JSON Web Key Set needs 1 to {KEYS_MAX} keys for RS256 or EdDSA; this one has {len(keys)}")
    return keys


def fresh_key(kid: str) -> Key:
    """A secret that nobody else has."""
    return jwk.OctKey.generate_key(256, {"kid": kid})


def sign(key: Key, claims: Mapping[str, Any], algorithm: str = "HS256") -> str:
    """A token of `claims`, signed with `key`."""
    header = {"alg": algorithm} | ({"kid": key.kid} if key.kid else {})
    return jwt.encode(header, dict(claims), key, registry=_Registry(algorithms=ALGORITHMS[key.key_type]))


def _read_key(entry: dict[str, Any], may_be_secret: bool) -> Key | None:
    kind, use, algorithm = str(entry.get("kty")), entry.get("use", "sig"), entry.get("alg")
    if kind not in ALGORITHMS or use != "sig" or (algorithm is not None and algorithm not in ALGORITHMS[kind]):
        return None
    if kind == "OKP" and entry.get("crv") != "Ed25519":
        return None
    # Without its algorithm, which has been looked at: the library takes EdDSA and Ed25519 for two that don't fit.
    key = _import({name: value for name, value in entry.items() if name != "alg"})
    if isinstance(key, jwk.OctKey):
        return _secret_key(key.raw_value, key.kid) if may_be_secret else None
    return key


def _secret_key(secret: bytes, kid: str | None) -> Key:
    """Raises UserError."""
    if len(secret) < SECRET_BYTES_MIN:
        raise UserError(f"a secret for tokens has at least {SECRET_BYTES_MIN} bytes, not {len(secret)}")
    try:
        return _import(
            {"kty": "oct", "k": urlsafe_b64encode(secret).rstrip(b"=").decode(), **({"kid": kid} if kid else {})}
        )
    except (ValueError, SecurityWarning) as error:
        raise UserError(f"this is no secret for tokens: {error}") from None


def _import(entry: dict[str, Any]) -> Key:
    """The library's own doubts (short keys, a key file taken for a secret) are errors here."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", SecurityWarning)
        return jwk.JWKRegistry.import_key(entry)


def _why_claims(claims: Mapping[str, Any], rules: Rules) -> str:
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    if rules.audience is not None and rules.audience not in audiences:
        return "the token is for another audience"
    if rules.issuer is not None and claims.get("iss") != rules.issuer:
        return "the token is from another issuer"
    return "the token is not valid yet, or a claim of it is malformed"


def is_good_subject(subject: str) -> bool:
    return 1 <= len(subject) <= SUBJECT_CHARS_MAX and subject.isprintable()


def _identity(claims: Mapping[str, Any]) -> Identity:
    subject, role = claims["sub"], claims.get("role", Role.PLAYER.value)
    if not is_good_subject(subject):
        raise _refused(f"a token's subject is 1 to {SUBJECT_CHARS_MAX} printable characters")
    if not isinstance(role, str) or role not in {known.value for known in Role}:
        raise _refused(f"a token's role is one of {', '.join(Role)}")
    return Identity(subject, Role(role))


def _refused(sentence: str) -> Violation:
    return Violation(Code.NOT_AUTHENTICATED, sentence)
