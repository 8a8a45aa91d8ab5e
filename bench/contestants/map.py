"""The arena in which Ricochet is measured: as large as the others' and as empty, with a place to begin for everyone."""

import json
from math import ceil
from pathlib import Path
from typing import Any, Final

from bench.scene import Scene

MARGIN_UNITS: Final = 64


def write_map(scene: Scene) -> Path:
    """A map file in the scene's folder."""
    path = scene.folder / "bench.json"
    path.write_text(json.dumps(map_of(scene.clients, scene.arena_units)), "utf-8")
    return path


def map_of(clients: int, arena_units: int) -> dict[str, Any]:
    """An arena with nothing but its border; its spawns are spread evenly, and as many as clients."""
    columns = ceil(clients**0.5)
    step = (arena_units - 2 * MARGIN_UNITS) / max(1, columns - 1)
    spawns = [
        {"x": round(MARGIN_UNITS + step * (n % columns)), "y": round(MARGIN_UNITS + step * (n // columns))}
        for n in range(clients)
    ]
    return {"name": "bench", "size": {"width": arena_units, "height": arena_units}, "spawns": spawns}
