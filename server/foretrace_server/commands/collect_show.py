"""`foretrace collect show`: the class at a glance, in aggregates, on the terminal."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import click
from attrs import asdict

from foretrace_server.collect.insight.insight import Insight
from foretrace_server.collect.insight.told import (
    HIDDEN,
    AssignmentTold,
    Cell,
    ClassOverview,
    SectionTold,
)
from foretrace_server.commands.courses import about_course, course_at, path_option
from foretrace_server.commands.output import (
    MissingError,
    counted,
    harmless_line,
    json_option,
    print_json,
    when,
)
from foretrace_telemetry.session_writer import ForgottenError

_HIDDEN = "·"
_WIDEST_NAME = 32


@click.command("show")
@path_option
@json_option
def command(path: Path | None, as_json: bool) -> None:
    """Show the class at a glance: how far, how long, what errors, where people are stuck.

    Aggregates only, and nothing that would tell of fewer than five people.
    """
    course = course_at(path)
    with about_course():
        try:
            insight = Insight.open(course)
        except (ForgottenError, sqlite3.Error) as error:
            raise MissingError(f"what the course collected cannot be read now: {error}") from error
    overview, sections = insight.class_overview(), insight.sections()
    if as_json:
        print_json({**asdict(overview), "sections": [asdict(each) for each in sections]})
        return
    click.echo("\n".join(_lines(overview, sections)))


def _lines(overview: ClassOverview, sections: tuple[SectionTold, ...]) -> Iterator[str]:
    yield f"{overview.course}, as of {when(overview.as_of_wall_us)}"
    yield (
        f"{counted(overview.enrolled, 'student')} enrolled; sent something: "
        f"{_count(overview.people)}. A gap of more than "
        f"{counted(overview.idle_limit_seconds // 60, 'minute')} is no time on the task."
    )
    if (integrity := overview.integrity) is not None:
        share = integrity.replayable_share or 0.0
        yield (
            f"{counted(integrity.sessions, 'session')}, {counted(integrity.events, 'event')}, "
            f"{counted(integrity.gaps, 'gap')}, {counted(integrity.resyncs, 'resync')}; "
            f"{100 * share:.0f} % of the sessions replay exactly."
        )
    if overview.assignments:
        yield ""
        yield from _assignments(overview.assignments)
    if overview.other_assignments:
        yield f"Of fewer than five people, and not named: {overview.other_assignments}."
    if overview.errors:
        yield "\nErrors: people, times"
        for error in overview.errors:
            name = f"{_name(error.kind)} ({error.source.value})"
            yield f"  {name:<{_WIDEST_NAME}} {_count(error.people):>6} {_count(error.times):>7}"
    if overview.signs:
        yield "\nSigns of being stuck, which are guesses: people, times"
        for sign in overview.signs:
            yield (
                f"  {sign.kind.value:<{_WIDEST_NAME}} {_count(sign.people):>6} "
                f"{_count(sign.times):>7}  {sign.words}"
            )
    if sections:
        yield "\nSections: enrolled, sent something"
        for section in sections:
            name = _name(section.section or "(none)")
            yield (
                f"  {name:<{_WIDEST_NAME}} {_count(section.enrolled):>6} "
                f"{_count(section.people):>7}"
            )
    yield f"\n{_HIDDEN} is {HIDDEN}."


def _assignments(assignments: tuple[AssignmentTold, ...]) -> Iterator[str]:
    head = ("people", "tested", "passed", "stuck", "median minutes")
    yield f"{'Assignment':<{_WIDEST_NAME + 2}} " + " ".join(f"{word:>6}" for word in head)
    for each in assignments:
        cells = (each.people, each.tested, each.passed, each.stuck)
        minutes = each.time_seconds.median.value
        shown = _HIDDEN if minutes is None else f"{minutes / 60:.0f}"
        yield (
            f"  {_name(each.assignment):<{_WIDEST_NAME}} "
            + " ".join(f"{_count(cell):>6}" for cell in cells)
            + f" {shown:>14}"
        )


def _name(name: str) -> str:
    """Return a name that somebody else chose, without what would command a terminal."""
    safe = harmless_line(name)
    return safe if len(safe) <= _WIDEST_NAME else f"{safe[: _WIDEST_NAME - 1]}…"


def _count(cell: Cell) -> str:
    return _HIDDEN if cell.value is None else f"{cell.value:,.0f}"
