"""Courses as commands find them: in the folder that is named, or the only one here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from foretrace_server.collect.course import Course, CourseError, find
from foretrace_server.commands.output import MissingError

path_option = click.option(
    "--path", type=click.Path(path_type=Path), help="The folder of the course."
)


@contextmanager
def about_course() -> Iterator[None]:
    """Turn what is wrong with a course, or its folder, into a message."""
    try:
        yield
    except CourseError as error:
        raise MissingError(str(error)) from error
    except OSError as error:
        raise MissingError(f"the folder of the course cannot be used: {error}") from error


def course_at(path: Path | None) -> Course:
    """Return the course in a folder; where none is named, the only one here.

    Raises:
        MissingError: there is none, or more than one.
    """
    with about_course():
        return find(path)
