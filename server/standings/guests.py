"""The cookie that a guest is recognised by, and the keys that sign it. Pure.

    ID.ISSUED.SIGNATURE      128 random bits · Unix time in seconds · HMAC-SHA256 over both, under a key of the server's

It proves one thing, that this server gave it to a browser some time ago, and is good for one thing: what an account of
standings is known by. Nobody is let in, kept out, or anything else, for it: see `gate` and `restrictions`.

There is a new key every quarter of a year. Older ones are kept for as long as a cookie is good that they have signed,
and whoever comes with such a cookie is given the same ID, signed anew.
"""

import hmac
import re
from base64 import urlsafe_b64encode
from collections.abc import Callable
from hashlib import sha256
from typing import Final

import msgspec
from msgspec import Struct

from server.restrictions import subject_key
from server.roles import Identity
from server.sealed import Unusable, enclose, read

GUEST_PREFIX: Final = "guest:"
"""Before a guest's ID, in what its account is known by."""
COOKIE: Final = "ricochet_guest"
SAFE_COOKIE: Final = "__Host-ricochet_guest"
"""Where the connection is encrypted: no other host's page can set a cookie of that name."""
GOOD_S: Final = 400 * 86_400
"""Browsers keep no cookie for longer."""
RENEWED_S: Final = 30 * 86_400
"""Whoever comes back after that gets it anew."""
KEY_BYTES: Final = 32
KEY_S: Final = 91 * 86_400
KEYS_MAX: Final = 8
CLOCK_S_MAX: Final = 300.0
"""What was made later than this from now was made before the clock was set back: it is good, and made anew."""
VERSION: Final = 1
_FORM: Final = re.compile(r"([A-Za-z0-9_-]{22})\.([0-9]{1,12})\.([A-Za-z0-9_-]{43})", re.ASCII)


class SigningKey(Struct, frozen=True, array_like=True):
    made_s: int
    secret: bytes


class Keys(Struct, frozen=True):
    """What is kept of them. `origin` names the folder that they are kept in, for as long as it is there."""

    keys: list[SigningKey]
    origin: str


class Guest(Struct, frozen=True):
    """Who comes with a good cookie."""

    id: str
    is_fresh: bool
    """Whether the cookie need not be renewed yet."""


class Guests:
    """`random` makes so many random bytes; `kept` is what an earlier process had."""

    def __init__(self, random: Callable[[int], bytes], kept: Keys | None = None) -> None:
        self._random = random
        self.keys = list(kept.keys) if kept is not None else []
        """The newest first."""
        self.origin = kept.origin if kept is not None else _text(random(16))

    def turn_over(self, now_s: float) -> bool:
        """Make a new key if it is time, and forget those that no good cookie has; whether there is a new one."""
        self.keys = [key for key in self.keys if now_s - key.made_s < KEY_S + GOOD_S][:KEYS_MAX]
        if self.keys and -CLOCK_S_MAX <= now_s - self.keys[0].made_s < KEY_S:
            return False
        self.keys = [SigningKey(int(now_s), self._random(KEY_BYTES)), *self.keys][:KEYS_MAX]
        return True

    def make_id(self) -> str:
        return _text(self._random(16))

    def cookie_of(self, guest_id: str, now_s: float) -> str:
        """The value of the cookie for whoever has that ID. `turn_over` has been called before."""
        stated = f"{guest_id}.{int(now_s)}"
        return f"{stated}.{_sign(self.keys[0], stated)}"

    def recognise(self, cookies: str, is_secure: bool, now_s: float) -> Guest | None:
        """Whose request it is that has `cookies`, the whole header; None: it has no good cookie of ours."""
        name = cookie_name(is_secure)
        for pair in re.split("[;,]", cookies):
            key, _, value = pair.strip().partition("=")
            if key == name and (guest := self._read(value, now_s)) is not None:
                return guest
        return None

    def _read(self, value: str, now_s: float) -> Guest | None:
        found = _FORM.fullmatch(value)
        if found is None:
            return None
        guest_id, issued, signature = found.groups()
        age_s = now_s - int(issued)
        if age_s >= GOOD_S:
            return None
        signed_by = [key for key in self.keys if hmac.compare_digest(_sign(key, f"{guest_id}.{issued}"), signature)]
        if not signed_by:
            return None
        return Guest(guest_id, -CLOCK_S_MAX <= age_s < RENEWED_S and signed_by[0] == self.keys[0])


def account_of(identity: Identity, guest_id: str) -> str:
    """What somebody's account is known by: a token's subject, else a guest's ID; "": none."""
    if identity.subject is not None:
        return subject_key(identity.subject)
    return f"{GUEST_PREFIX}{guest_id}" if guest_id else ""


def cookie_name(is_secure: bool) -> str:
    return SAFE_COOKIE if is_secure else COOKIE


def set_cookie(value: str, is_secure: bool) -> str:
    """The header for it; without a value it is removed."""
    age_s = GOOD_S if value else 0
    secure = "; Secure" if is_secure else ""
    return f"{cookie_name(is_secure)}={value}; Path=/; Max-Age={age_s}; HttpOnly; SameSite=Lax{secure}"


def write_keys(guests: Guests) -> bytes:
    return enclose(msgspec.msgpack.encode(Keys(guests.keys, guests.origin)), VERSION)


def read_keys(sealed: bytes) -> Keys:
    """Raises Unusable, whatever the bytes."""
    kept = read(sealed, VERSION, Keys)
    if any(len(key.secret) < KEY_BYTES for key in kept.keys) or len(kept.keys) > KEYS_MAX:
        raise Unusable("a key is too short, or there are too many")
    return kept


def _sign(key: SigningKey, stated: str) -> str:
    return _text(hmac.digest(key.secret, b"ricochet guest " + stated.encode(), sha256))


def _text(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()
