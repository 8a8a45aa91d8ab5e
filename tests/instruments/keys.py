"""Keys of an operator, and tokens signed with them: one of each kind that the server takes."""

import json
from typing import Any, Final

from joserfc.jwk import Key, OctKey, OKPKey, RSAKey

from server.tokens import sign

NOW_UNIX_S: Final = 1_800_000_000
SECRET: Final = b"a secret of thirty-two bytes at least"
HMAC: Final[Key] = OctKey.import_key(SECRET, {"kid": "hmac"})
RSA: Final[Key] = RSAKey.generate_key(2048, {"kid": "rsa"})
ED25519: Final[Key] = OKPKey.generate_key("Ed25519", {"kid": "ed"})
STRANGER: Final[Key] = OKPKey.generate_key("Ed25519", {"kid": "stranger"})


def token(key: Key = HMAC, algorithm: str = "HS256", **claims: Any) -> str:
    """A good token of `ann`'s for an hour, but for what `claims` say; None takes a claim away."""
    everything = {"sub": "ann", "exp": NOW_UNIX_S + 3600, **claims}
    return sign(key, {name: value for name, value in everything.items() if value is not None}, algorithm)


def jwks(*keys: Key) -> bytes:
    """The set of their public halves (of a secret, itself)."""
    return json.dumps({"keys": [key.as_dict(private=key.key_type == "oct") for key in keys]}).encode()
