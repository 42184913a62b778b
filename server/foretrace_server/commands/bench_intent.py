"""`foretrace bench intent`: how well it is told what people are doing and what they do next."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from foretrace_models.learned.card import WeightsError
from foretrace_server.bench.fit import Fit
from foretrace_server.bench.intent.bench import Run, measure_folder
from foretrace_server.bench.intent.judge import Judge
from foretrace_server.bench.intent.lines import lines_of
from foretrace_server.commands.benching import fit_option, resume_option, seed_option
from foretrace_server.commands.output import MissingError, json_option, print_json


@click.command("intent")
@click.option(
    "--data",
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder with CUPS, ABB's commands, RealHumanEval's questions, or samples of intents.",
)
@fit_option
@click.option("--judge", metavar="URL", help="A model's address to judge statements: …/v1.")
@click.option("--judge-model", default="default", show_default=True, help="Its name there.")
@click.option(
    "--statements",
    type=click.IntRange(1),
    default=3,
    show_default=True,
    help="How many of a sample are judged.",
)
@click.option(
    "--simulated",
    is_flag=True,
    help="Also measure what is learned of ABB's developers from simulated ones.",
)
@click.option("--limit", type=click.IntRange(1), help="The most items; by default all.")
@seed_option
@resume_option
@json_option
def command(
    data: Path,
    fit: str,
    judge: str | None,
    judge_model: str,
    statements: int,
    simulated: bool,
    limit: int | None,
    seed: int,
    resume: Path | None,
    as_json: bool,
) -> None:
    """Measure how well it is told what people are doing, and what they do next.

    Samples of intents are judged by a language model if an address is named that speaks OpenAI's
    protocol: it is sent the statements and what was meant. Nothing is sent otherwise.
    """

    def tell(line: str) -> None:
        click.echo(line, err=True)

    asked = Judge(judge, judge_model) if judge is not None else None
    run = Run(data, Fit(fit), limit, seed, resume, asked, statements, simulated)
    try:
        figures: dict[str, Any] = measure_folder(run, tell)
    except (OSError, ValueError, WeightsError) as error:
        raise MissingError(str(error)) from error
    if as_json:
        print_json(figures)
    else:
        for line in lines_of(figures):
            click.echo(line)
