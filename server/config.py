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

from pydantic import Field, ValidationError, field_validator, model_validator
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

CONFIG_FILE = Path("ricochet.toml")
"""Read when it stands in the working directory and no other file is named."""
ENVIRONMENT_PREFIX = "RICOCHET_"

Rate = Annotated[int, Field(ge=1, le=240)]


class Config(BaseSettings):
    """What an operator can set."""

    model_config = SettingsConfigDict(env_prefix=ENVIRONMENT_PREFIX, extra="forbid", frozen=True)

    host: str = "127.0.0.1"
    port: int = Field(8000, ge=0, le=65535, description="0: any free one")
    game: str = "melee"
    map: str = Field("pinball", description="the name of a map that comes with the game, or a JSON file")
    bots: int = Field(0, ge=0, le=1000)
    tick_rate: Rate = TICK_RATE_DEFAULT
    snapshot_rate: Rate = SNAPSHOT_RATE_DEFAULT
    seed: int | None = Field(None, ge=0, description="none: another one each time")
    match_s: float = Field(300.0, ge=10, le=86_400)
    origins: Annotated[tuple[str, ...], NoDecode] = ()
    tls_cert: Path | None = None
    tls_key: Path | None = None
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["auto", "console", "json"] = "auto"
    connections_max: int = Field(limits.CONNECTIONS_MAX, ge=1, le=100_000)
    state_dir: Path | None = Field(None, description="none: nothing outlasts the process")
    drain_s: float = Field(20.0, ge=0, le=3600)
    takeover_s: float = Field(0.0, ge=0, le=3600)
    lane: Literal["fast", "plain"] = Field("fast", description="plain: leave every frame to trio-websocket")

    @property
    def rates(self) -> Rates:
        return Rates(self.tick_rate, self.snapshot_rate)

    @field_validator("origins", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        """In the environment origins are one string, with commas between them."""
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        Rates(self.tick_rate, self.snapshot_rate)
        if (self.tls_cert is None) != (self.tls_key is None):
            raise ValueError("tls_cert and tls_key belong together: give both or neither")
        for path in (self.tls_cert, self.tls_key):
            if path is not None and not path.is_file():
                raise ValueError(f"there is no file {path}")
        return self


def load(flags: Mapping[str, Any], config_file: Path | None = None) -> Config:
    """The settings. `flags` holds only those that were given."""
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
    return f"{place}: {first['msg'][0].lower()}{first['msg'][1:]}, not {first['input']!r}"
