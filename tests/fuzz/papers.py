"""Parsers of papers: what says who somebody is, what an admin orders, what other processes say, and what a server left
behind for the next."""

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from contextlib import suppress
from functools import cache, partial
from random import Random
from typing import Any, Final, get_args

from protocol import limits
from protocol.arena import Arena, Place, Rock, Size, Wall
from protocol.errors import Code, UserError, Violation
from protocol.ticks import Rates
from server.checkpoint import VERSION, revive, unseal
from server.cluster.news import News, NoNews, heard, told
from server.games.melee import Melee
from server.moderation import ACTIONS, NoOrder, read_order
from server.net.forwarded import Caller, Form, Proxies
from server.register import VERSION as REGISTER_VERSION
from server.register import take_up
from server.restrictions import Restrictions
from server.roles import Identity, Role
from server.room import Room
from server.sealed import Unusable, enclose
from server.standings.guests import VERSION as KEYS_VERSION
from server.standings.guests import Guests, Keys, SigningKey, read_keys
from server.tokens import KEYS_BYTES_MAX, KEYS_MAX, SUBJECT_CHARS_MAX, Key, Rules, Verifier, read_jwks
from tests.fuzz.refusal import refusal
from tests.instruments.keys import ED25519, HMAC, NOW_UNIX_S, RSA, SECRET

PROXIES: Final = ("10.0.0.0/8", "::1")
SMALL: Final = Arena(
    "box",
    Size(1024, 1024),
    [Place(100, 100)],
    walls=[Wall([(500.0, 200.0), (500.0, 800.0)])],
    rocks=[Rock([(30.0, 0.0), (0.0, 30.0), (-30.0, 0.0), (0.0, -30.0)], 300, 300)],
)

GUESTS: Final = Guests(Random(1).randbytes, Keys([SigningKey(NOW_UNIX_S, SECRET)], "here"))


@cache
def _verifier() -> Verifier:
    return Verifier([HMAC, RSA, ED25519], Rules("game"))


def _identify(token: str) -> bool:
    """Whether it lets somebody in; then as somebody whom the rules allow. Else it is refused, without a word of it."""
    found: list[Identity] = []
    violation = refusal(Violation, lambda: found.append(_verifier().verify(token, NOW_UNIX_S)), type(None))
    if violation is not None:
        assert violation.code == Code.NOT_AUTHENTICATED
        assert len(token) < len(violation.sentence) or token not in violation.sentence
        return False
    assert found[0].role in Role
    assert found[0].subject is not None
    assert 0 < len(found[0].subject) <= SUBJECT_CHARS_MAX
    return True


def signed_token(data: bytes) -> None:
    """A token as it is shown. Whoever is let in by it has signed it with the operator's secret."""
    token = data.decode("utf-8", "replace")[: limits.TOKEN_CHARS_MAX]
    if _identify(token):
        signed, _, signature = token.rpartition(".")
        mac = hmac.digest(SECRET, signed.encode(), "sha256")
        assert urlsafe_b64decode(signature + "=" * (-len(signature) % 4)) == mac


def token_claims(data: bytes) -> None:
    """The claims of a token that is signed as it should be; a line, if there are two, has more of its header."""
    claims, _, more = data.partition(b"\n")
    header: dict[str, Any] = {"alg": "HS256", "kid": "hmac"}
    with suppress(ValueError, RecursionError):
        told = json.loads(more or b"{}")
        header |= told if isinstance(told, dict) else {}
    with suppress(ValueError, RecursionError):  # what can't be written can't be read
        parts = [json.dumps(header).encode(), claims]
        signed = ".".join(urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)
        mac = hmac.digest(SECRET, signed.encode(), "sha256")
        _identify(f"{signed}.{urlsafe_b64encode(mac).rstrip(b'=').decode()}")


def key_set(data: bytes) -> None:
    """A JSON Web Key Set, from a file and fetched: there, no secret is taken."""
    for may_be_secret in (True, False):
        keys: list[Key] = []

        def read(may_be_secret: bool = may_be_secret, keys: list[Key] = keys) -> list[Key]:
            keys += read_jwks(data[:KEYS_BYTES_MAX], may_be_secret)
            return keys

        if (error := refusal(UserError, read, list)) is not None:
            assert "\n" not in str(error)
        assert len(keys) <= KEYS_MAX
        assert may_be_secret or all(key.key_type != "oct" for key in keys)


def forwarded(data: bytes) -> None:
    """What a proxy, or anybody else, writes of who calls: believed of a proxy alone."""
    value = data.decode("latin-1")
    names = ("forwarded", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host")
    headers = {"host": "inside", **dict.fromkeys(names, value)}
    for form in get_args(Form):
        proxies = Proxies(PROXIES, form)
        assert isinstance(proxies.caller("10.0.0.1:5000", headers, is_tls=False), Caller)
        assert proxies.caller("203.0.113.9:5000", headers, False) == Caller("203.0.113.9:5000", "inside", False)


def order(data: bytes) -> None:
    """What an admin orders."""
    for _, kind in ACTIONS.values():
        refusal(NoOrder, partial(read_order, data, kind), kind)


def other_process(data: bytes) -> None:
    """What another process says. What it says is said again in the same words."""
    if refusal(NoNews, partial(heard, data), News) is None:
        news = heard(data)
        assert heard(told(news.sender, news.what)) == news


def checkpoint(data: bytes) -> None:
    """A checkpoint: as it is, and what its body would be if its checksum were right."""
    for sealed in (data, enclose(data, VERSION)):
        error = refusal(Unusable, partial(_revive, sealed), Room)
        assert error is None or str(error).startswith("it ")


def _revive(sealed: bytes) -> Room:
    return revive(unseal(sealed), Melee, SMALL, Rates(), {})


def restrictions(data: bytes) -> None:
    """Bans and mutes of the server before."""
    for sealed in (data, enclose(data, REGISTER_VERSION)):
        bans, mutes = Restrictions(), Restrictions()
        error = refusal(Unusable, partial(take_up, sealed, bans, mutes, 0.0, float(NOW_UNIX_S)), type(None))
        assert error is None or (str(error).startswith("it ") and (len(bans), len(mutes)) == (0, 0))


def guest_cookie(data: bytes) -> None:
    """The header of cookies. Whoever is recognised was given that very cookie here."""
    header = data.decode("latin-1")
    for is_secure in (True, False):
        guest = GUESTS.recognise(header, is_secure, float(NOW_UNIX_S))
        assert guest is None or GUESTS.cookie_of(guest.id, float(NOW_UNIX_S)) in header


def guest_keys(data: bytes) -> None:
    """The keys of the server before: as they are, and what their body would be if its checksum were right."""
    for sealed in (data, enclose(data, KEYS_VERSION)):
        error = refusal(Unusable, partial(read_keys, sealed), Keys)
        assert error is None or "\n" not in str(error)


PAPERS: Final = (
    signed_token,
    token_claims,
    key_set,
    forwarded,
    order,
    other_process,
    checkpoint,
    restrictions,
    guest_cookie,
    guest_keys,
)
