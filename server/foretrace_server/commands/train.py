"""`foretrace train`: what is shipped is made with these."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from foretrace_models.repair.mining.counting import leave_out, mined
from foretrace_models.repair.mining.pairs import read_pairs
from foretrace_models.repair.rules.mined import save_rules
from foretrace_models.repair.sandbox.process import SandboxError
from foretrace_server.commands import (
    train_coder,
    train_intent,
    train_lm,
    train_next_edit,
    train_timing,
)
from foretrace_server.commands.output import MissingError, json_option, print_json

_folder = click.Path(exists=True, file_okay=False, path_type=Path)


@click.group("train")
def command() -> None:
    """Make what is shipped anew."""


command.add_command(train_lm.command)
command.add_command(train_coder.command)
command.add_command(train_intent.command)
command.add_command(train_next_edit.command)
command.add_command(train_timing.command)


@command.command()
@click.argument("data", nargs=-1, required=True, type=_folder)
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="For the rules."
)
@click.option(
    "--leave-out",
    "left_out",
    multiple=True,
    metavar="EXERCISE",
    help="An exercise whose programs are not looked at; may be given again.",
)
@click.option(
    "--limit",
    type=click.IntRange(1),
    default=300,
    show_default=True,
    help="The most wrong programs of each exercise of a set.",
)
@click.option("--seed", type=int, default=7, show_default=True)
@json_option
def rules(
    data: tuple[Path, ...],
    out: Path,
    left_out: tuple[str, ...],
    limit: int,
    seed: int,
    as_json: bool,
) -> None:
    """Mine rules of repair from pairs of programs, wrong and right.

    DATA are folders with ITAP's sequences, an exercise set, or DebugBench.
    """

    def progress(line: str) -> None:
        click.echo(line, err=True)

    try:
        pairs = [
            pair
            for folder in data
            for pair in leave_out(read_pairs(folder, limit, seed, left_out, progress), left_out)
        ]
        found = mined(pairs, progress)
        save_rules(out, found, {"pairs": len(pairs), "left_out": list(left_out), "seed": seed})
    except (OSError, ValueError, SandboxError) as error:
        raise MissingError(str(error)) from error
    figures: dict[str, Any] = {
        "data": [folder.name for folder in data],
        "pairs": len(pairs),
        "left_out": list(left_out),
        "rules": len(found.rules),
        "hand": len(found.hand),
        "out": str(out),
    }
    if as_json:
        print_json(figures)
    else:
        click.echo(
            f"{figures['rules']} rules from {figures['pairs']} pairs, and the costs of "
            f"{figures['hand']} written by hand: {out}"
        )
