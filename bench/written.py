"""What a bench has found, as a file for other programs."""

from pathlib import Path
from typing import Any

import msgspec

from protocol.errors import UserError


def write_json(path: Path, found: Any) -> None:
    """`found`, in lines that people can read. Raises UserError when it can't be written there."""
    try:
        path.write_bytes(msgspec.json.format(msgspec.json.encode(found)) + b"\n")
    except OSError as error:
        raise UserError(f"{path} can't be written: {(error.strerror or str(error)).lower()}") from None
