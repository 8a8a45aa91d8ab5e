"""`ricochet bench cluster`: the flags, and what is said at the end."""

import sys
from typing import Annotated

import trio
import typer
from rich.console import Console

from bench.cluster.drill import Plan, run
from bots.output import JsonFile, write_json
from protocol.errors import UserError


def cluster_command(
    bots: Annotated[int, typer.Option(min=1, max=2000, help="How many play.")] = 300,
    rooms: Annotated[int, typer.Option(min=3, max=99, help="In how many rooms, all processes together.")] = 30,
    tick_rate: Annotated[
        int, typer.Option(min=1, max=240, help="Of the rooms, so that this machine carries them.")
    ] = 20,
    snapshot_rate: Annotated[int, typer.Option(min=1, max=240)] = 5,
    seed: Annotated[int, typer.Option(help="Of what the bots do.")] = 1,
    loopback: Annotated[bool, typer.Option("--loopback", help="No namespaces, even where they are allowed.")] = False,
    json: JsonFile = None,
) -> None:
    """Three servers under load: kill one, cut another off, stop Redis; what is lost, and how soon all is well."""
    if sys.platform != "linux":
        raise UserError(f"bench cluster needs signals and sockets as Linux has them, and this is {sys.platform}")
    console = Console(highlight=False, soft_wrap=True)
    plan = Plan(bots=bots, rooms=rooms, tick_rate=tick_rate, snapshot_rate=snapshot_rate, seed=seed, loopback=loopback)
    result = trio.run(run, plan, lambda what: console.print(f"· {what}", style="dim"))
    if json is not None:
        write_json(json, result)
    for line in (*result.lines(), result.last_line()):
        console.print(line)
    if any(result.breaches()):
        raise typer.Exit(1)
