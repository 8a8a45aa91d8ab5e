"""Who takes part: the table of contestants, and what a contestant is.

A contestant is a process. It listens at a free port of 127.0.0.1 and says so in one line on stdout, `ready PORT`
(Ricochet: its usual line). It serves until SIGTERM or SIGINT, then prints one line of JSON and exits with 0:

    {"lateness_ms_p50": 0.1, "lateness_ms_p99": 0.9, "ticks": 450}

Lateness is how long after its absolute deadline a tick begins. SIGUSR1 marks the start of what is measured: what was
recorded before is forgotten. Ricochet is asked over HTTP instead (`bench.run`).
"""

import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Final

from bench.contestants import node_runtime
from bench.contestants.map import write_map
from bench.dialects import Dialect
from bench.scene import Scene
from protocol.errors import UserError

READY: Final = re.compile(r"(?:ready |Ricochet is ready: http://127\.0\.0\.1:)(\d+)/?")
"""The line that says that a contestant listens; its group is the port."""


@dataclass(frozen=True, kw_only=True)
class Contestant:
    """One row of the table. `absent` says in one sentence why it can't be run here; None: it can."""

    name: str
    command: Callable[[Scene], list[str]]
    dialect: Callable[[Scene], Dialect]
    absent: Callable[[], str | None] = lambda: None
    has_metrics: bool = False
    """Its lateness is at `/metrics`, and it knows no SIGUSR1."""


def known() -> Mapping[str, Contestant]:
    """All contestants by name, in the order in which they are shown."""
    return {contestant.name: contestant for contestant in _TABLE}


def named(name: str) -> Contestant:
    """Raises UserError."""
    try:
        return known()[name]
    except KeyError:
        raise UserError(f"there is no contestant {name!r}; there are: {', '.join(known())}") from None


def _ricochet(lane: str) -> Callable[[Scene], list[str]]:
    def command(scene: Scene) -> list[str]:
        arena = write_map(scene)
        rates = ["--tick-rate", str(scene.tick_rate), "--snapshot-rate", str(scene.tick_rate)]
        quiet = ["--log-level", "warning", "--match-s", "86400", "--seed", "1"]
        return [
            *_python("ricochet"),
            *("serve", "--port", "0", "--map", str(arena), "--lane", lane, *rates, *quiet),
        ]

    return command


def _python(module: str) -> list[str]:
    return [sys.executable, "-m", module]


def _server(*words: str) -> Callable[[Scene], list[str]]:
    """A contestant of ours: `words`, and the four flags that all of them take."""

    def command(scene: Scene) -> list[str]:
        room = ["--clients", str(scene.clients), "--arena", str(scene.arena_units)]
        return [*words, "--port", "0", *room, "--tick-rate", str(scene.tick_rate)]

    return command


def _on_node(script: str, *flags: str) -> Callable[[Scene], list[str]]:
    def command(scene: Scene) -> list[str]:
        return _server(node_runtime.node() or "node", str(node_runtime.PROJECT / script), *flags)(scene)

    return command


def _packages(*names: str) -> Callable[[], str | None]:
    def absent() -> str | None:
        missing = [name for name in names if find_spec(name) is None]
        return f"not installed: {', '.join(missing)}" if missing else None

    return absent


def _dialect(module: str, name: str) -> Callable[[Scene], Dialect]:
    """A dialect's class, looked up when it is needed."""

    def make(_: Scene) -> Dialect:
        made: Dialect = getattr(import_module(f"bench.dialects.{module}"), name)()
        return made

    return make


def _floor(scene: Scene) -> Dialect:
    from bench.dialects.floor import FloorDialect

    return FloorDialect(scene.snapshot_bytes)


_TABLE: Final = (
    Contestant(
        name="ricochet", command=_ricochet("fast"), dialect=_dialect("ricochet", "RicochetDialect"), has_metrics=True
    ),
    Contestant(
        name="ricochet-plain",
        command=_ricochet("plain"),
        dialect=_dialect("ricochet", "RicochetDialect"),
        has_metrics=True,
    ),
    Contestant(
        name="websockets",
        command=_server(*_python("bench.contestants.websockets_server")),
        dialect=_dialect("plain", "PlainDialect"),
        absent=_packages("websockets", "uvloop"),
    ),
    Contestant(
        name="picows",
        command=_server(*_python("bench.contestants.picows_server")),
        dialect=_dialect("plain", "PlainDialect"),
        absent=_packages("picows", "uvloop"),
    ),
    Contestant(
        name="node-ws",
        command=_on_node("node_ws.ts"),
        dialect=_dialect("plain", "PlainDialect"),
        absent=node_runtime.absent,
    ),
    Contestant(
        name="colyseus",
        command=_on_node("colyseus.ts"),
        dialect=_dialect("colyseus", "ColyseusDialect"),
        absent=node_runtime.absent,
    ),
    Contestant(
        name="colyseus-view",
        command=_on_node("colyseus.ts", "--view"),
        dialect=_dialect("colyseus", "ColyseusDialect"),
        absent=node_runtime.absent,
    ),
    Contestant(name="floor", command=_server(*_python("bench.contestants.floor_server")), dialect=_floor),
)
