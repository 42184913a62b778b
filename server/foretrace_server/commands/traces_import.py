"""`foretrace traces import`: traces of others come in, apart from a person's own."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import click

from foretrace_server.commands.output import MissingError, counted, json_option, print_json
from foretrace_telemetry.exchange.incoming import ImportReport, bring_in
from foretrace_telemetry.exchange.sources import open_source
from foretrace_telemetry.home import Home


@click.command("import")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@json_option
@click.pass_context
def command(context: click.Context, path: Path, as_json: bool) -> None:
    """Bring in what lies at a path: a bundle, a dataset, or recordings. Twice adds nothing."""
    home = Home.default()
    try:
        report, sessions = open_source(path)
        bring_in(home, sessions, report)
    except ValueError as error:
        raise MissingError(str(error)) from error
    except OSError as error:
        raise MissingError(f"{error.filename or path}: {error.strerror or error}") from error
    except sqlite3.Error as error:
        raise MissingError(f"{home.traces} cannot be written: {error}") from error
    if as_json:
        print_json(report.to_json())
    else:
        _tell(report)
    context.exit(1 if report.conflicts else 0)


def _tell(report: ImportReport) -> None:
    click.echo(
        f"{report.format}: {counted(report.rows or report.events, 'row')}, "
        f"{counted(report.sessions, 'session')} of {counted(report.subjects, 'subject')}, "
        f"{counted(report.events, 'event')}.\n"
        f"New: {counted(report.sessions_added, 'session')}, "
        f"{counted(report.events_added, 'event')}."
    )
    if report.pseudonyms_characters:
        click.echo(
            f"{counted(report.pseudonyms_characters, 'character')} of names became pseudonyms."
        )
    for reason, number in report.skipped.items():
        click.echo(f"Left out: {number} x {reason}.")
    for warning in report.warnings:
        click.echo(f"Warning: {warning}.")
    for conflict in report.conflicts:
        click.echo(f"Conflict: {conflict}.", err=True)
