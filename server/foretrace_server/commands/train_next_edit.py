"""`foretrace train next-edit`: how often patterns of change are right, and which places follow."""

from __future__ import annotations

from pathlib import Path

import click
from attrs import asdict

from foretrace_server.bench.next_edit.making import make
from foretrace_server.commands.output import MissingError, counted, json_option, print_json
from foretrace_server.commands.training import command_line, data_argument, seed_option


@click.command("next-edit")
@data_argument
@click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="A folder for what was learned and its card.",
)
@seed_option
@json_option
def command(data: tuple[Path, ...], out: Path, seed: int, as_json: bool) -> None:
    """Learn from streams of edits how often each pattern is right, and which places follow.

    DATA are folders with recordings of VS Code, editing traces, FITech or Exercism's histories.
    """

    def tell(line: str) -> None:
        click.echo(line, err=True)

    try:
        card = make(data, out, seed, command_line("next-edit"), tell)
    except (OSError, ValueError) as error:
        raise MissingError(str(error)) from error
    if as_json:
        print_json(asdict(card))
    else:
        samples = sum(each.examples for each in card.data)
        people = sum(len(each.seen) for each in card.data)
        click.echo(f"{counted(samples, 'sample')} of {counted(people, 'person')}: {out}")
