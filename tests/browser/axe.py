"""What keeps somebody from using a page as it is now: asked of axe-core, and of the page's width.

Whoever uses it gives the page `AXE` before it is opened.
"""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "assets" / "node_modules" / "axe-core" / "axe.min.js"
GRAVE = {"serious", "critical"}
TWICE = (640, 400)
"""What a window of 1280 by 800 has left at 200 % zoom."""


def barriers(page: Page) -> list[dict[str, Any]]:
    """What is grave, with the elements that it is about."""
    told = page.evaluate("axe.run()")
    assert len(told["passes"]) > 10, "it has looked at something"
    return [
        {"rule": one["id"], "what": one["help"], "where": [node["html"] for node in one["nodes"]]}
        for one in told["violations"]
        if one["impact"] in GRAVE
    ] + [{"rule": "reflow", "what": "the page scrolls sideways", "where": []}] * is_wide(page)


def is_wide(page: Page) -> bool:
    """Whether one has to scroll sideways to see all of it."""
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))


def focused(page: Page) -> str:
    """What somebody who doesn't see it hears that they are at."""
    said: str = page.evaluate(
        "(e => e.getAttribute('aria-label') ?? e.labels?.[0]?.textContent ?? e.textContent)(document.activeElement)"
    )
    return said


def tab_to(page: Page, name: str) -> None:
    """As who can't see the button does, who hears what each is called."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if focused(page) == name:
            return
    raise AssertionError(f"no {name!r} within forty steps")


def has_ring(page: Page) -> bool:
    """Whether one sees where the focus is: a line around it, or around what it is in."""
    return bool(
        page.evaluate(
            "[document.activeElement, document.activeElement.parentElement].some("
            "e => getComputedStyle(e).outlineStyle !== 'none' && parseFloat(getComputedStyle(e).outlineWidth) >= 2)"
        )
    )
