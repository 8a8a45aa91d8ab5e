"""The command line's front page: `ricochet serve`, `ricochet swarm` and what else there is to type.

It joins the commands of `server`, `bots` and `bench` and holds none of its own. Two promises:

- a command loads its own package and nothing of the others', so that a server carries no report plotting;
- whatever the person who typed it can mend is said in one sentence on stderr, with exit status 2.
"""

import sys
from collections.abc import Sequence
from importlib import import_module

import typer

from protocol.errors import UserError

COMMANDS = {
    "serve": "server.cli",
    "member": "server.cli",
    "admin": "server.admin_cli",
    "swarm": "bots.cli",
    "netsim": "bots.cli",
    "bots": "bots.cli",
    "replay": "bots.replay_cli",
    "bench": "bench.cli",
}
"""Each command, and the module whose `app` has it."""

EXIT_USER_ERROR = 2
EXIT_INTERRUPTED = 130
"""As a shell has it of whoever is ended by Ctrl-C."""


def main(words: Sequence[str] | None = None) -> None:
    """Run the command that `words` (else the process's own arguments) ask for, and exit the process."""
    words = sys.argv[1:] if words is None else words
    try:
        status = _front_page(words)(list(words) or ["--help"], prog_name="ricochet", standalone_mode=False)
    except (UserError, typer.TyperException) as error:
        print(f"ricochet: {_sentence(error)}", file=sys.stderr)
        sys.exit(EXIT_USER_ERROR)
    except typer.Abort:
        status = 1
    except BaseExceptionGroup as group:
        if group.split(KeyboardInterrupt)[1] is not None:
            raise
        status = EXIT_INTERRUPTED
    except KeyboardInterrupt:
        status = EXIT_INTERRUPTED
    sys.exit(status)


def _front_page(words: Sequence[str]) -> typer.Typer:
    """The commands that `words` may mean: one module's when the first word names it, else all."""
    page = typer.Typer(name="ricochet", add_completion=False, pretty_exceptions_enable=False)
    page.callback()(_introduction)
    wanted = COMMANDS.get(words[0]) if words else None
    for module in [wanted] if wanted else dict.fromkeys(COMMANDS.values()):
        page.add_typer(import_module(module).app)
    return page


def _introduction() -> None:
    """Ricochet: an authoritative multiplayer game server, and the game that proves it."""


def _sentence(error: UserError | typer.TyperException) -> str:
    """What `error` says, on one line and ending like a sentence."""
    text = error.format_message() if isinstance(error, typer.TyperException) else str(error)
    line = " ".join(text.split())
    return line if line.endswith((".", "!", "?", ")")) else line + "."


if __name__ == "__main__":
    main()
