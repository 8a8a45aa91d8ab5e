"""Which errors answer a bot that asks to go: the browser's client takes the same for that, and so does the page."""

import re

from bots.refusals import OTHERS, is_answer
from protocol.errors import Code
from protocol.messages import Error
from tests.instruments.served import ROOT
from tests.protocol.test_protocol_page import section


def test_both_sdks_mean_the_same() -> None:
    twin = (ROOT / "assets" / "sdk" / "src" / "itinerary.ts").read_text("utf-8")
    found = re.search(r"NO_ANSWER: .*? = new Set\(\[(.*?)\]\)", twin)
    assert found
    assert {int(code) for code in found[1].split(",")} == OTHERS


def test_all_that_the_page_names_are_answers() -> None:
    named = re.findall(r"\d{4}", section("7 `enter`")) + re.findall(r"\d{4}", section("8 `open`"))
    assert named
    assert all(is_answer(Error(int(code), "")) for code in named)
    assert not is_answer(Error(Code.CHAT_REFUSED, ""))
