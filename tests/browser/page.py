"""A page in a real Chromium, as a person would have it."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP = (1280, 720)
PHONE = (390, 844)


@contextmanager
def opened(
    chromium: Path, url: str, size: tuple[int, int] = DESKTOP, touch: bool = False, flags: Sequence[str] = ()
) -> Iterator[Page]:
    """`url` in a fresh browser, with more `flags`. An error in the page fails the test."""
    errors: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=[*FLAGS, *flags])
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, has_touch=touch)
        context.set_default_timeout(90_000)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(url)
        yield page
        browser.close()
    assert not errors, errors


def probe(page: Page) -> Any:
    """What `window.ricochet` says now."""
    return page.evaluate("JSON.parse(JSON.stringify(window.ricochet))")


def wait_for(page: Page, condition: str, timeout_s: float = 90.0) -> Any:
    """Until `condition`, an expression of `r` (the probe), holds; what the probe said then.

    Asked from outside: the page forbids eval.
    """
    end = time.monotonic() + timeout_s
    told = "JSON.parse(JSON.stringify(r))"
    while not (
        held := page.evaluate(f"(() => {{ const r = window.ricochet; return r && ({condition}) ? {told} : null; }})()")
    ):
        assert time.monotonic() < end, f"not within {timeout_s:g} s: {condition}; {probe(page)}"
        page.wait_for_timeout(50)
    return held


def settle(page: Page, seconds: float) -> None:
    """Let the game go on for a while, as a person does who looks at it."""
    page.wait_for_timeout(seconds * 1000)
