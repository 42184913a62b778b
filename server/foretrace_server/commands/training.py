"""What the commands that train a trace model have in common."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

folder_type = click.Path(exists=True, file_okay=False, path_type=Path)

data_argument = click.argument("data", nargs=-1, required=True, type=folder_type)
learning_rate_option = click.option(
    "--learning-rate",
    type=click.FloatRange(0, 1, min_open=True),
    default=1e-2,
    show_default=True,
)
seed_option = click.option("--seed", type=int, default=7, show_default=True)
resume_option = click.option(
    "--resume",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Keep how far training came here, and go on where it was stopped.",
)


def command_line(name: str) -> str:
    """Return the command that runs, without the places of files and how it tells its result."""
    context = click.get_current_context()
    told = ["foretrace", "train", name]
    for parameter in context.command.params:
        value = context.params[parameter.name or ""]
        if isinstance(parameter, click.Argument):
            told += [path.name for path in value]
        elif value is not None and parameter.name not in ("out", "resume", "as_json"):
            told += [parameter.opts[0], value.name if isinstance(value, Path) else str(value)]
    return shlex.join(told)
