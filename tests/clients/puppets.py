"""WebSocket clients that others wrote, all on the same strings: a small program around each does as it is told.

A puppet takes lines and gives lines; words are separated by single blanks, and payloads are base64:

    -> open URL SUBPROTOCOL,… CA        <- open SUBPROTOCOL EXTENSIONS    how many were agreed on
       CA: a PEM file to trust, or ""   <- refused STATUS                 0: it doesn't say
    -> text PAYLOAD                     <- text PAYLOAD
    -> binary PAYLOAD                   <- binary PAYLOAD
    -> fragments PAYLOAD…               one binary message
    -> ping PAYLOAD                     <- pong PAYLOAD
    -> pong PAYLOAD
    -> close CODE REASON                <- closed CODE REASON             whoever closes

It has one connection at a time. What it can't do is in `CANNOT`.
"""

import queue
import subprocess
import sys
import threading
import time
from abc import ABC, abstractmethod
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page

from bench.contestants import node_runtime
from tests.browser.page import opened

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
TYRUS = ROOT / ".tools/tyrus/tyrus-standalone-client.jar"
PATIENCE_S = 60.0
STOP_S = 60.0

CANNOT = {
    ("chromium", "ping"): "a page's script can't send WebSocket pings",
    ("chromium", "fragments"): "a page's script can't send fragments",
    ("chromium", "status"): "a page's script isn't told the status of a refusal",
}


class Puppet(ABC):
    """One client, of whatever kind."""

    @abstractmethod
    def tell(self, line: str) -> None:
        """Let it do what `line` says."""

    @abstractmethod
    def hear(self, timeout_s: float) -> str | None:
        """The next line it tells, if there is one in time."""

    def do(self, deed: str, *words: object) -> None:
        """`tell`, with payloads packed."""
        self.tell(" ".join([deed, *(_packed(word) if isinstance(word, bytes) else str(word) for word in words)]))

    def open(self, url: str, *subprotocols: str, ca: Path | None = None) -> list[str]:
        """Begin a connection, and hear what came of it."""
        self.do("open", url, ",".join(subprotocols), ca or "")
        return self.hear_until("open", "refused")

    def hear_until(self, *events: str) -> list[str]:
        """The words of the first of these events; others that come before it are passed over."""
        end_s = time.monotonic() + PATIENCE_S
        while (left_s := end_s - time.monotonic()) > 0:
            line = self.hear(left_s)
            words = line.split(" ") if line is not None else [""]
            if words[0] in events:
                return words
        raise TimeoutError(f"none of {events} within {PATIENCE_S:g} s")


class Program(Puppet):
    """A puppet that is a process."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self._told: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._told.put(line.rstrip("\n"))

    def tell(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def hear(self, timeout_s: float) -> str | None:
        try:
            return self._told.get(timeout=timeout_s)
        except queue.Empty:
            return None


class InBrowser(Puppet):
    """A puppet in a page, which must be of the server's own origin."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._told: list[str] = []

    def tell(self, line: str) -> None:
        if line.startswith("open "):
            self._visit(urlsplit(line.split(" ")[1]).netloc, is_secure=line.startswith("open wss:"))
        self._page.evaluate("line => window.puppet.obey(line)", line)

    def _visit(self, host: str, is_secure: bool) -> None:
        """A page of that server that does nothing by itself; and nothing is left of what went on in the last one."""
        self._page.goto(f"{'https' if is_secure else 'http'}://{host}/healthz")
        self._page.evaluate((HERE / "browser_puppet.js").read_text())
        self._told.clear()

    def hear(self, timeout_s: float) -> str | None:
        end_s = time.monotonic() + timeout_s
        while not self._told:
            if time.monotonic() > end_s:
                return None
            self._told += self._page.evaluate("() => window.puppet.told.splice(0)")
            if not self._told:
                self._page.wait_for_timeout(10)
        return self._told.pop(0)


@contextmanager
def running(*command: str | Path) -> Iterator[Program]:
    """Until the block is left; then it must end by itself, as its input has ended."""
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Program(process)
            assert process.stdin is not None
            process.stdin.close()
            assert process.wait(STOP_S) == 0
        finally:
            process.kill()


@contextmanager
def in_chromium(chromium: Path) -> Iterator[InBrowser]:
    with opened(chromium, "about:blank", flags=["--ignore-certificate-errors"]) as page:
        yield InBrowser(page)


def python(name: str) -> list[str]:
    return [sys.executable, "-m", f"tests.clients.{name}_puppet"]


def node_ws() -> list[str]:
    return [str(node_runtime.node()), str(HERE / "node_ws.mjs"), str(node_runtime.PROJECT)]


def java_tyrus(folder: Path) -> list[str]:
    """Compiled into `folder`."""
    subprocess.run(["javac", "-cp", TYRUS, "-d", folder, HERE / "Tyrus.java"], check=True)
    return ["java", "-cp", f"{TYRUS}:{folder}", "Tyrus"]


def _packed(payload: bytes) -> str:
    return b64encode(payload).decode()


def payload_of(words: list[str]) -> bytes:
    """What a puppet heard, which is always the last word."""
    return b64decode(words[-1])
