"""`ricochet bench server`: the flags, what is said meanwhile, and the table at the end.

On a terminal it tells what it is doing; in a pipe it prints the table and what went wrong.
"""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.live import Live
from rich.text import Text

from bench.board import NOT_MEASURED, draw, table_of
from bench.comparison import Plan, compare
from bench.contestants import Contestant, known, named
from bench.row import Outcome, Row
from bench.scene import CLIENTS_MAX, CLIENTS_MIN, TICK_RATE, TICK_RATE_MAX, TICK_RATE_MIN
from bots.output import JsonFile, to_be_written, write_json
from protocol.errors import UserError

CLIENTS_DEFAULT: Final = "100,400,700,1000,1400"
SETTLE_S: Final = 3.0
"""Between the last client's joining and what is measured."""
TABLE_COLUMNS: Final = 110
"""What the table takes; a narrower terminal breaks its lines, which is better than losing figures."""


def server_command(
    contestants: Annotated[
        str | None, typer.Option(help=f"Who takes part, with commas between: {', '.join(known())}. \\[default: all]")
    ] = None,
    clients: Annotated[str, typer.Option(help="How many clients, with commas between.")] = CLIENTS_DEFAULT,
    repeat: Annotated[int, typer.Option(min=1, max=100, help="Measure each so many times.")] = 1,
    seconds: Annotated[float, typer.Option(min=0.1, max=3600, help="How long each measurement lasts.")] = 15.0,
    tick_rate: Annotated[
        int, typer.Option(min=TICK_RATE_MIN, max=TICK_RATE_MAX, help="Ticks, snapshots and inputs per second.")
    ] = TICK_RATE,
    all_: Annotated[bool, typer.Option("--all", help="Try more clients even after a contestant has not held.")] = False,
    json: JsonFile = None,
    plot: Annotated[
        Path | None, typer.Option(callback=to_be_written, help="Draw CPU over clients into this file (.svg, .png).")
    ] = None,
) -> None:
    """Compare the server with others under the same load: CPU, bytes, lateness."""
    wanted = list(known().values()) if contestants is None else [named(name) for name in _words(contestants)]
    counts = [_count(word) for word in _words(clients)]
    if not wanted or not counts:
        raise UserError("--contestants names nobody" if counts else "--clients names no number")
    _check_machine()
    console, rows = Console(), list[Row]()
    console.width = max(console.width, TABLE_COLUMNS)
    _write(rows, json, plot)
    present = _present(wanted, console)
    with Live(console=Console(stderr=True), auto_refresh=False, transient=True) as live:
        done, total = 0, repeat * len(counts) * len(present)

        def watched(plan: Plan) -> Outcome:
            from bench.run import run  # what it needs is checked for by now

            title = f"{done + 1}/{total} {plan.contestant.name}, {plan.clients} clients"
            outcome = run(plan, seconds, SETTLE_S, say=lambda what: live.update(Text(f"{title}: {what}"), refresh=True))
            if outcome.trouble:
                live.console.print(f"{title}: {outcome.trouble}", highlight=False, markup=False, soft_wrap=True)
            return outcome

        for outcome in compare(present, counts, repeat, watched, goes_on=all_, tick_rate=tick_rate):
            done += 1
            rows.append(outcome.row)
            _write(rows, json, plot)
    console.print(table_of(rows), highlight=False)
    console.print("Not measured:", *(f"  {line}" for line in NOT_MEASURED), sep="\n", highlight=False, soft_wrap=True)


def _words(line: str) -> list[str]:
    """What stands between the commas, each once."""
    return list(dict.fromkeys(word for part in line.split(",") if (word := part.strip())))


def _count(word: str) -> int:
    """Raises UserError."""
    try:
        count = int(word)
    except ValueError:
        raise UserError(f"--clients: {word!r} is not a number") from None
    if not CLIENTS_MIN <= count <= CLIENTS_MAX:
        raise UserError(f"--clients: {count} is not between {CLIENTS_MIN} and {CLIENTS_MAX}")
    return count


def _check_machine() -> None:
    """Raises UserError where there is neither epoll nor /proc."""
    if sys.platform != "linux":
        raise UserError(f"bench server measures by way of epoll and /proc, which {sys.platform} doesn't have")
    import resource

    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # for a socket for every client, at both ends


def _present(contestants: Sequence[Contestant], console: Console) -> list[Contestant]:
    """Those that can be run; of the others it is said why they can't."""
    present = []
    for contestant in contestants:
        if (why := contestant.absent()) is None:
            present.append(contestant)
        else:
            console.print(f"{contestant.name} is absent: {why}.", highlight=False, soft_wrap=True)
    return present


def _write(rows: Sequence[Row], json: Path | None, plot: Path | None) -> None:
    """Both files, as far as they are wanted. Raises UserError."""
    if json is not None:
        write_json(json, rows)
    if plot is not None:
        with _naming(plot):
            draw(rows, plot)


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Say that it was `path` that could not be written. Raises UserError."""
    try:
        yield
    except OSError as error:
        raise UserError(f"{path} can't be written: {(error.strerror or str(error)).lower()}") from None
    except ValueError as error:  # a sort of picture that there isn't
        raise UserError(f"{path} can't be written: {error}") from None
