"""`foretrace collect init`: a folder for a course."""

from __future__ import annotations

from pathlib import Path

import click

from foretrace_server.collect.course import create
from foretrace_server.commands.courses import about_course, path_option
from foretrace_server.commands.output import MissingError, json_option, print_json


@click.command("init")
@click.argument("name", metavar="COURSE")
@path_option
@click.option(
    "--notice",
    "notice_file",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="A text that students are told before they join, instead of Foretrace's.",
)
@json_option
def command(name: str, path: Path | None, notice_file: Path | None, as_json: bool) -> None:
    """Make the folder of a course, which the account that makes it can read and no other."""
    try:
        notice = notice_file.read_text(encoding="utf-8-sig") if notice_file else None
    except (OSError, UnicodeDecodeError) as error:
        raise MissingError(f"{notice_file} is no text in UTF-8 that can be read") from error
    with about_course():
        course = create(name, path, notice)
    if as_json:
        print_json({"course": course.name, "path": str(course.home.path), "notice": course.notice})
        return
    click.echo(
        f"The course {course.name} is in {course.home.path}. Students are told this "
        f"before they join:\n\n{course.notice}\n"
        "Enrol them with: foretrace collect enrol ROSTER.csv"
    )
