"""`foretrace collect help`: what students of a course share, offered to all of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from foretrace_models.repair.assignment import (
    FILE_NAME,
    Assignment,
    AssignmentError,
    parse_assignment,
)
from foretrace_models.repair.class_help import Offered, offered_json
from foretrace_models.repair.mining.shared import LEAST_AUTHORS, Mined
from foretrace_models.repair.sandbox.process import SandboxError
from foretrace_server.collect import helping
from foretrace_server.commands.courses import about_course, course_at, path_option
from foretrace_server.commands.output import (
    MissingError,
    counted,
    harmless,
    harmless_line,
    json_option,
    print_json,
    when,
)
from foretrace_telemetry.class_help import HelpRefusedError
from foretrace_telemetry.home import Home
from foretrace_telemetry.session_writer import ForgottenError
from foretrace_telemetry.store import NoTracesError, UnreadableEventError


@click.command("help")
@click.argument("assignments", nargs=-1, type=click.Path(exists=True, path_type=Path))
@path_option
@click.option(
    "--take-back", metavar="ID", help="An assignment for which nothing is offered any more."
)
@json_option
def command(
    assignments: tuple[Path, ...], path: Path | None, take_back: str | None, as_json: bool
) -> None:
    """Mine edits that students share, and offer them to the class.

    ASSIGNMENTS are assignment files, or folders that are searched for them. Without any, tells what
    is offered.
    """
    home = course_at(path).home
    if take_back is not None and assignments:
        raise click.UsageError("--take-back goes with no ASSIGNMENTS")
    found = _assignments(assignments)
    with _about_help():
        if take_back is not None:
            was = helping.take_back(home, take_back)
            _say({"taken_back": was}, _taken_back(take_back, was), as_json)
        elif found:
            _publish(home, found, as_json)
        else:
            _show(helping.published(home), as_json)


def _publish(home: Home, assignments: list[Assignment], as_json: bool) -> None:
    rows = {}
    for assignment in assignments:
        name = harmless_line(assignment.id)

        def tell(line: str, name: str = name) -> None:
            click.echo(f"{name}: {line}", err=True)

        mined = helping.publish(home, assignment, tell)
        rows[assignment.id] = {
            "students": mined.authors,
            "edits": mined.edits,
            "rules": len(mined.rules),
        }
        if not as_json:
            click.echo(_published(name, mined))
    if as_json:
        print_json({"least_students": LEAST_AUTHORS, "assignments": rows})


def _published(name: str, mined: Mined) -> str:
    what = f"{counted(mined.edits, 'edit')} that mend, by {counted(mined.authors, 'student')}"
    if not mined.rules:
        return f"{name}: {what}; none that {LEAST_AUTHORS} share helps others: nothing is offered"
    return f"{name}: {what}; {counted(len(mined.rules), 'rule')} offered"


def _show(offered: dict[str, Offered], as_json: bool) -> None:
    words = []
    for name, each in sorted(offered.items()):
        words.append(f"{name}, mined {when(each.made_wall_us)}:")
        words += [f"  {_line(rule.before)}  ->  {_line(rule.after)}" for rule in each.rules]
    value = {name: offered_json(each) for name, each in sorted(offered.items())}
    _say({"assignments": value}, "\n".join(words) or "Nothing is offered.", as_json)


def _line(template: str) -> str:
    return harmless_line(template) or "(nothing)"


def _taken_back(name: str, was: bool) -> str:
    if was:
        return f"Nothing is offered for {name} any more. Laptops drop it when they next ask."
    return f"Nothing was offered for {name}."


def _say(value: dict[str, Any], words: str, as_json: bool) -> None:
    if as_json:
        print_json(value)
    else:
        click.echo(harmless(words))


def _assignments(paths: tuple[Path, ...]) -> list[Assignment]:
    """Return the assignments of some files and folders.

    Raises:
        MissingError: one cannot be read, has no id or no test, or two have the same id.
    """
    found: dict[str, Assignment] = {}
    for path in paths:
        files = sorted(path.rglob(FILE_NAME)) if path.is_dir() else [path]
        if not files:
            raise MissingError(f"{path} has no {FILE_NAME} in it")
        for file in files:
            assignment = _assignment(file)
            if assignment.id in found:
                raise MissingError(f"{file}: another file has the id {assignment.id!r}, too")
            found[assignment.id] = assignment
    return list(found.values())


def _assignment(file: Path) -> Assignment:
    try:
        assignment = parse_assignment(file.read_text("utf-8"), default_id="")
    except UnicodeDecodeError as error:
        raise MissingError(f"{file} is not UTF-8") from error
    except AssignmentError as error:
        raise MissingError(f"{file}:{error.line + 1}: {error}") from error
    if not assignment.id:
        raise MissingError(f"{file} has no id: by it laptops know which assignment help is for")
    if not assignment.tests:
        raise MissingError(f"{file} has no test: by tests it is known what mends a program")
    return assignment


@contextmanager
def _about_help() -> Iterator[None]:
    """Turn what can go wrong with mining into a message."""
    try:
        with about_course():
            yield
    except NoTracesError as error:
        raise MissingError("the course has collected nothing yet") from error
    except ForgottenError as error:
        raise MissingError(
            "somebody's work was erased meanwhile, so nothing was published; mine again"
        ) from error
    except HelpRefusedError as error:
        raise MissingError(
            f"what would be offered is too large: {error}; take back what is over"
        ) from error
    except UnreadableEventError as error:
        raise MissingError(f"what was collected cannot be read: {error}") from error
    except SandboxError as error:
        raise MissingError(
            f"programs cannot be run here, and none is run without: {error}"
        ) from error
    except sqlite3.Error as error:
        raise MissingError(f"the course's database cannot be used: {error}") from error
