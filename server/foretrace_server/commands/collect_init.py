"""`foretrace collect init`: a folder for a course."""

from __future__ import annotations

from pathlib import Path

import click

from foretrace_server.collect.course import create
from foretrace_server.commands.courses import about_course, path_option
from foretrace_server.commands.output import MissingError, json_option, print_json
from foretrace_server.policy.publishing import public_key
from foretrace_server.policy.signed import key_words


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
        key = public_key(course)
    if as_json:
        folder = str(course.home.path)
        print_json({"course": course.name, "path": folder, "notice": course.notice, "key": key})
        return
    click.echo(
        f"The course {course.name} is in {course.home.path}. Students are told this "
        f"before they join:\n\n{course.notice}\n"
        f"Its policies are signed with the key {key_words(key)}, which they see when they join.\n"
        "Enrol them with: foretrace collect enrol ROSTER.csv"
    )
