"""What each of the processes of one command gets of its settings. Pure.

    port, public_url    its own
    origins             those that were given, and all of the processes', so that the page of each may lead to any
    state_dir           a folder within it, by number; so has replay_dir, and of replays_mb_max each has its part
    bots                the first has all of them

All else is the same for each of them. They get it by the environment, which nobody else on the machine can read.
"""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from msgspec import Struct

from protocol.errors import UserError
from server.config import ENVIRONMENT_PREFIX, LOOPBACK, Config
from server.net.origins import normal
from server.where import url_at

MINDERS: Final = frozenset({"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"})
"""How systemd is spoken to; the parent does that."""
AGONES: Final = "AGONES_SDK_HTTP_PORT"
ALIAS: Final = "localhost"


class Share(Struct, frozen=True):
    """Of the process of that number; the first is 1."""

    number: int
    config: Config

    def environment(self, inherited: Mapping[str, str]) -> dict[str, str]:
        """All that it needs to know: these settings and no others."""
        settings = {ENVIRONMENT_PREFIX + name.upper() for name in Config.model_fields}
        others = {name: value for name, value in inherited.items() if name.upper() not in settings | MINDERS}
        values = {name: getattr(self.config, name) for name in Config.model_fields}
        given = {name: _written(value) for name, value in values.items() if value is not None}
        return {**others, **{ENVIRONMENT_PREFIX + name.upper(): value for name, value in given.items()}}


def refuse_where_it_cant_be(environment: Mapping[str, str], platform: str) -> None:
    """Raises UserError."""
    if platform == "win32":
        raise UserError("processes = 1 is all there is on Windows; start each by itself, with the same directory")
    if environment.get(AGONES):
        raise UserError("Agones keeps one process in each pod: set processes = 1, and the fleet's replicas")


def shares_of(config: Config, ports: Sequence[int]) -> list[Share]:
    """One for each of `ports`. Raises UserError."""
    urls = [public_url_of(config, number, port) for number, port in enumerate(ports, 1)]
    try:
        origins = tuple(dict.fromkeys([*config.origins, *(origin for url in urls for origin in origins_of(url))]))
    except ValueError as error:
        raise UserError(f"public_url = {config.public_url} gives no addresses: {error}") from None
    return [
        Share(number, _of_one(config, number, port, url, origins))
        for number, (port, url) in enumerate(zip(ports, urls, strict=True), 1)
    ]


def _of_one(config: Config, number: int, port: int, url: str, origins: tuple[str, ...]) -> Config:
    mb_max = config.replays_mb_max
    return config.model_copy(
        update={
            "processes": 1,
            "port": port,
            "public_url": url,
            "origins": origins,
            "state_dir": _within(config.state_dir, number),
            "replay_dir": _within(config.replay_dir, number),
            "replays_mb_max": max(1, mb_max // config.processes) if mb_max else 0,
            "bots": config.bots if number == 1 else 0,
        }
    )


def public_url_of(config: Config, number: int, port: int) -> str:
    """Where players find the process of that number."""
    if config.public_url is None:
        return url_at(config, port)
    return config.public_url.replace("{n}", str(number)).replace("{port}", str(port))


def origins_of(url: str) -> list[str]:
    """Of pages at `url`. This machine has two names for itself, and people type either."""
    parts = urlsplit(url)
    own = normal(f"{parts.scheme}://{parts.netloc}")
    if parts.hostname not in LOOPBACK:
        return [own]
    return [own, normal(f"{parts.scheme}://{ALIAS}:{parts.port}")] if parts.port else [own]


def _within(folder: Path | None, number: int) -> Path | None:
    return None if folder is None else folder / str(number)


def _written(value: object) -> str:
    """As `config` reads it from the environment."""
    return ",".join(value) if isinstance(value, tuple) else os.fspath(value) if isinstance(value, Path) else str(value)
