"""`ricochet bench`: the measurements, one sub-command each, and each in a module of its own."""

from importlib import import_module
from importlib.util import find_spec
from typing import Final

import typer

MEASUREMENTS: Final = {
    "server": "bench.server",
    "publish": "bench.publish",
    "stall": "bench.stall",
    "overload": "bench.overload",
    "checkpoint": "bench.checkpoint",
    "crash": "bench.restart",
    "restart": "bench.restart",
    "netcode": "bench.netcode",
    "rooms": "bench.rooms",
    "opening": "bench.opening",
    "cores": "bench.cores",
    "scaling": "bench.scaling",
    "cluster": "bench.cluster.command",
    "directory": "bench.cluster.directory",
    "rolling": "bench.cluster.rolling",
}
"""Each sub-command, and the module whose function `NAME_command` it is."""

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
bench = typer.Typer(help="Measure the server, alone and against others.")
app.add_typer(bench, name="bench")

for name, module in MEASUREMENTS.items():
    if find_spec(module):
        bench.command(name)(getattr(import_module(module), f"{name}_command"))
