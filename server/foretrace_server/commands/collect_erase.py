"""`foretrace collect erase`: all that a course has of one student is erased, as they asked."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import click
from attrs import asdict

from foretrace_server.collect.enrolment import Enrolment, Enrolments
from foretrace_server.collect.keeper import Keeper, Withdrawal
from foretrace_server.commands.courses import about_course, course_at, path_option
from foretrace_server.commands.output import (
    MissingError,
    counted,
    harmless_line,
    json_option,
    print_json,
    when,
)


@click.command("erase")
@click.argument("student")
@path_option
@json_option
@click.pass_context
def command(context: click.Context, student: str, path: Path | None, as_json: bool) -> None:
    """Erase all that a course has of a student, who is named as in the roster or by pseudonym.

    It does not ask. Nothing more is taken from them: their token is worth nothing. The server may
    be running. Exit code 1 where old bytes stay for now.
    """
    course = course_at(path)
    with about_course():
        try:
            enrolment = _enrolled(Enrolments(course), student)
            with closing(Keeper(course)) as keeper:
                erased = keeper.withdraw(enrolment.subject).result()
        except sqlite3.Error as error:
            raise MissingError(f"{course.home.path} cannot be written: {error}") from error
    if as_json:
        print_json({"course": course.name, "subject": enrolment.subject, **asdict(erased)})
    else:
        click.echo(_words(enrolment.subject, erased))
    context.exit(0 if erased.complete else 1)


def _enrolled(enrolments: Enrolments, student: str) -> Enrolment:
    found = enrolments.of_student(student)
    if found is None:
        raise MissingError(
            f"{student!r} is not enrolled; name a student as the roster does, or by pseudonym"
        )
    return found


def _words(subject: str, erased: Withdrawal) -> str:
    lines = [
        f"Erased what the course had of {subject}: {counted(erased.events, 'event')} of "
        f"{counted(erased.sessions, 'session')}, in {counted(erased.documents, 'document')}."
    ]
    if erased.derived:
        lines.append(f"Made of it, and gone as well: {harmless_line(', '.join(erased.derived))}.")
    if erased.exports:
        lines.append("Exports that hold it; delete them, and make them anew:")
        lines += (
            f"  {export['format']} of {when(export['made_wall_us'])}: "
            f"{harmless_line(export['path'])}"
            for export in erased.exports
        )
    lines.append("Nothing more is taken from them. To come back they need a new token.")
    if not erased.complete:
        lines.append(
            "Old bytes are still in the files: another program reads them, or the disk has no "
            "room to write them anew. Ask again in a moment."
        )
    return "\n".join(lines)
