"""`foretrace collect policy`: how much help a course allows, told to its students."""

from __future__ import annotations

import time
from pathlib import Path

import click

from foretrace_server.collect.course import Course
from foretrace_server.commands.courses import about_course, course_at, path_option
from foretrace_server.commands.output import MissingError, json_option, print_json, when
from foretrace_server.policy.publishing import Published, public_key, publish, published
from foretrace_server.policy.reading import CoursePolicy, PolicyError
from foretrace_server.policy.signed import key_words
from foretrace_server.policy.words import policy_words
from foretrace_telemetry.locking import HeldError


@click.command("policy")
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
@path_option
@json_option
def command(file: Path | None, path: Path | None, as_json: bool) -> None:
    """Publish the policy in FILE for the students of a course; without FILE, show what holds."""
    course = course_at(path)
    with about_course():
        newest = _published(course, file) if file is not None else _newest(course)
        key = public_key(course)
    words = policy_words(newest.policy if newest else CoursePolicy(), time.time_ns() // 1000)
    if as_json:
        print_json(
            {
                "course": course.name,
                "number": newest.number if newest else 0,
                "published_wall_us": newest.published_wall_us if newest else None,
                "key": key,
                "words": words,
            }
        )
        return
    told = (
        f"Policy {newest.number}, published {when(newest.published_wall_us)}"
        if newest
        else ("No policy was published")
    )
    click.echo("\n".join([f"{course.name}. {told}; the key is {key_words(key)}.", "", *words]))
    if file is not None:
        click.echo(
            "\nLaptops that are online have it within a minute or two. Others keep to the one that "
            "they have."
        )


def _newest(course: Course) -> Published | None:
    found = published(course)
    return found[-1] if found else None


def _published(course: Course, file: Path) -> Published:
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise MissingError(f"{file} cannot be read: {error.strerror}") from error
    try:
        return publish(course, raw)
    except PolicyError as error:
        raise MissingError(f"{file} was not published: {error}") from error
    except HeldError as error:
        raise MissingError(f"{error}; try again in a moment") from error
