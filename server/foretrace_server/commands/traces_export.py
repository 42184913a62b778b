"""`foretrace traces export`: sessions leave, with a report of how whole they are."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import click

from foretrace_server import __version__
from foretrace_server.commands.output import MissingError, counted, json_option, print_json
from foretrace_server.commands.sessions import name_of, reading
from foretrace_telemetry.exchange.exporting import (
    Format,
    HandedInError,
    InvalidExportError,
    NotCoveredError,
    TargetExistsError,
    export,
)
from foretrace_telemetry.exchange.flat import MissingPackageError
from foretrace_telemetry.exchange.report import IntegrityReport
from foretrace_telemetry.home import Home
from foretrace_telemetry.store import NoTracesError, SessionSummary, UnreadableEventError

# The course of what a person recorded for themselves.
_OWN = "own"

partitioned_option = click.option(
    "--partitioned",
    is_flag=True,
    help="With parquet: a folder, with a part for each month, in the place of one file.",
)


@click.command("export")
@click.argument("session", nargs=-1)
@click.option(
    "--format",
    "form",
    required=True,
    type=click.Choice([form.value for form in Format]),
    help="What to write.",
)
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path),
    help="The file to write; of progsnap2, and with --partitioned, the folder.",
)
@partitioned_option
@json_option
def command(
    session: tuple[str, ...], form: str, out: Path, partitioned: bool, as_json: bool
) -> None:
    """Write sessions, all by default, to a file or a folder."""
    home = Home.default()
    names = _names(home, session) if session else None
    export_and_say(home, names, Format(form), out, as_json, _OWN if partitioned else None)


def export_and_say(
    home: Home,
    names: list[str] | None,
    form: Format,
    out: Path,
    as_json: bool,
    course: str | None = None,
) -> None:
    """Write sessions of a data folder, all where none are named, and say how whole they are.

    Parquet is partitioned where there is a `course`.

    Raises:
        ClickException: it cannot be done; the message says why.
    """
    if course is not None and form is not Format.PARQUET:
        raise click.UsageError(f"--partitioned is for --format parquet, not {form.value}")
    try:
        report = export(home, form, out, names, __version__, _say, course)
    except NotCoveredError as error:
        raise MissingError(
            f"{error}; allow it with: foretrace consent grant --scope instructor "
            "(or --scope research), and --content as it is now"
        ) from error
    except TargetExistsError as error:
        raise MissingError(f"{error}; name another path with --out") from error
    except InvalidExportError as error:
        raise click.ClickException(
            f"the dataset was written, but does not keep to the rules of ProgSnap2: {error}"
        ) from error
    except (HandedInError, MissingPackageError, NoTracesError, UnreadableEventError) as error:
        raise MissingError(str(error)) from error
    except sqlite3.Error as error:
        raise MissingError(f"{home.traces} cannot be read: {error}") from error
    except OSError as error:
        raise MissingError(f"{out} cannot be written: {error.strerror or error}") from error
    if as_json:
        print_json({"path": str(out), **report.to_json()})
    else:
        click.echo(_words(out, report))


def _names(home: Home, sessions: tuple[str, ...]) -> list[str]:
    with reading(home) as store:
        return [name_of(name, store) for name in sessions]


def _say(session: SessionSummary) -> None:
    click.echo(f"{session.name}  {counted(session.events, 'event')}", err=True)


def _words(out: Path, report: IntegrityReport) -> str:
    found = report.to_json()
    verdict = "exactly" if report.exact else "not exactly: see the report"
    return (
        f"{counted(len(report.sessions), 'session')}, {counted(found['events'], 'event')} "
        f"in {out}.\n"
        f"They replay {verdict}. {counted(found['resyncs'], 'resync')}, "
        f"{counted(found['redactions'], 'redaction')}, {counted(found['erasures'], 'erasure')}; "
        f"{counted(found['pseudonyms_characters'], 'character')} of names became pseudonyms."
    )
