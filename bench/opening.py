"""`ricochet bench opening`: what it costs the game's thread to open a room, by game and arena. No sockets.

While a room is opened no other room ticks, so this is how late their ticks may be for it.
"""

import gc
import time
from statistics import median
from typing import Annotated

import typer
from msgspec import Struct
from rich.console import Console
from rich.table import Table

from bots.output import JsonFile, write_json
from server.catalogue import Catalogue
from server.config import Config
from server.venue import catalogue_of, venue_of


class Opened(Struct, frozen=True, kw_only=True):
    """What one game in one arena cost, in ms of CPU."""

    game: str
    arena: str
    entities: int
    p50_ms: float
    max_ms: float


def opening_command(
    times: Annotated[int, typer.Option(min=1, help="How often each.")] = 30,
    json: JsonFile = None,
) -> None:
    """Open rooms of every game and arena that there is, and say how long that takes."""
    config = Config()
    opened = measure(catalogue_of(config, venue_of(config)), times)
    if json is not None:
        write_json(json, opened)
    table = Table("game", "arena", "entities", "p50 ms", "max ms")
    for row in opened:
        table.add_row(row.game, row.arena, str(row.entities), f"{row.p50_ms:.2f}", f"{row.max_ms:.2f}")
    Console().print(table)


def measure(catalogue: Catalogue, times: int) -> list[Opened]:
    return [_open(catalogue, game.name, arena, times) for game in catalogue.games() for arena in game.arenas]


def _open(catalogue: Catalogue, game: str, arena: str, times: int) -> Opened:
    spent_ms: list[float] = []
    entities = 0
    gc.collect()
    gc.disable()
    try:
        for number in range(times):
            began_s = time.process_time()
            room = catalogue.open(f"room {number}", "Room", game, arena, False, "")
            spent_ms.append((time.process_time() - began_s) * 1e3)
            entities = len(room.world)
    finally:
        gc.enable()
    return Opened(
        game=game,
        arena=arena,
        entities=entities,
        p50_ms=round(median(spent_ms), 3),
        max_ms=round(max(spent_ms), 3),
    )
