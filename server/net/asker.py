"""Whoever asks over HTTP: what their account is known by, and that it is they who ask and not another site’s page.

An account is a token's subject, or else the guest that a browser's cookie is good for (`server.standings.guests`).
"""

from collections.abc import Callable

from starlette.requests import Request

from server.net.api import Api, Refused, caller_of
from server.net.origins import is_own
from server.roles import GUEST, Identity
from server.standings.guests import account_of

GuestOf = Callable[[str, bool], str]
"""From cookies, and whether they came over TLS, to the ID of the guest whose they are; "": nobody's."""


def account_in(request: Request, api: Api, guest_of: GuestOf) -> str:
    """What whoever asks is known by; "": nothing. Raises Refused."""
    return known_by(api.bearer(request) or GUEST, guest_of, request)


def known_by(identity: Identity, guest_of: GuestOf, request: Request) -> str:
    """What `identity` is known by, who sent `request`; "": nothing."""
    return account_of(identity, guest_of(request.headers.get("cookie", ""), caller_of(request.scope).is_secure))


def refuse_other_sites(request: Request) -> None:
    """A page of another site does nothing in its visitor's name, not even one that may play. Raises Refused."""
    caller, origin = caller_of(request.scope), request.headers.get("origin")
    if origin is not None and not is_own(origin, caller.host, caller.is_secure):
        raise Refused(403, f"pages of {origin} may not do that")
