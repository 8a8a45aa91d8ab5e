"""The server's settings: flags over environment (RICOCHET_*) over a TOML file over defaults.

`load` returns settings that hold together, or raises UserError with one sentence that names the key and where
it was written. A key has one name everywhere: `--tick-rate`, `RICOCHET_TICK_RATE`, `tick_rate = 60`.
"""

import os
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from protocol import limits
from protocol.errors import UserError
from protocol.ticks import SNAPSHOT_RATE_DEFAULT, TICK_RATE_DEFAULT, Rates
from server.net.forwarded import Proxies
from server.net.origins import ANY_ORIGIN, normal

CONFIG_FILE = Path("ricochet.toml")
"""Read when it stands in the working directory and no other file is named."""
ENVIRONMENT_PREFIX = "RICOCHET_"
NEAR = 0.7
"""How much a variable's name is like a setting's to be taken for that, misspelt; what isn't may be somebody else's."""
OTHERS = frozenset({"admin_token", "admin_url", "token"})
"""What our other commands are told by the environment."""
LINKS = ("tcp://", "udp://", "sctp://")
"""How the value begins of a variable that Kubernetes sets for a service which is called ricochet, or ricochet-…"""
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})

PORT_MAX = 65_535
TEMPLATE = ("{n}", "{port}")
"""What public_url has of each process, where there are many: its number, from 1 on, or its port."""

Rate = Annotated[int, Field(ge=1, le=240)]


