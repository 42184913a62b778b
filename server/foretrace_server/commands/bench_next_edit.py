"""`foretrace bench next-edit`: where people go on, and what they change there, foretold."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from foretrace_models.catalogue import CatalogueError
from foretrace_server.bench.fit import Fit
from foretrace_server.bench.next_edit.bench import Run, measure
from foretrace_server.commands.benching import fit_option, resume_option, seed_option
from foretrace_server.commands.output import MissingError, json_option, print_json

_TITLES = {
    "hit_1": "place, first",
    "hit_3": "place, among three",
    "near_1": "place, within two lines",
    "place_at_fixed_silence": "place, of the surest 10 %",
    "spoken": "edit offered",
    "exact": "edit is the next burst",
    "right": "edit follows soon",
    "exact_of_spoken": "of those offered: exact",
    "right_of_spoken": "of those offered: soon",
    "right_at_fixed_silence": "of the surest 10 %: soon",
    "reversals_of_spoken": "of those offered: undoes",
}


@click.command("next-edit")
@click.option(
    "--data",
    required=True,
    multiple=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder with streams of edits, or with several such folders; may be given again.",
)
@fit_option
@click.option("--limit", type=click.IntRange(1), help="The most samples; by default all.")
@seed_option
@resume_option
@click.option(
    "--model",
    metavar="NAME",
    help="Where the engine is silent, ask a language model that was fetched, too.",
)
@json_option
def command(
    data: tuple[Path, ...],
    fit: str,
    limit: int | None,
    seed: int,
    resume: Path | None,
    model: str | None,
    as_json: bool,
) -> None:
    """Measure the next edit on real streams: recordings, keystrokes, steps and commits.

    Before each burst of changes it is asked where the next one will be and what it will do.
    """

    def tell(line: str) -> None:
        click.echo(line, err=True)

    try:
        figures = measure(Run(data, Fit(fit), limit, seed, resume, model), tell)
    except (CatalogueError, OSError, ValueError) as error:
        raise MissingError(str(error)) from error
    if as_json:
        print_json(figures)
    else:
        _show(figures)


def _show(figures: dict[str, Any]) -> None:
    proposers = figures["proposers"]
    click.echo(
        f"{figures['dataset']}: {figures['n']:,} samples of {figures['people']:,} people, "
        f"fit {figures['fit']}, seed {figures['seed']}; intervals of 95 % by person\n"
    )
    click.echo(f"{'':26}" + "".join(f"{name:>25}" for name in proposers))
    for key, title in _TITLES.items():
        cells = [_cell(of[key], of["intervals"][key]) for of in proposers.values()]
        click.echo(f"{title:26}" + "".join(f"{cell:>25}" for cell in cells))
    for share in ("p50", "p95"):
        cells = [_milliseconds(of["seconds"][share]) for of in proposers.values()]
        click.echo(f"{f'milliseconds, {share}':26}" + "".join(f"{cell:>25}" for cell in cells))
    click.echo()
    for name, counts in figures["patterns"].items():
        click.echo(
            f"{name}: {counts['made']} offered, {counts['right']} soon, {counts['exact']} exact"
        )
    if figures["rewrites"]:
        _show_rewrites(figures["rewrites"])


def _show_rewrites(figures: dict[str, Any]) -> None:
    click.echo(
        f"\n{figures['model']}, where the engine is silent: asked {figures['n']:,} times about "
        f"{figures['people']:,} people"
    )
    for key, title in _TITLES.items():
        if key in figures:
            click.echo(f"{title:26}{_cell(figures[key], figures['intervals'][key]):>25}")
    for share in ("p50", "p95"):
        click.echo(f"{f'milliseconds, {share}':26}{_milliseconds(figures['seconds'][share]):>25}")
    for reason, count in figures["silences"].items():
        click.echo(f"silent, {reason}: {count}")


def _cell(value: float | None, interval: list[float] | None) -> str:
    if value is None:
        return ""
    if interval is None:
        return f"{value:.3f}"
    return f"{value:.3f} ({interval[0]:.3f} to {interval[1]:.3f})"


def _milliseconds(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds * 1000:.2f}"
