"""`foretrace collect dashboard`: a link that signs the instructor in, once."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlencode

import click

from foretrace_server.commands.courses import about_course, course_at, path_option
from foretrace_server.commands.output import MissingError, json_option, print_json
from foretrace_telemetry.sending.courses import checked_address


@click.command("dashboard")
@path_option
@click.option(
    "--address",
    default="http://127.0.0.1:8742",
    show_default=True,
    help="The address at which the course is served.",
)
@json_option
def command(path: Path | None, address: str, as_json: bool) -> None:
    """Make a link to the dashboard of a course. It lets in whoever opens it first, once.

    The course has to be served meanwhile, on this computer and in this account.
    """
    course = course_at(path)
    from foretrace_server.collect.pages.codes import VALID_SECONDS, Codes

    try:
        checked = checked_address(address)
    except ValueError as error:
        raise MissingError(str(error)) from error
    with about_course():
        code = Codes(course).make()
    link = f"{checked}/sign-in?{urlencode({'code': code})}"
    if as_json:
        print_json({"link": link, "code": code, "valid_seconds": VALID_SECONDS})
        return
    click.echo(
        f"{link}\nThe link is good once, for {VALID_SECONDS // 60} minutes. "
        f"Elsewhere than here, the code is {code}"
    )
