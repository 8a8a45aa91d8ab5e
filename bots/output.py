"""Files that a command is to write when it is done: whether it can is asked before it begins.

Else a measurement of an hour is lost to a folder that isn't there.
"""

from pathlib import Path

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
        raise UserError(f"{path} can't be written: {(error.strerror or str(error)).lower()}") from None
    return path
