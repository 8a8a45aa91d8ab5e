"""Files that a command writes when it is done: whether it can is asked before it begins.

Else a measurement of an hour is lost to a folder that isn't there.
"""

from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from protocol.errors import UserError


def to_be_written(path: Path | None) -> Path | None:
    """`path`, left as it was: the callback of an option. Raises UserError when it can't be written.

    A pipe or a device is not tried, for whoever reads it would take that for the end.
    """
    if path is None or (path.exists() and not path.is_file() and not path.is_dir()):
        return path
    is_new = not path.exists()
    try:
        with path.open("ab"):
            pass
        if is_new:
            path.unlink()
    except OSError as error:
        raise unwritten(path, error) from None
    return path


JsonFile = Annotated[Path | None, typer.Option(callback=to_be_written, help="Write what is found to this file.")]
"""The option `--json` of a command."""


def write_json(path: Path, found: Any) -> None:
    """`found`, in lines that people can read. Raises UserError when it can't be written there."""
    try:
        path.write_bytes(msgspec.json.format(msgspec.json.encode(found)) + b"\n")
    except OSError as error:
        raise unwritten(path, error) from None


def unwritten(path: Path, error: OSError) -> UserError:
    """What is said of it."""
    return UserError(f"{path} can't be written: {(error.strerror or str(error)).lower()}")
