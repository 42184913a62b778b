"""`foretrace collect export`: what a course collected, in a form that other programs read."""

from __future__ import annotations

from pathlib import Path

import click

from foretrace_server.commands.courses import course_at, path_option
from foretrace_server.commands.output import json_option
from foretrace_server.commands.traces_export import export_and_say, partitioned_option
from foretrace_telemetry.exchange.exporting import Format

# A bundle is what somebody hands in of their own.
_FORMATS = [form.value for form in Format if form is not Format.BUNDLE]


@click.command("export")
@path_option
@click.option("--format", "form", required=True, type=click.Choice(_FORMATS), help="What to write.")
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path),
    help="The file to write; of progsnap2, and with --partitioned, the folder.",
)
@partitioned_option
@json_option
def command(path: Path | None, form: str, out: Path, partitioned: bool, as_json: bool) -> None:
    """Write all that a course collected to a file or a folder.

    The course keeps in mind that it was, and tells those who withdraw.
    """
    course = course_at(path)
    name = course.name if partitioned else None
    export_and_say(course.home, None, Format(form), out, as_json, name)
