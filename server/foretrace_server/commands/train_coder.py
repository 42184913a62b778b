"""`foretrace train coder`: how to know a coder, for a trace model that is there already."""

from __future__ import annotations

from pathlib import Path

import click
from attrs import asdict

from foretrace_models.trace_model.calling import CallError, call
from foretrace_models.trace_model.lesson import CoderLesson, Plan
from foretrace_server.commands.output import MissingError, json_option, print_json
from foretrace_server.commands.training import (
    command_line,
    data_argument,
    folder_type,
    learning_rate_option,
    resume_option,
    seed_option,
)


@click.command("coder")
@data_argument
@click.option("--weights", required=True, type=folder_type, help="What `foretrace train lm` made.")
@click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="For the weights with the encoder.",
)
@click.option("--tokens", type=click.IntRange(1), default=1_000_000, show_default=True)
@learning_rate_option
@seed_option
@resume_option
@json_option
def command(
    data: tuple[Path, ...],
    weights: Path,
    out: Path,
    tokens: int,
    learning_rate: float,
    seed: int,
    resume: Path | None,
    as_json: bool,
) -> None:
    """Train the encoder that makes a coder's vector of what they did before.

    DATA are folders with traces, as for `foretrace train lm`. Coders whom the weights have not seen
    are left out here as well.
    """
    lesson = CoderLesson(
        data=tuple(str(folder.resolve()) for folder in data),
        weights=str(weights.resolve()),
        out=str(out.resolve()),
        plan=Plan(tokens, learning_rate=learning_rate, seed=seed),
        command=command_line("coder"),
        resume=None if resume is None else str(resume.resolve()),
    )
    try:
        card = call("learn-coders", asdict(lesson))
    except CallError as error:
        raise MissingError(str(error)) from error
    if as_json:
        print_json(card)
    else:
        click.echo(f"weights with an encoder: {out}")
