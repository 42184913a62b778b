"""`foretrace bench trace`: how people, and models in their place, work on programs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from foretrace_server.bench.trace import metrics
from foretrace_server.commands.output import MissingError, json_option, print_json


@click.command("trace")
@click.option(
    "--data",
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder with ITAP's sequences, C-Pack, Exercism's histories or Pencil Code rollouts.",
)
@click.option(
    "--metrics-only",
    is_flag=True,
    help="Measure the traces themselves: how different they are, and how people get on.",
)
@click.option(
    "--limit",
    type=click.IntRange(1),
    help="The most edits, rounded up to whole exercises; by default all.",
)
@click.option("--seed", type=int, default=7, show_default=True)
@click.option(
    "--resume",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Keep a row for each exercise here, and go on where a run was stopped.",
)
@json_option
def command(
    data: Path,
    metrics_only: bool,
    limit: int | None,
    seed: int,
    resume: Path | None,
    as_json: bool,
) -> None:
    """Measure traces: real ones, and those that models wrote."""
    if not metrics_only:
        raise click.UsageError("only --metrics-only can be measured so far; add it")
    run = metrics.Run(data, limit, seed, resume)
    try:
        figures = metrics.measure_folder(run, lambda line: click.echo(line, err=True))
    except (OSError, ValueError) as error:
        raise MissingError(str(error)) from error
    if as_json:
        print_json(figures)
    else:
        _show(figures)


def _show(figures: dict[str, Any]) -> None:
    makers = figures["models"]
    click.echo(
        f"{figures['dataset']}: {figures['n']:,} edits for {figures['exercises']} exercises, "
        f"seed {figures['seed']}; intervals of 95 % by exercise\n"
    )
    click.echo(f"{'':30}" + "".join(f"{maker:>30}" for maker in makers))
    for name in next(iter(makers.values()))["intervals"]:
        if name == "edit_categories":
            continue
        cells = [_cell(makers[maker][name], makers[maker]["intervals"][name]) for maker in makers]
        if any(cells):
            click.echo(f"{name:30}" + "".join(f"{cell:>30}" for cell in cells))
    for category in next(iter(makers.values()))["edit_categories"]:
        cells = [
            _cell(
                makers[maker]["edit_categories"][category],
                makers[maker]["intervals"]["edit_categories"][category],
            )
            for maker in makers
        ]
        click.echo(f"{category:30}" + "".join(f"{cell:>30}" for cell in cells))


def _cell(value: float | None, interval: list[float] | None) -> str:
    if value is None:
        return ""
    if interval is None:
        return f"{value:.3f}"
    return f"{value:.3f} ({interval[0]:.3f} to {interval[1]:.3f})"
