"""`foretrace analyse simulate`: simulated people, one for each real one."""

from __future__ import annotations

from pathlib import Path

import click

from foretrace_models.simulating.markov import Markov
from foretrace_models.simulating.pauses import Pauses
from foretrace_models.simulating.people import simulated
from foretrace_server.analysing.stream_files import read_streams, write_streams
from foretrace_server.commands.output import MissingError, json_option, print_json
from foretrace_server.commands.training import seed_option

_ORDERS = {"markov1": 1, "markov2": 2}


@click.command("simulate")
@click.argument("real")
@click.option(
    "--by",
    type=click.Choice([*_ORDERS]),
    required=True,
    help="What foretells the next event: the last one, or the last two.",
)
@click.option(
    "--gaps",
    type=click.Choice(["overall", "pair"]),
    default="pair",
    show_default=True,
    help="The time between events: as between any, or as between two like these.",
)
@click.option(
    "--like",
    type=click.Choice(["everybody", "person"]),
    default="everybody",
    show_default=True,
    help="Whom each is like: all people together, or the one person that they stand for.",
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="The log to write; its name ends with .csv.gz.",
)
@click.option(
    "--events",
    type=click.IntRange(1),
    help="The most of a person; by default as many as they have.",
)
@seed_option
@json_option
def command(
    real: str,
    by: str,
    gaps: str,
    like: str,
    out: Path,
    events: int | None,
    seed: int,
    as_json: bool,
) -> None:
    """Simulate people like those in REAL, one for each, with as many events.

    REAL is what `foretrace analyse gap` takes.
    """
    if not out.name.endswith(".csv.gz"):
        raise MissingError(f"{out.name} does not end with .csv.gz, by which a log is known")
    try:
        source, streams = read_streams(real)
        click.echo(f"learning from {source}", err=True)
        groups = [streams] if like == "everybody" else [[each] for each in streams]
        people = []
        for group in groups:
            chain = Markov.of(group, _ORDERS[by])
            pauses = Pauses.of(group, by_pair=gaps == "pair")
            people += [simulated(each, chain, pauses, seed, events) for each in group]
        write_streams(people, out)
    except (OSError, ValueError) as error:
        raise MissingError(str(error)) from error
    told = {
        "dataset": source,
        "by": by,
        "gaps": gaps,
        "like": like,
        "seed": seed,
        "people": len(people),
        "events": sum(map(len, people)),
    }
    if as_json:
        print_json(told)
    else:
        click.echo(f"{told['events']:,} events of {told['people']:,} simulated people: {out}")
