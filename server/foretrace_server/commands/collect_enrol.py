"""`foretrace collect enrol`: the students of a roster get tokens, which are told once."""

from __future__ import annotations

import csv
import io
import os
import sqlite3
from pathlib import Path

import click
from attrs import asdict

from foretrace_server.collect.enrolment import Enrolments, Issued
from foretrace_server.collect.roster import COLUMN, Roster, RosterError, alike, read_roster
from foretrace_server.commands.courses import about_course, course_at, path_option
from foretrace_server.commands.output import MissingError, counted, json_option, print_json
from foretrace_telemetry.exchange.flat import safe

_COLUMNS = ("student", "subject", "token")


@click.command("enrol")
@click.argument("roster", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@path_option
@click.option("--column", default=COLUMN, show_default=True, help="Who a student is.")
@click.option("--section-column", metavar="COLUMN", help="Which section a student is in.")
@click.option("--new-token", "anew", multiple=True, metavar="STUDENT", help="Gets another token.")
@click.option(
    "--out", type=click.Path(path_type=Path), help="A file for the tokens, not standard output."
)
@json_option
def command(
    roster: Path,
    path: Path | None,
    column: str,
    section_column: str | None,
    anew: tuple[str, ...],
    out: Path | None,
    as_json: bool,
) -> None:
    """Enrol the students of a table in CSV who are not yet, and write a token for each.

    A token is told this once: the course keeps only what recognises it.
    """
    course = course_at(path)
    found = _read(roster, column, section_column)
    _check_known(anew, found)
    if out is not None and out.exists():
        raise MissingError(f"{out} exists already; name another file with --out")

    def hand_out(issued: list[Issued]) -> None:
        if out is not None:
            _write(out, issued)
        elif not as_json:
            click.echo(_table(issued), nl=False)

    with about_course():
        try:
            issued = Enrolments(course).enrol(
                found.students, frozenset(anew), hand_out, found.sections
            )
        except sqlite3.Error as error:
            raise MissingError(f"{course.enrolments} cannot be written: {error}") from error
    already = len(found.students) - len(issued)
    if as_json:
        told = [] if out is not None else [asdict(each) for each in issued]
        print_json(
            {
                "course": course.name,
                "issued": len(issued),
                "already": already,
                "repeated": found.repeated,
                "path": str(out) if out is not None else None,
                "tokens": told,
            }
        )
        return
    click.echo(
        f"{counted(len(issued), 'token')} for {course.name}; {already:,} enrolled before"
        + (f"; {counted(found.repeated, 'line')} with one again" if found.repeated else ""),
        err=True,
    )


def _read(roster: Path, column: str, section_column: str | None) -> Roster:
    try:
        return read_roster(roster.read_bytes(), column, section_column)
    except RosterError as error:
        raise MissingError(f"{roster}: {error}") from error
    except OSError as error:
        raise MissingError(f"{roster} cannot be read: {error.strerror}") from error


def _check_known(anew: tuple[str, ...], roster: Roster) -> None:
    known = set(map(alike, roster.students))
    for student in anew:
        if alike(student) not in known:
            raise click.BadParameter(f"{student!r} is not in the roster", param_hint="--new-token")


def _table(issued: list[Issued]) -> str:
    """Return the tokens as CSV that a spreadsheet takes for text."""
    file = io.StringIO()
    table = csv.DictWriter(file, _COLUMNS, lineterminator="\n")
    table.writeheader()
    for each in issued:
        table.writerow({name: safe(value) for name, value in asdict(each).items()})
    return file.getvalue()


def _write(out: Path, issued: list[Issued]) -> None:
    try:
        descriptor = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8-sig", newline="") as file:
            file.write(_table(issued))
    except OSError as error:
        raise MissingError(
            f"{out} cannot be written: {error.strerror}; nobody was enrolled"
        ) from error