class Config(BaseSettings):
    """What an operator can set."""

    model_config = SettingsConfigDict(env_prefix=ENVIRONMENT_PREFIX, extra="forbid", frozen=True)

    host: str = "127.0.0.1"
    port: int = Field(8000, ge=0, le=PORT_MAX, description="0: any free one")
    game: str = Field("melee", description="the name of a game, or a Python file with one of your own")
    map: str | None = Field(None, description="the name of a map, or a JSON file; none: the game's own")
    rooms: int = Field(1, ge=1, le=100, description="the operator's own, all of that game and map")
    rooms_max: int = Field(64, ge=1, le=1000, description="with those that people open")
    room_players_max: int = Field(64, ge=1, le=limits.PLAYERS_PER_ROOM_MAX, description="of a room that people open")
    room_matches: int = Field(5, ge=0, le=1000, description="it ends after so many; 0: not for that")
    bots: int = Field(0, ge=0, le=1000)
    processes: int = Field(1, ge=1, le=64, description="so many of this on one machine; all else is for each of them")
    spectator_delay_s: float = Field(0.0, ge=0, le=120, description="how late spectators see a room; 0: at once")
    tick_rate: Rate = TICK_RATE_DEFAULT
    snapshot_rate: Rate = SNAPSHOT_RATE_DEFAULT
    seed: int | None = Field(None, ge=0, description="none: another one each time")
    match_s: float = Field(300.0, ge=10, le=86_400)
    origins: Annotated[tuple[str, ...], NoDecode] = ()
    auth: Literal["guest", "jwt"] = Field("guest", description="jwt: nobody comes in without a token")
    jwt_keys: str | None = Field(None, description="a JSON Web Key Set: a file, or an https address")
    jwt_secret: Path | None = Field(None, description="a file with the secret of HS256, in place of jwt_keys")
    jwt_audience: str | None = None
    jwt_issuer: str | None = None
    jwt_leeway_s: float = Field(30.0, ge=0, le=300)
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = ()
    forwarded_by: Literal["x-forwarded", "forwarded"] = Field("x-forwarded", description="what the proxies write")
    build_by: Literal["players", "editors"] = Field("players", description="who builds and saves arenas")
    chat_filter: str | None = Field(None, description="module:function, from a line to a line, or to None: not said")
    tls_cert: Path | None = None
    tls_key: Path | None = None
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["auto", "console", "json"] = "auto"
    connections_max: int = Field(limits.CONNECTIONS_MAX, ge=1, le=100_000)
    connections_per_address_max: int = Field(
        limits.CONNECTIONS_PER_ADDRESS_MAX, ge=0, le=100_000, description="0: no limit; this machine has none"
    )
    state_dir: Path | None = Field(None, description="none: nothing outlasts the process")
    replay_dir: Path | None = Field(None, description="none: a folder in state_dir, or else nothing is recorded")
    replays_mb_max: int = Field(500, ge=0, le=1_000_000, description="0: nothing is recorded")
    standings_url: str | None = Field(None, description="none: a file in state_dir, if there is one; off: nowhere")
    directory: str | None = Field(None, description="redis://…: of many processes; none: this one is alone")
    checkpoints: str | None = Field(None, description="a folder, or s3://…, of all processes; none: nobody goes on")
    public_url: str | None = Field(None, description="where players find this process; none: where it listens")
    drain_s: float = Field(20.0, ge=0, le=3600)
    takeover_s: float = Field(0.0, ge=0, le=3600)
    lane: Literal["fast", "plain"] = Field("fast", description="plain: leave every frame to trio-websocket")

    @property
    def rates(self) -> Rates:
        return Rates(self.tick_rate, self.snapshot_rate)

    @property
    def replay_folder(self) -> Path | None:
        """Where matches are recorded; None: nowhere."""
        if not self.replays_mb_max:
            return None
        return self.replay_dir or (self.state_dir and self.state_dir / "replays")

    @field_validator("*", mode="before")
    @classmethod
    def _is_said(cls, value: object, about: ValidationInfo) -> object:
        """No setting is a yes or a no, which would be 1 or 0; and what is empty was meant to be something."""
        if isinstance(value, bool):
            raise ValueError(f"it can't be {str(value).lower()}")
        if value == "" and about.field_name and cls.model_fields[about.field_name].default is None:
            raise ValueError("it is empty; leave it out where there is to be none")
        return value

    @field_validator("origins", "trusted_proxies", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        """In the environment a list is one string, with commas between its elements."""
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value

    @field_validator("origins")
    @classmethod
    def _are_origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(origin if origin == ANY_ORIGIN else normal(origin) for origin in value)

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        Proxies(value)
        return value

    @field_validator("public_url")
    @classmethod
    def _is_address(cls, value: str | None) -> str | None:
        if value is not None and not _leads_somewhere(value.replace("{n}", "1").replace("{port}", "1")):
            raise ValueError(f"a public address is like https://a.game.example, not {value!r}")
        return value

    @field_validator("jwt_keys")
    @classmethod
    def _comes_safely(cls, value: str | None) -> str | None:
        """Whoever can change the keys on their way is everybody."""
        if value is not None and value.startswith("http:") and urlsplit(value).hostname not in LOOPBACK:
            raise ValueError("keys are fetched with https, or else from this machine")
        return value

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        Rates(self.tick_rate, self.snapshot_rate)
        if self.directory is not None and self.public_url is None and self.host not in LOOPBACK:
            raise ValueError("with a directory of many processes, public_url says where players find this one")
        if self.checkpoints is not None and self.directory is None:
            raise ValueError("checkpoints are for the processes of a directory; one alone keeps its rooms in state_dir")
        if self.rooms > self.rooms_max:
            raise ValueError(f"rooms_max = {self.rooms_max} has no place for rooms = {self.rooms}")
        if (self.tls_cert is None) != (self.tls_key is None):
            raise ValueError("tls_cert and tls_key belong together: give both or neither")
        if self.jwt_keys is not None and self.jwt_secret is not None:
            raise ValueError("jwt_keys and jwt_secret exclude each other: a secret can stand in the key set")
        if self.auth == "jwt" and self.jwt_keys is None and self.jwt_secret is None:
            raise ValueError('auth = "jwt" needs jwt_keys or jwt_secret to know the tokens by')
        for path in (self.tls_cert, self.tls_key, self.jwt_secret):
            if path is not None and not path.is_file():
                raise ValueError(f"there is no file {path}")
        return self

    @model_validator(mode="after")
    def _can_be_many(self) -> Self:
        is_template = self.public_url is not None and any(word in self.public_url for word in TEMPLATE)
        if self.processes == 1:
            if is_template:
                raise ValueError("only with processes there is a number {n} or {port} to put into public_url")
            return self
        if self.directory is None:
            raise ValueError(
                "processes find each other by a directory: say directory = redis://127.0.0.1, or processes = 1"
            )
        if self.public_url is not None and not is_template:
            raise ValueError("each of many processes has its own public_url, so {n} or {port} has to be in it")
        if self.port + self.processes - 1 > PORT_MAX:
            raise ValueError(f"from port = {self.port} on there are not as many as processes = {self.processes}")
        url = self.standings_url
        if (url is None and self.state_dir is not None) or (url is not None and url.startswith("sqlite")):
            raise ValueError("processes share standings in PostgreSQL: name it with standings_url, or let that be off")
        return self


def _leads_somewhere(url: str) -> bool:
    """Whether a page, and a path after it, can be at `url`."""
    try:
        parts = urlsplit(url)
        is_place = bool(parts.hostname) and parts.port != 0
    except ValueError:  # of what is no port
        return False
    return is_place and parts.scheme in ("http", "https") and not (parts.username or parts.query or parts.fragment)


def load(flags: Mapping[str, Any], config_file: Path | None = None) -> Config:
    """The settings. `flags` holds only those that were given."""
    _look_for_misspelt(os.environ)
    path = config_file or (CONFIG_FILE if CONFIG_FILE.exists() else None)
    written = _read(path) if path else {}

    class Layered(Config):
        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,
            file_secret_settings: PydanticBaseSettingsSource,
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            return init_settings, env_settings, InitSettingsSource(settings_cls, written)

    try:
        return Layered(**flags)
    except ValidationError as error:
        raise UserError(_sentence(error, flags, path)) from None


def _look_for_misspelt(environment: Mapping[str, str]) -> None:
    """Whatever else begins with RICOCHET_ is left alone. Raises UserError."""
    for name, value in environment.items():
        key = name.lower().removeprefix(ENVIRONMENT_PREFIX.lower())
        if len(key) == len(name) or key in OTHERS or key in Config.model_fields or value.startswith(LINKS):
            continue
        if near := get_close_matches(key, Config.model_fields, 1, NEAR):
            raise UserError(f"{name}: there is no such setting; did you mean {ENVIRONMENT_PREFIX}{near[0].upper()}?")


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise UserError(f"{path} can't be read: {(error.strerror or str(error)).lower()}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserError(f"{path} is not TOML: {error}") from None


def _sentence(error: ValidationError, flags: Mapping[str, Any], path: Path | None) -> str:
    """The first thing that is wrong, and where it was written."""
    first = error.errors()[0]
    if not first["loc"]:
        return str(first["ctx"]["error"])
    key = str(first["loc"][0])
    if key in flags:
        place = f"--{key.replace('_', '-')}"
    elif ENVIRONMENT_PREFIX + key.upper() in os.environ:
        place = ENVIRONMENT_PREFIX + key.upper()
    else:
        place = f"{key} in {path}"
    if first["type"] == "extra_forbidden":
        near = get_close_matches(key, Config.model_fields, 1)
        return f"{place}: there is no such setting" + (f"; did you mean {near[0]}?" if near else "")
    if first["type"] == "value_error":  # of a validator of ours: a sentence already
        return f"{place}: {first['ctx']['error']}"
    return f"{place}: {first['msg'][0].lower()}{first['msg'][1:]}, not {first['input']!r}"
