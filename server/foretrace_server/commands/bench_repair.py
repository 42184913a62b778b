"""`foretrace bench repair`: how many broken programs are mended, and how small the changes are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from foretrace_models.catalogue import CatalogueError
from foretrace_models.repair.rules.mined import RulesError
from foretrace_models.repair.sandbox.process import SandboxError
from foretrace_models.repair.sources import SourceName
from foretrace_server.bench.repair import bench
from foretrace_server.bench.repair.tasks import SituationName
from foretrace_server.commands.output import MissingError, json_option, print_json

_file = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("repair")
@click.option(
    "--data",
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder with an exercise set, ITAP's sequences, PyDex, HumanEvalPack or Codeforces.",
)
@click.option(
    "--situation",
    required=True,
    type=click.Choice([name.value for name in SituationName]),
    help="What repair is told: tests and peers' programs, tests, or nothing.",
)
@click.option(
    "--without",
    multiple=True,
    type=click.Choice([name.value for name in SourceName]),
    help="A source of candidates that is not asked; may be given again.",
)
@click.option("--base", help="A fetched language model to take samples of. [default: as shipped]")
@click.option("--rules", type=_file, help="Mined rules other than those that are shipped.")
@click.option("--ids", type=_file, help="A file with the ids of the programs to take.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="A folder for the fixes that pass the whole suite.",
)
@click.option("--limit", type=click.IntRange(1), help="The most programs; by default all.")
@click.option("--seed", type=int, default=7, show_default=True)
@click.option(
    "--resume",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Keep a row for each program here, and go on where a run was stopped.",
)
@json_option
def command(
    data: Path,
    situation: str,
    without: tuple[str, ...],
    base: str | None,
    rules: Path | None,
    ids: Path | None,
    out: Path | None,
    limit: int | None,
    seed: int,
    resume: Path | None,
    as_json: bool,
) -> None:
    """Repair real broken programs, and hold the fixes against tests and inputs unseen."""
    run = bench.Run(
        data,
        SituationName(situation),
        frozenset(map(SourceName, without)),
        rules,
        ids,
        out,
        limit,
        seed,
        resume,
        base,
    )
    try:
        figures = bench.measure(run, lambda line: click.echo(line, err=True))
    except (OSError, ValueError, CatalogueError, RulesError, SandboxError) as error:
        raise MissingError(str(error)) from error
    if as_json:
        print_json(figures)
    else:
        _show(figures)


def _show(figures: dict[str, Any]) -> None:
    for what, count in figures["left_out"].items():
        click.echo(f"left out: {count} {what}")
    click.echo(
        f"{figures['dataset']}, situation {figures['situation']}: {figures['programs']} programs, "
        f"{figures['broken']} really fail\n"
        f"repaired {figures['repaired']}, {_share(figures, 'rate')}\n"
        f"right on inputs unseen, of the repaired: {_share(figures, 'hidden_rate')}; "
        f"special-cased: {figures['special_cased']}\n"
        f"relative size, median {_number(figures['rps_median'])}, "
        f"mean {_number(figures['rps_mean'])}; "
        f"tokens, median {_number(figures['token_distance_median'])}\n"
        f"names kept {_number(figures['identifiers_kept'])}, "
        f"style kept {_number(figures['style_kept'])}, "
        f"steps, median {_number(figures['steps_median'])}\n"
        f"seconds, median {_number(figures['seconds_p50'])}, "
        f"95th percentile {_number(figures['seconds_p95'])}; "
        f"{_number(figures['candidates_per_second'])} candidates a second\n"
        f"parses {_share(figures, 'parses')}, "
        f"with 95 % of the tokens kept {_share(figures, 'parses_keeping_95')}"
    )
    if (own := figures.get("own_version")) is not None:
        less, more = own["mean_difference_interval"]
        click.echo(
            f"tokens to the fix and to the author's own later version, over {own['n']}: mean "
            f"{_number(own['fix_distance_mean'])} and {_number(own['own_distance_mean'])}, "
            f"difference {_number(less)} to {_number(more)}"
        )
    for name, row in figures["per_exercise"].items():
        click.echo(
            f"  {name}: {row['repaired']} of {row['broken']}, "
            f"right on inputs unseen {_number(row['hidden_rate'])}"
        )


def _share(figures: dict[str, Any], name: str) -> str:
    value, interval = figures[name], figures[f"{name}_interval"]
    if value is None:
        return "none"
    return f"{value:.1%} ({interval[0]:.1%} to {interval[1]:.1%})"


def _number(value: float | None) -> str:
    return "none" if value is None else f"{value:.3g}"
