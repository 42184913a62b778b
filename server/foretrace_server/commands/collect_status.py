"""`foretrace collect status`: what went to each course, what waits, what is wrong, who looked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import click
from attrs import asdict

from foretrace_server.commands.course_policy import policy_report, report_words
from foretrace_server.commands.output import counted, json_option, print_json, when
from foretrace_server.commands.sending import pushing
from foretrace_telemetry.home import Home
from foretrace_telemetry.machine_policy import read_machine_policy
from foretrace_telemetry.sending.calling import Line, UnreachableError, printable
from foretrace_telemetry.sending.courses import Course, read_courses
from foretrace_telemetry.sending.looked import looks_at_me
from foretrace_telemetry.sending.outbox import Outbox
from foretrace_telemetry.sending.pushing import may_send
from foretrace_telemetry.store import NoTracesError, Store

# What is here is told soon, even if a course is not reached.
_TIMEOUT_SECONDS = 5.0
_MOST_LOOKS = 10


@click.command("status")
@json_option
@click.pass_context
def command(context: click.Context, as_json: bool) -> None:
    """Show what went to the courses that you joined, what waits, and who looked at it there.

    Exit code 1 if something cannot go.
    """
    home = Home.default()
    told = report(home)
    with pushing():
        for course, each in zip(read_courses(home), told, strict=True):
            each["policy"] = _policy(home, course)
            if course.is_joined:
                each.update(_looks(course))
    if as_json:
        print_json({"courses": told})
    elif not told:
        click.echo("You joined no course. Nothing is sent anywhere.")
    else:
        click.echo("\n\n".join(map(_words, told)))
    context.exit(1 if any(each["trouble"] or each["refused"] for each in told) else 0)


def _policy(home: Home, course: Course) -> dict[str, Any] | None:
    """Return the policy of a course that is joined, as it is now if the course answers."""
    if not course.is_joined:
        return None
    return policy_report(home, course, Line(course.address, course.token), _TIMEOUT_SECONDS)


def report(home: Home) -> list[dict[str, Any]]:
    """Return how it stands with each course.

    Raises:
        MissingError: it cannot be read.
    """
    with pushing():
        courses = read_courses(home)
        coverage = may_send(home)
        since_wall_us = coverage.begins_wall_us if coverage is not None else None
        try:
            store = Store.read(home)
        except NoTracesError:
            return [_of(course, None, since_wall_us) for course in courses]
        with closing(store):
            # Made by an older version, it has no outbox, and nothing was sent.
            known = store.db["outbox"].exists()
            return [
                _of(each, Outbox(store.db, each.address) if known else None, since_wall_us)
                for each in courses
            ]


def _of(course: Course, outbox: Outbox | None, begins_wall_us: int | None) -> dict[str, Any]:
    found: dict[str, Any] = {
        "address": course.address,
        "course": course.name,
        "joined_wall_us": course.joined_wall_us,
        "left_wall_us": course.left_wall_us,
        "receipt": course.receipt,
        "allowed": begins_wall_us is not None,
        "forbidden": read_machine_policy().unsent_words,
        "sent_sessions": 0,
        "sent": 0,
        "waiting": 0,
        "oldest_wall_us": None,
        "trouble": None,
        "failures": 0,
        "retry_wall_us": None,
        "refused": [],
        "forgotten_here": [],
        "forgotten_there": [],
        "looks": None,
        "looks_trouble": None,
    }
    if outbox is None:
        return found
    if course.is_joined:
        since_wall_us = max(begins_wall_us or 0, course.joined_wall_us)
        waiting = list(outbox.waiting(since_wall_us))
        found["waiting"] = sum(each.events for each in waiting)
        found["oldest_wall_us"] = min((each.oldest_wall_us for each in waiting), default=None)
    found["sent_sessions"], found["sent"] = outbox.sent()
    if (trouble := outbox.trouble()) is not None:
        found["trouble"] = trouble.reason
        found["failures"] = trouble.failures
        found["retry_wall_us"] = trouble.retry_wall_us
    found["refused"] = [asdict(each) for each in outbox.refused()]
    if (untold := outbox.untold) is not None:
        found["forgotten_here"] = [each.session for each in untold.all()]
        found["forgotten_there"] = untold.receipts()
    return found


def _looks(course: Course) -> dict[str, Any]:
    try:
        looks = [{**asdict(each), "words": each.words} for each in looks_at_me(course)]
        return {"looks": looks, "looks_trouble": None}
    except UnreachableError as error:
        return {"looks": None, "looks_trouble": str(error)}


def _words(told: dict[str, Any]) -> str:
    lines = [f"{told['course']} ({told['address']})", _state(told)]
    if told["left_wall_us"] is None or told["sent"]:
        sessions = counted(told["sent_sessions"], "session")
        lines.append(f"Sent: {counted(told['sent'], 'event')} of {sessions}.")
    if told["left_wall_us"] is None:
        since = f", the oldest of {when(told['oldest_wall_us'])}" if told["waiting"] else ""
        lines.append(f"Waiting: {counted(told['waiting'], 'event')}{since}.")
    if told["trouble"]:
        again = f"tried {counted(told['failures'], 'time')}, next after"
        lines.append(f"Trouble: {told['trouble']} ({again} {when(told['retry_wall_us'])}).")
    lines.extend(
        f"Refused: events {each['first']} to {each['last']} of {each['session']}, and what "
        f"follows waits: {each['reason']}. `foretrace collect push` offers them again."
        for each in told["refused"]
    )
    if told["policy"] is not None and (words := report_words(told["policy"])):
        lines.append(words.replace("\n", "\n  "))
    if told["forgotten_here"]:
        names = ", ".join(told["forgotten_here"])
        lines.append(
            f"Forgotten here, and not yet in all bytes there: something of {names}. An editor that "
            "is open has it erased, or `foretrace collect push`."
        )
    if told["forgotten_there"]:
        sessions = counted(len(told["forgotten_there"]), "session")
        lines.append(f"Forgotten there as here: something of {sessions}.")
        made = {each["made_wall_us"] for r in told["forgotten_there"] for each in r["exports"]}
        lines.extend(
            f"An export that the course made {when(moment)} may still hold it."
            for moment in sorted(made)
        )
    return "\n  ".join([*lines, *_looked(told)])


def _looked(told: dict[str, Any]) -> Iterator[str]:
    if told["looks_trouble"]:
        yield f"Who opened your work is not known now: {printable(told['looks_trouble'])}."
    looks = told["looks"] or []
    for look in looks[:_MOST_LOOKS]:
        purpose = printable(" ".join(look["purpose"].split()))
        yield f"Your instructor opened {look['words']} at {when(look['looked_wall_us'])}: {purpose}"
    if (more := len(looks) - _MOST_LOOKS) > 0:
        yield f"And {counted(more, 'time')} before; --json has all."


def _state(told: dict[str, Any]) -> str:
    joined = f"Joined {when(told['joined_wall_us'])}."
    if told["left_wall_us"] is not None:
        left = f"{joined} Left {when(told['left_wall_us'])}; "
        return left + (
            "it erased what it had." if told["receipt"] else "it has not erased yet what it has."
        )
    if told["forbidden"] is not None:
        return f"{joined} Nothing is sent: {told['forbidden']}."
    if not told["allowed"]:
        return f"{joined} Nothing is sent: you do not allow it now; see `foretrace consent show`."
    return joined
