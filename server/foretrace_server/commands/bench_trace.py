"""`foretrace bench trace`: how people work on programs, and what models of traces know of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from foretrace_models.trace_model.calling import CallError
from foretrace_models.trace_model.card import SHIPPED
from foretrace_server.bench.trace import costs, metrics
from foretrace_server.bench.trace.cost_lines import cost_lines
from foretrace_server.commands.benching import resume_option, seed_option
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
    "--weights",
    multiple=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Weights to measure rather than those that are shipped; may be given again.",
)
@click.option(
    "--base",
    help="A language model that was fetched, to be measured beside the weights as it is.",
)
@click.option("--limit", type=click.IntRange(1), help="The most edits; by default all.")
@seed_option
@resume_option
@json_option
def command(
    data: Path,
    metrics_only: bool,
    weights: tuple[Path, ...],
    base: str | None,
    limit: int | None,
    seed: int,
    resume: Path | None,
    as_json: bool,
) -> None:
    """Measure models of traces, or with --metrics-only the traces themselves.

    A model is measured on the coders in DATA whom it has not seen: what their edits cost it, told
    more or less of what was before.
    """

    def tell(line: str) -> None:
        click.echo(line, err=True)

    try:
        if metrics_only:
            if len(weights) > 1:
                raise click.UsageError("--metrics-only takes one folder with --weights at most")
            known_by = weights[0] if weights else None
            of_traces = metrics.Run(data, known_by, limit, seed, resume)
            figures = metrics.measure_folder(of_traces, tell)
        else:
            run = costs.Run(data, weights or (SHIPPED,), limit, seed, resume, base)
            figures = costs.measure_costs(run, tell)
    except (OSError, ValueError, CallError) as error:
        raise MissingError(str(error)) from error
    if as_json:
        print_json(figures)
    elif metrics_only:
        _show(figures)
    else:
        for line in cost_lines(figures):
            click.echo(line)


def _show(figures: dict[str, Any]) -> None:
    makers = figures["models"]
    click.echo(
        f"{figures['dataset']}: {figures['n']:,} edits for {figures['exercises']} exercises, "
        f"seed {figures['seed']}; intervals of 95 % by exercise\n"
    )
    click.echo(f"{'':30}" + "".join(f"{maker:>30}" for maker in makers))
    for name, value in next(iter(makers.values()))["intervals"].items():
        for part in value if isinstance(value, dict) else [None]:
            cells = [_cell(of, name, part) for of in makers.values()]
            if any(cells):
                label = name if part is None else f"{name}, {part}"
                click.echo(f"{label:30}" + "".join(f"{cell:>30}" for cell in cells))
    for maker, answer in (figures["coder_or_calendar"] or {}).items():
        _show_coder_or_calendar(maker, figures["period"], answer)


def _cell(of: dict[str, Any], name: str, part: str | None) -> str:
    value, interval = of[name], of["intervals"][name]
    if part is not None:
        value, interval = value[part], interval[part]
    if value is None:
        return ""
    if interval is None:
        return f"{value:.3f}"
    return f"{value:.3f} ({interval[0]:.3f} to {interval[1]:.3f})"


def _show_coder_or_calendar(maker: str, period: str, answer: dict[str, Any]) -> None:
    click.echo(f"\n{maker}: how far profiles are apart, by {period}")
    for name, distance in answer["distance"].items():
        if distance is not None:
            click.echo(f"  {name}: {distance:.3f}, {answer['pairs'][name]:,} pairs")
    for name in ("coder_beyond_calendar", "coder"):
        tested = answer[name]
        told = "cannot be told" if tested is None else f"{tested['difference']:.3f}"
        chance = ""
        if tested is not None and tested["by_chance"] is not None:
            chance = f", by chance {tested['by_chance']:.3f}, p = {tested['p']:.3f}"
        click.echo(f"  {name}: {told}{chance}")
    for name, share in answer.get("explained", {}).items():
        click.echo(f"  explained by {name}: {share:.1%}")
