"""`foretrace collect join`: a person joins a course, and is told first what that means."""

from __future__ import annotations

import os
import sys
import time
from datetime import datetime, timezone
from pathlib import Path

import click

from foretrace_server.commands.course_policy import policy_report, report_words
from foretrace_server.commands.output import MissingError, json_option, print_json
from foretrace_server.policy.signed import is_key
from foretrace_telemetry import consent
from foretrace_telemetry.consent import Scope
from foretrace_telemetry.home import Home
from foretrace_telemetry.locking import HeldError
from foretrace_telemetry.machine_policy import read_machine_policy
from foretrace_telemetry.sending import courses
from foretrace_telemetry.sending.calling import Answer, Line, UnreachableError, printable
from foretrace_telemetry.sending.courses import Course, CoursesUnreadableError
from foretrace_telemetry.sending.pushing import COURSE, SESSIONS

_TOKEN_VARIABLE = "FORETRACE_COURSE_TOKEN"  # noqa: S105 - the name of one
_TIMEOUT_SECONDS = 15.0
_MOST_NOTICE_CHARACTERS = 20_000


@click.command("join")
@click.argument("address")
@click.option(
    "--token-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file with the token that you got from the course.",
)
@json_option
def command(address: str, token_file: Path | None, as_json: bool) -> None:
    """Join the course at an address. Prints what it tells you, and does not ask.

    Without --token-file the token is that of FORETRACE_COURSE_TOKEN, else the first line of
    standard input.
    """
    home = Home.default()
    try:
        address = courses.checked_address(address)
        token = courses.checked_token(_token(token_file))
    except ValueError as error:
        raise MissingError(str(error)) from error
    line = Line(address, token)
    name, notice, key = _told(address, line)
    click.echo(f"{name}\n\n{notice}\n", err=as_json)
    _check_consent(home)
    course = Course(address, name, token, time.time_ns() // 1000, notice, key)
    try:
        before = [each.key for each in courses.read_courses(home) if each.address == address]
        courses.join(home, course)
    except (CoursesUnreadableError, HeldError) as error:
        raise MissingError(str(error)) from error
    except OSError as error:
        raise MissingError(f"{home.courses} cannot be written: {error.strerror}") from error
    policy = policy_report(home, course, line, _TIMEOUT_SECONDS)
    if as_json:
        print_json({"address": address, "course": name, "notice": notice, "policy": policy})
        return
    click.echo(
        f"You joined {name}. What is recorded from now on goes to {address} while an editor is "
        "open.\n"
        "`foretrace collect status` tells how far it is, `foretrace collect leave` ends it and "
        "has it erased there."
    )
    if before and before[0] not in ("", key):
        click.echo("Its key is another one than when you joined before: ask your instructor why.")
    if words := report_words(policy):
        click.echo(words)


def _token(file: Path | None) -> str:
    if file is not None:
        try:
            return file.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise MissingError(f"{file} cannot be read: {error}") from error
    if token := os.environ.get(_TOKEN_VARIABLE):
        return token
    if sys.stdin.isatty():
        token = click.prompt("Token", hide_input=True, err=True)
    else:
        token = sys.stdin.readline()
    return str(token)


def _told(address: str, line: Line) -> tuple[str, str, str]:
    """Return the name of a course, what it tells those who join, and its key if it has one.

    Raises:
        MissingError: it is no course, or does not know the token.
    """
    try:
        course = line.ask("GET", COURSE, _TIMEOUT_SECONDS)
        known = line.ask("GET", SESSIONS, _TIMEOUT_SECONDS)
    except UnreachableError as error:
        raise MissingError(str(error)) from error
    name, notice = course.value.get("course"), course.value.get("notice")
    if course.status != 200 or not isinstance(name, str) or not isinstance(notice, str):
        raise MissingError(f"{address} is no course of Foretrace: {_said(course)}")
    if known.status == 401:
        raise MissingError("the course does not know this token; ask your instructor for yours")
    if known.status != 200:
        raise MissingError(f"the course does not let you join: {known.reason}")
    if len(notice) > _MOST_NOTICE_CHARACTERS:
        raise MissingError("what the course tells those who join is too long to be read")
    key = course.value.get("key")
    told_key = str(key) if is_key(key) else ""
    return printable(" ".join(name.split())), printable(notice.strip()), told_key


def _said(answer: Answer) -> str:
    return "it answers something else" if answer.status == 200 else answer.reason


def _check_consent(home: Home) -> None:
    """Refuse to join where nothing may be sent.

    Raises:
        MissingError: the scope is missing.
    """
    holds = consent.read_consent(home, datetime.now(timezone.utc))
    if holds.content is not None and Scope.INSTRUCTOR in holds.scopes:
        return
    policy = read_machine_policy()
    if not policy.may_record:
        raise MissingError(f"you did not join: {policy.recording_words}")
    content = (holds.content or consent.allowed_contents(policy)[0]).value
    raise MissingError(
        "you did not join: your consent does not cover sending what is recorded to an instructor. "
        "If you agree to what the course tells, allow it and join again:\n"
        f"    foretrace consent grant --scope instructor --content {content}"
    )
