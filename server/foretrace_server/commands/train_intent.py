"""`foretrace train intent`: what tells what people are doing, from what others did."""

from __future__ import annotations

from pathlib import Path

import click

from foretrace_models.intent.training import train_activities, train_beside_suggestions
from foretrace_models.intent.training import train_next_command as train_commands
from foretrace_models.learned.card import WeightsError
from foretrace_server.bench.fit import Fit
from foretrace_server.bench.intent.bench import Run, measure_folder
from foretrace_server.commands.output import MissingError, json_option, print_json
from foretrace_server.commands.training import command_line, data_argument, seed_option
from foretrace_telemetry.readers import abb, cups

_METRICS = ("accuracy", "macro_f1", "brier_skill", "top1", "top5", "perplexity")


@click.command("intent")
@data_argument
@click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="For the weights, a folder in it for each.",
)
@seed_option
@json_option
def command(data: tuple[Path, ...], out: Path, seed: int, as_json: bool) -> None:
    """Fit what tells what people are doing, and which command comes next.

    DATA are folders with CUPS or with ABB's commands. What their cards say of how good they are is
    measured first, with each person left out.
    """

    def tell(line: str) -> None:
        click.echo(line, err=True)

    made = []
    line = command_line("intent")
    try:
        for folder in data:
            figures = measure_folder(Run(folder, Fit.LOO, seed=seed), tell)
            metrics = {name: figures[name] for name in _METRICS if name in figures}
            if (file := cups.find(folder)) is not None:
                made.append(train_beside_suggestions(file, out, line, seed, metrics))
            elif (file := abb.find(folder)) is not None:
                made.append(train_commands(file, out, line, seed, metrics))
                tell("learning what activities lead to")
                made.append(train_activities(file, out, line, seed))
    except (OSError, ValueError, WeightsError) as error:
        raise MissingError(str(error)) from error
    if as_json:
        print_json({"made": [str(folder) for folder in made]})
    else:
        for folder in made:
            click.echo(folder)
