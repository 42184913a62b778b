"""`foretrace coder`: who somebody is, by what is recorded of them, and their vector."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import click
from attrs import asdict

from foretrace_models.coder import making, vector
from foretrace_models.coder.as_json import deviations_to_json, profile_to_json
from foretrace_models.coder.making import LackError
from foretrace_models.coder.population import Population
from foretrace_models.coder.recorded import Work, coders_in, work_of
from foretrace_models.coder.vector import CoderVector
from foretrace_models.coder.words import describe
from foretrace_models.trace_model.calling import CallError
from foretrace_models.trace_model.card import SHIPPED, WeightsError, read_population
from foretrace_server.commands.output import (
    MissingError,
    counted,
    json_option,
    print_json,
    utf8,
    when,
)
from foretrace_server.commands.sessions import explaining, reading
from foretrace_server.commands.training import folder_type
from foretrace_telemetry.home import Home
from foretrace_telemetry.session_writer import ForgottenError
from foretrace_telemetry.store import NoTracesError, Store

coder_argument = click.argument("coder", required=False)


@click.group("coder")
def command() -> None:
    """Who somebody is, by what is recorded of them."""


@command.command()
@coder_argument
@click.option("--refine", is_flag=True, help="Refine the vector by what the coder edited.")
@click.option("--weights", type=folder_type, help="Of the trace model. [default: as shipped]")
@json_option
def show(coder: str | None, refine: bool, weights: Path | None, as_json: bool) -> None:
    """Show what is known of a coder; make their vector if there is something new.

    CODER is whose sessions were imported. By default it is yourself, or without sessions of your
    own whoever's were imported last.
    """
    home, folder = Home.default(), (weights or SHIPPED).resolve()
    work, kept = Work(None, 0, (), 0), None
    if coder is not None or home.traces.exists():
        with reading(home) as store:
            work = work_of(store, _chosen(store, coder))
            kept = vector.kept(store.db, work.coder)
    population = _population(folder, is_asked_for=weights is not None)
    found, lack = _vector(home, work, kept, folder, refine)
    if as_json:
        print_json(_to_json(work, population, found, lack))
    else:
        _tell(work, population, found, lack)


@command.command()
@coder_argument
@json_option
def reset(coder: str | None, as_json: bool) -> None:
    """Forget the vector of a coder, to the byte. What was recorded stays."""
    home = Home.default()
    chosen, complete = coder, None
    try:
        if coder is not None or home.traces.exists():
            with reading(home) as store:
                chosen = _chosen(store, coder)
            complete = vector.reset(home, chosen)
    except (OSError, sqlite3.Error) as error:
        raise MissingError(f"nothing was forgotten: {error}") from error
    if as_json:
        told = {"reset": complete is not None, "complete": complete is not False}
        print_json({"coder": chosen, **told})
        return
    if complete is None:
        click.echo("There is no vector.")
    else:
        click.echo("The vector is forgotten.")
    if complete is False:
        click.echo(
            "Another program was reading, or the disk is full: old bytes stay in the files until "
            "something is forgotten again or an editor begins to record."
        )
    click.echo(
        "What was recorded stays, and a new vector is made of it when one is asked for; "
        "`foretrace traces forget` erases that."
    )


def _chosen(store: Store, coder: str | None) -> str | None:
    """Return whose sessions are meant; None is the person at this machine.

    Raises:
        NoTracesError: there are none of this coder.
    """
    coders = coders_in(store.sessions())
    if coder is None:
        return None if None in coders or not coders else coders[-1]
    if coder not in coders:
        raise NoTracesError(f"no session of {coder!r} was imported; see `foretrace traces list`")
    return coder


def _population(folder: Path, is_asked_for: bool) -> Population | None:
    """Return whom a coder is seen beside, None where the shipped weights know nobody."""
    try:
        return read_population(folder)
    except WeightsError as error:
        if is_asked_for:
            raise MissingError(str(error)) from error
        return None


def _vector(
    home: Home, work: Work, kept: CoderVector | None, weights: Path, refine: bool
) -> tuple[CoderVector | None, str | None]:
    """Return a coder's vector, made anew where that is needed; without one, what it lacks."""
    try:
        network_sha256 = making.network_for(home, work, weights)
        is_enough = kept is not None and (kept.refinement is not None or not refine)
        if kept is not None and is_enough and kept.is_current(work, network_sha256):
            return kept, None
        with explaining(home):
            return making.made(home, work, weights, network_sha256, refine), None
    except LackError as error:
        return None, str(error)
    except CallError as error:
        raise MissingError(str(error)) from error
    except ForgottenError as error:
        raise MissingError("something was forgotten meanwhile; ask again") from error


def _to_json(
    work: Work, population: Population | None, found: CoderVector | None, lack: str | None
) -> dict[str, Any]:
    profile = work.profile()
    return {
        "coder": work.coder,
        "sessions": work.sessions,
        "traces": len(work.traces),
        "words": describe(profile, population),
        "profile": profile_to_json(profile),
        "deviations": None if population is None else deviations_to_json(profile, population),
        "vector": None if found is None else asdict(found),
        "missing": lack,
    }


def _tell(
    work: Work, population: Population | None, found: CoderVector | None, lack: str | None
) -> None:
    traces = counted(len(work.traces), "trace")
    click.echo(utf8(f"{_name(work.coder)}: {traces} in {counted(work.sessions, 'session')}."))
    for line in describe(work.profile(), population):
        click.echo(f"  {line}")
    if lack is not None:
        click.echo(f"No vector: {lack}.")
    if found is not None:
        _tell_vector(found)


def _tell_vector(found: CoderVector) -> None:
    click.echo(
        f"The vector has {len(found.numbers)} numbers and is {found.from_mean:.2f} from that of "
        f"nobody known.\nIt was made at {when(found.made_wall_us)} in {found.seconds:.1f} s of "
        f"{counted(found.traces, 'trace')} in {counted(len(found.sessions), 'session')}, "
        f"the last at {when(found.until_wall_us)}."
    )
    refinement = found.refinement
    if refinement is not None and refinement.passes:
        click.echo(
            f"It was refined: the latest trace, held out, takes {refinement.bits_after:.1f} bits "
            f"and took {refinement.bits_before:.1f}."
        )
    elif refinement is not None:
        click.echo("To refine it did not help with the latest trace, held out; so it was not.")


def _name(coder: str | None) -> str:
    return "You" if coder is None else coder
