"""Where the keys come from that tokens are signed with, and how they stay fresh.

    a secret's file     for HS256                 looked at every few seconds, read again when it has changed
    a key set's file    RFC 7517                  the same
    a key set's URL     https, or loopback        fetched at the start, every ten minutes, and when a token names an
                                                  unknown key, but not more often than every ten seconds

Fetching happens in a worker thread, with a deadline. Keys that can't be had, or read, leave those that are there.
"""

import math
import time
from collections.abc import Callable
from functools import partial
from http.client import HTTPException
from pathlib import Path
from typing import Any, Final
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, build_opener

import structlog
import trio

from protocol.errors import UserError
from server.gate import Gate
from server.net.watched import WATCH_EVERY_S, Watched
from server.tokens import KEYS_BYTES_MAX, Key, Verifier, read_jwks, secret_key

FETCH_S_MAX: Final = 3.0
"""Less than the deadline of hello, which waits meanwhile."""
FRESH_S: Final = 600.0
FETCH_EVERY_S_MIN: Final = 10.0

log = structlog.get_logger("ricochet.keys")


class KeyFile:
    """Keys in a file: a key set, or one secret."""

    def __init__(self, path: Path, is_secret: bool) -> None:
        self._path, self._is_secret = path, is_secret
        self._watched = Watched(path)  # before it is read: what changes from now on is news

    def read(self) -> list[Key]:
        """Raises UserError."""
        try:
            with self._path.open("rb") as file:
                text = file.read(KEYS_BYTES_MAX)
        except OSError as error:
            raise UserError(f"{self._path} can't be read: {(error.strerror or str(error)).lower()}") from None
        try:
            return [secret_key(text)] if self._is_secret else read_jwks(text, may_be_secret=True)
        except UserError as error:
            raise UserError(f"{self._path}: {error}") from None

    async def keep_fresh(self, gate: Gate, verifier: Verifier) -> None:
        """For ever."""
        while True:
            await trio.sleep(WATCH_EVERY_S)
            if self._watched.changed():
                _take(self.read, verifier)


class KeyAddress:
    """Keys at a URL."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._wanted = trio.Event()
        self._fetching = False
        self._fetched_s = -math.inf

    async def keep_fresh(self, gate: Gate, verifier: Verifier) -> None:
        """For ever. The hellos that wait are told of each news, and of none."""
        gate.ask_for_keys = self._ask
        while True:
            self._wanted, self._fetching, self._fetched_s = trio.Event(), True, trio.current_time()
            text = await self._fetch()
            self._fetching = False
            if text is not None:
                _take(partial(read_jwks, text, may_be_secret=False), verifier)
            for again in gate.take_waiting():
                _call(again)
            with trio.move_on_after(FRESH_S):
                await self._wanted.wait()

    def _ask(self) -> bool:
        if not self._fetching and trio.current_time() - self._fetched_s < FETCH_EVERY_S_MIN:
            return False
        self._wanted.set()
        return True

    async def _fetch(self) -> bytes | None:
        why = f"no answer within {FETCH_S_MAX:g} s"
        with trio.move_on_after(FETCH_S_MAX):
            try:
                return await trio.to_thread.run_sync(fetch, self._url, abandon_on_cancel=True)
            except (OSError, ValueError) as error:
                why = str(error)
        log.warning("the keys can't be fetched", url=self._url, why=why)
        return None


def fetch(url: str) -> bytes:
    """What is at `url`, in this thread. Raises OSError, ValueError."""
    try:
        return _fetch(url)
    except HTTPException as error:
        raise ValueError(f"that is no answer of HTTP: {error!r}") from None


def _fetch(url: str) -> bytes:
    end_s = time.monotonic() + FETCH_S_MAX
    try:
        answer = build_opener(_NoRedirects).open(url, timeout=FETCH_S_MAX)
    except HTTPError as error:
        error.close()
        raise
    with answer:
        text = bytearray()
        while part := answer.read1(65_536):
            text += part
            if len(text) > KEYS_BYTES_MAX:
                raise ValueError(f"it is longer than {KEYS_BYTES_MAX} bytes")
            if time.monotonic() > end_s:
                raise URLError(f"it takes longer than {FETCH_S_MAX:g} s")
    return bytes(text)


class _NoRedirects(HTTPRedirectHandler):
    """Keys come from where the operator said, and from nowhere that an answer sends us to."""

    def redirect_request(self, *_: Any) -> None:
        return None


def _take(read: Callable[[], list[Key]], verifier: Verifier) -> None:
    try:
        verifier.keys = read()
    except UserError as error:
        log.warning("the keys can't be read; the old ones stay", why=str(error))
    else:
        log.info("keys", kids=[key.kid for key in verifier.keys])


def _call(again: Callable[[float], None]) -> None:
    """One hello's turn; a mistake of ours with it concerns no other."""
    try:
        again(trio.current_time())
    except Exception:
        log.exception("a hello could not be handled")
