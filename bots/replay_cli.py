"""`ricochet replay`: play a recorded match as a client would, check every checksum, and say what happened in it."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from rich.text import Text

from bots.output import JsonFile, to_be_written, write_json
from bots.replay.figures import Figures, Traces, watch
from protocol.errors import ReplayError, UserError
from protocol.replay import FILE_BYTES_MAX, Replay

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

EXIT_DISAGREES = 1


@app.command()
def replay(
    file: Annotated[Path, typer.Argument(help="A replay: FOLDER/….replay")],
    json: JsonFile = None,
    heatmap: Annotated[
        Path | None,
        typer.Option(callback=to_be_written, help="Draw where ships were and were shot down, as PNG or SVG."),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print nothing.")] = False,
) -> None:
    """Play a recorded match: figures, and whether every checksum in it is right."""
    recorded = Replay(_read(file))
    figures, traces = _watch(recorded, quiet)
    if json is not None:
        write_json(json, figures)
    if heatmap is not None:
        from bots.replay.heatmap import draw_heatmap  # it takes a second to load

        try:
            draw_heatmap(traces.arena or recorded.welcome.arena, traces, figures, heatmap)
        except (OSError, ValueError) as error:
            raise UserError(f"{heatmap} can't be drawn: {error}") from None
    if not quiet:
        _print(figures)
    if figures.checksum_mismatches:
        print(f"ricochet: {figures.checksum_mismatches} checksums are wrong", file=sys.stderr)
        raise typer.Exit(EXIT_DISAGREES)


def _watch(recorded: Replay, quiet: bool) -> tuple[Figures, Traces]:
    """With a bar on a terminal, for a match of many takes a while."""
    console = Console(stderr=True, quiet=quiet)
    if quiet or not console.is_terminal:
        return watch(recorded)
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task("Playing", total=len(recorded.chunks))
        return watch(recorded, lambda moment: progress.advance(task) if moment.is_opening else None)


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(FILE_BYTES_MAX + 1)
    except OSError as error:
        raise UserError(f"{path} can't be read: {(error.strerror or str(error)).lower()}") from None
    if len(content) > FILE_BYTES_MAX:
        raise ReplayError(f"{path} has more than {FILE_BYTES_MAX} bytes, which no replay has")
    return content


def _print(figures: Figures) -> None:
    console = Console(highlight=False, markup=False)
    minutes, seconds = divmod(round(figures.seconds), 60)
    ended = "" if figures.has_ended else ", broken off" if figures.is_whole else ", cut off"
    right = figures.checksums - figures.checksum_mismatches
    room = f"room {_plain(figures.room)}" if figures.room else "a private room"
    console.print(
        f"{_plain(figures.game)} in {_plain(figures.arena)} ({room}), {figures.recorded}: {minutes}:{seconds:02}{ended}"
    )
    console.print(
        f"{figures.bytes} bytes, {figures.bytes_per_second:.0f} a second; {figures.snapshots} snapshots, "
        f"{figures.kills} kills; {right} of {figures.checksums} checksums agree"
    )
    is_built = figures.pieces is not None
    if is_built:
        console.print(f"built there: {figures.edits} edits, {figures.pieces} pieces at the end")
    table = Table("place", "player", "score", "kills", "deaths", "assists", "shots", *["edits"] * is_built, "distance")
    for share in figures.players:
        name = f"{share.name} (bot)" if share.bot else share.name
        shown: tuple[object, ...] = (
            share.place,
            name,
            share.score,
            share.kills,
            share.deaths,
            share.assists,
            share.shots,
        )
        shown = (*shown, share.edits) if is_built else shown
        cells = [Text("" if value is None else _plain(str(value))) for value in shown]
        table.add_row(*cells, f"{share.distance_units:.0f}")
    console.print(table)


def _plain(text: str) -> str:
    """A file's text, with nothing in it that a terminal would obey."""
    return text if text.isprintable() else repr(text)
