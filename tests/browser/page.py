"""A page in a real Chromium, as a person would have it."""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page, Playwright, TimeoutError, sync_playwright

FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-gpu-compositing",  # without a graphics card it takes three times as long as not to use it
    "--disable-gpu-rasterization",
    "--disable-accelerated-2d-canvas",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-features="
    + ",".join(
        [
            # Pages of the browser's own address bar: each new context would make two, at half the price of ours.
            "WebUIOmniboxPopup",
            "WebUIOmniboxAimPopup",
            "WebUIOmniboxFullPopup",
            "PreloadTopChromeWebUI",
            # What Playwright turns off; of several such lists Chromium takes the last.
            "AimEnabled",
            "AvoidCorsURLLoaderRestartOnRedirect",
            "AvoidUnnecessaryBeforeUnloadCheckSync",
            "DestroyProfileOnBrowserClose",
            "HttpsFirstBalancedModeAutoEnable",
            "HttpsUpgrades",
            "LensOverlay",
            "MediaRouter",
            "NetworkTimeServiceQuerying",
            "OptimizationHints",
            "PaintHolding",
            "PreconnectToSearch",
            "ThirdPartyStoragePartitioning",
        ]
    ),
]
SPARING = 0.5
"""Pixels of the screen for each of a style sheet: laid out as ever, and a quarter for a processor to draw."""
DESKTOP = (960, 540)
PHONE = (390, 844)
PATIENCE_S = 90.0
FRAME_MS = 200
FEWER_FRAMES = """
window.requestAnimationFrame = (frame) => setTimeout(() => frame(performance.now()), FRAME_MS);
window.cancelAnimationFrame = clearTimeout.bind(window);
"""
"""Else the page draws as often as it can, which without a graphics card is all that a core does; and on a busy machine
a browser may give a page no frame for minutes."""


class Launcher:
    """Starts browsers, and keeps those that are wanted again: one for each set of flags."""

    def __init__(self, playwright: Playwright) -> None:
        self._playwright = playwright
        self._running: dict[tuple[Path, tuple[str, ...], bool], Browser] = {}

    def browser(self, chromium: Path, flags: Sequence[str], keeps_pages: bool = False) -> Browser:
        """`keeps_pages`: one that is left is there as it was when somebody goes back, as in any browser of a person."""
        wanted = (chromium, tuple(flags), keeps_pages)
        if wanted not in self._running or not self._running[wanted].is_connected():
            self._running[wanted] = self._playwright.chromium.launch(
                executable_path=chromium,
                args=[*FLAGS, *flags],
                ignore_default_args=["--disable-back-forward-cache"] if keeps_pages else None,
            )
        return self._running[wanted]

    def close(self) -> None:
        for browser in self._running.values():
            browser.close()


_shared: list[Launcher] = []
"""Of the innermost `shared`."""


@contextmanager
def shared() -> Iterator[Launcher]:
    """What is `opened` in here is opened in the same browser, each in a context of its own. All end with it."""
    with sync_playwright() as playwright:
        launcher = Launcher(playwright)
        _shared.append(launcher)
        try:
            yield launcher
        finally:
            _shared.remove(launcher)
            launcher.close()


@contextmanager
def opened(
    chromium: Path,
    url: str,
    size: tuple[int, int] = DESKTOP,
    touch: bool = False,
    flags: Sequence[str] = (),
    every_frame: bool = False,
    frame_ms: int = FRAME_MS,
    remembered: Mapping[str, str] | None = None,
    keeps_pages: bool = False,
) -> Iterator[Page]:
    """`url` in a fresh profile of a browser with more `flags`. An error in the page fails the test.

    It draws once in `frame_ms`; with `every_frame` as often and as finely as it can. `remembered`: what the page's
    storage has from earlier visits. `keeps_pages`: one that is left is there as it was when somebody goes back.
    """
    errors: list[str] = []
    with ExitStack() as stack:
        launcher = _shared[-1] if _shared else stack.enter_context(shared())
        browser = launcher.browser(chromium, flags, keeps_pages)
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            device_scale_factor=1 if every_frame else SPARING,
            has_touch=touch,
        )
        stack.callback(context.close)
        context.set_default_timeout(PATIENCE_S * 1000)
        if not every_frame:
            context.add_init_script(FEWER_FRAMES.replace("FRAME_MS", str(frame_ms)))
        if remembered:
            context.add_init_script(f"Object.assign(localStorage, {json.dumps(dict(remembered))});")
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(url)
        yield page
    assert not errors, errors


def probe(page: Page) -> Any:
    """What `window.ricochet` says now."""
    return page.evaluate("JSON.parse(JSON.stringify(window.ricochet))")


def wait_for(page: Page, condition: str, timeout_s: float = PATIENCE_S) -> Any:
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


def hold(page: Page, key: str, shown: Locator) -> None:
    """Hold `key` down, with `shown` to be seen meanwhile. A page that loses the focus, as beside others, lets go of it:
    then it is pressed again."""
    end = time.monotonic() + PATIENCE_S
    while True:
        page.bring_to_front()
        page.keyboard.down(key)
        try:
            shown.wait_for(timeout=3000)
            return
        except TimeoutError:
            assert time.monotonic() < end, f"{key} shows nothing"
            page.keyboard.up(key)


def settle(page: Page, seconds: float) -> None:
    """Let the game go on for a while, as a person does who looks at it."""
    page.wait_for_timeout(seconds * 1000)
