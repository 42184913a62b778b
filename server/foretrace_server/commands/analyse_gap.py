"""`foretrace analyse gap`: how far simulated people are from real ones."""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType

import click

from foretrace_models.gap.comparing import compare
from foretrace_server.analysing import report
from foretrace_server.analysing.stream_files import read_streams
from foretrace_server.commands.output import MissingError, json_option, print_json
from foretrace_server.commands.training import seed_option


@click.command("gap")
@click.argument("real")
@click.argument("simulated")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="A folder for a report with pictures.",
)
@seed_option
@json_option
def command(real: str, simulated: str, out: Path | None, seed: int, as_json: bool) -> None:
    """Compare REAL people with SIMULATED ones: what they do, when, and how they explore.

    Each is a folder with a log of commands, such a log, a file with a JSON object on each line, a
    data folder of Foretrace, or the word `recorded` for what was recorded here.
    """
    drawing = _drawing() if out is not None else None

    def tell(line: str) -> None:
        click.echo(line, err=True)

    try:
        (ours, real_streams), (theirs, simulated_streams) = map(read_streams, (real, simulated))
        sources = ours, theirs
        gap = compare(real_streams, simulated_streams, seed, tell)
        if out is not None and drawing is not None:
            tell(f"drawing into {out}")
            out.mkdir(parents=True, exist_ok=True)
            page = report.page(gap, sources, drawing.draw(gap, out))
            (out / "report.md").write_text(page, encoding="utf-8")
    except (OSError, ValueError) as error:
        raise MissingError(str(error)) from error
    if as_json:
        print_json(report.to_json(gap, sources))
    else:
        for line in report.lines(gap, sources):
            click.echo(line)


def _drawing() -> ModuleType:
    """Return what draws, before anything else is done: it may be missing."""
    try:
        return importlib.import_module("foretrace_server.analysing.pictures")
    except ImportError as error:
        raise MissingError(
            "a report with pictures needs matplotlib: pip install 'foretrace[analyse]'"
        ) from error
