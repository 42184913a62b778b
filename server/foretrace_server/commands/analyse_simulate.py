"""`foretrace analyse simulate`: simulated people, one for each real one."""

from __future__ import annotations

from pathlib import Path

import click

from foretrace_models.simulating.people import By, Gaps, Like, Way, simulated_people
from foretrace_server.analysing.stream_files import read_streams, write_streams
from foretrace_server.commands.output import MissingError, json_option, print_json
from foretrace_server.commands.training import seed_option


@click.command("simulate")
@click.argument("real")
@click.option(
    "--by",
    type=click.Choice([by.value for by in By]),
    required=True,
    help="What the next event is drawn by: the last one, the last two, the model of next commands.",
)
@click.option(
    "--like",
    type=click.Choice([like.value for like in Like]),
    default=Like.EVERYBODY.value,
    show_default=True,
    help="Whom each is like: all people together, or the one whom they stand for.",
)
@click.option(
    "--gaps",
    type=click.Choice([gaps.value for gaps in Gaps]),
    default=Gaps.PAIR.value,
    show_default=True,
    help="The time between two events: as between any, or as between two like these.",
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="The log to write; its name ends with .csv.gz.",
)
@click.option("--events", type=click.IntRange(1), help="The most of each; by default as real ones.")
@seed_option
@json_option
def command(
    real: str,
    by: str,
    like: str,
    gaps: str,
    out: Path,
    events: int | None,
    seed: int,
    as_json: bool,
) -> None:
    """Simulate people like those in REAL, one for each.

    REAL is what `foretrace analyse gap` takes.
    """
    if not out.name.endswith(".csv.gz"):
        raise MissingError(f"{out.name} does not end with .csv.gz, by which a log is known")
    way = Way(By(by), Like(like), Gaps(gaps))
    people = []
    try:
        source, streams = read_streams(real)
        click.echo(f"learning from {source}", err=True)
        for person in simulated_people(streams, way, seed, events):
            people.append(person)
            if len(people) % 10 == 0:
                click.echo(f"{len(people)} of {len(streams)} people", err=True)
        write_streams(people, out)
    except (OSError, ValueError) as error:
        raise MissingError(str(error)) from error
    total = sum(map(len, people))
    if as_json:
        made = {"by": by, "like": like, "gaps": gaps, "seed": seed}
        print_json({"dataset": source, **made, "people": len(people), "events": total})
    else:
        click.echo(f"{total:,} events of {len(people):,} simulated people: {out}")
