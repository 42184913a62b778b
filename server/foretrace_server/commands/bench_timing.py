"""`foretrace bench timing`: when to speak."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from foretrace_server.bench.fit import Fit
from foretrace_server.bench.timing.measuring import measure
from foretrace_server.bench.timing.run import Run
from foretrace_server.commands.benching import fit_option, resume_option, seed_option
from foretrace_server.commands.output import MissingError, json_option, print_json


@click.command("timing")
@click.option(
    "--data",
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder with CUPS or with FITech.",
)
@fit_option
@click.option(
    "--limit",
    type=click.IntRange(1),
    help="The most suggestions or steps, taken by the seed; by default all.",
)
@seed_option
@resume_option
@json_option
def command(
    data: Path, fit: str, limit: int | None, seed: int, resume: Path | None, as_json: bool
) -> None:
    """Measure whether it is known when to speak.

    With CUPS, whether suggestions are taken that are shown; with FITech, whether experts step in.
    """
    run = Run(data, Fit(fit), limit, seed, resume)
    try:
        figures = measure(run, lambda line: click.echo(line, err=True))
    except (OSError, ValueError) as error:
        raise MissingError(str(error)) from error
    if as_json:
        print_json(figures)
    else:
        _show(figures)


def _show(figures: dict[str, Any]) -> None:
    click.echo(
        f"{figures['dataset']}: {figures['n']:,} items of {figures['people']} people, "
        f"fit {figures['fit']}, seed {figures['seed']}; intervals of 95 % by person\n"
    )
    _show_group(figures, figures["intervals"], "")


def _show_group(values: dict[str, Any], between: dict[str, Any], indent: str) -> None:
    for name, interval in between.items():
        value = values[name]
        if isinstance(interval, dict):
            click.echo(f"{indent}{name}: {value.get('means', '')}".rstrip(": "))
            _show_group(value, interval, f"{indent}  ")
        elif value is not None:
            reach = "" if interval is None else f" ({interval[0]:.3f} to {interval[1]:.3f})"
            click.echo(f"{indent}{name}: {value:.3f}{reach}")
