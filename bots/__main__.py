"""`python -m bots`: the commands of `bots.cli`, without the rest of the house."""

import sys

import typer

from bots.cli import app
from protocol.errors import UserError

EXIT_USER_ERROR = 2


def main() -> None:
    """Run the command that the process's arguments ask for."""
    try:
        sys.exit(app(prog_name="python -m bots", standalone_mode=False))
    except (UserError, typer.TyperException) as error:
        sentence = error.format_message() if isinstance(error, typer.TyperException) else str(error)
        print(f"bots: {sentence}", file=sys.stderr)
        sys.exit(EXIT_USER_ERROR)


if __name__ == "__main__":
    main()
