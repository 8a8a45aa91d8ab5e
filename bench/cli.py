"""`ricochet bench`: the measurements, one sub-command each, and each in a module of its own."""

import typer

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
bench = typer.Typer(help="Measure the server, alone and against others.", no_args_is_help=True)
app.add_typer(bench, name="bench")
