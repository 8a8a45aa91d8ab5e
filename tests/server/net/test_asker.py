"""Who asks: by a token, by a cookie, or nobody; and from which page."""

import pytest
from starlette.requests import Request

from server.cluster.reach import Reach
from server.gate import Gate
from server.moderation import Moderation
from server.net.api import Api, Refused
from server.net.asker import account_in, refuse_other_sites
from server.net.forwarded import Caller
from server.tokens import Rules, Verifier
from tests.instruments.keys import HMAC, NOW_UNIX_S, token
from tests.instruments.stepper import Stepper


def request(is_secure: bool = False, **headers: str) -> Request:
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    caller = Caller("192.0.2.1", "game.example", is_secure=is_secure)
    return Request({"type": "http", "method": "GET", "path": "/", "headers": raw, "state": {"caller": caller}})


@pytest.fixture
def api() -> Api:
    stepper = Stepper(gate=Gate(Verifier([HMAC], Rules()), clock=lambda: NOW_UNIX_S))
    nothing = Moderation(stepper.lobby, lambda name, now_s: None, lambda: None)
    return Api(list, Reach(nothing), stepper.lobby.gate)


def guest_of(cookies: str, is_secure: bool) -> str:
    return f"{cookies} {is_secure}" if cookies else ""


def test_an_account_is_a_tokens_subject_or_else_a_cookies_guest(api: Api) -> None:
    assert account_in(request(authorization=f"Bearer {token()}", cookie="a"), api, guest_of) == "subject:ann"
    assert account_in(request(cookie="a"), api, guest_of) == "guest:a False"
    assert account_in(request(is_secure=True, cookie="a"), api, guest_of) == "guest:a True"
    assert account_in(request(), api, guest_of) == ""


def test_a_bad_token_is_not_a_guest(api: Api) -> None:
    with pytest.raises(Refused) as refused:
        account_in(request(authorization="Bearer nonsense", cookie="a"), api, guest_of)
    assert refused.value.status == 401


def test_only_pages_of_our_own_ask_in_their_visitors_name() -> None:
    refuse_other_sites(request())
    refuse_other_sites(request(origin="http://game.example"))
    for is_secure, origin in ((False, "http://evil.example"), (False, "null"), (True, "http://game.example")):
        with pytest.raises(Refused) as refused:
            refuse_other_sites(request(is_secure, origin=origin))
        assert (refused.value.status, refused.value.sentence) == (403, f"pages of {origin} may not do that")
