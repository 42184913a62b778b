"""`foretrace collect leave`: a person leaves a course, which erases what it has of them."""

from __future__ import annotations

import json
import time
from typing import Any

import click

from foretrace_server.commands.output import MissingError, json_option, print_json
from foretrace_server.commands.sending import PATIENCE_SECONDS, pushing
from foretrace_telemetry.home import Home
from foretrace_telemetry.locking import HeldError
from foretrace_telemetry.sending import courses
from foretrace_telemetry.sending.calling import printable
from foretrace_telemetry.sending.courses import Course, CoursesUnreadableError
from foretrace_telemetry.sending.pushing import Pushed, Pusher, Terms


@click.command("leave")
@click.argument("address", required=False)
@json_option
@click.pass_context
def command(context: click.Context, address: str | None, as_json: bool) -> None:
    """Leave a course: nothing more goes to it, and it is told to erase what it has of you.

    Exit code 1 where that could not be done yet.
    """
    home = Home.default()
    try:
        left = _leave(home, address)
        pushed = Pushed()
        if left.is_to_hear:
            with pushing():
                pushed = Pusher(home).push(Terms(at_once=True, patience_seconds=PATIENCE_SECONDS))
        (left,) = (each for each in courses.read_courses(home) if each.address == left.address)
    except (CoursesUnreadableError, HeldError, OSError) as error:
        raise MissingError(str(error)) from error
    trouble = pushed.troubles.get(left.address)
    if as_json:
        print_json({"address": left.address, "receipt": left.receipt, "trouble": trouble})
    else:
        click.echo(f"You left {left.name}. Nothing more goes to it.")
        click.echo(_words(left.receipt, trouble))
    context.exit(1 if left.is_to_hear else 0)


def _leave(home: Home, address: str | None) -> Course:
    known = courses.read_courses(home)
    joined = [each.address for each in known if each.is_joined]
    if address is None:
        if len(joined) != 1:
            joined = joined or [each.address for each in known if each.is_to_hear]
        if len(joined) != 1:
            raise MissingError(
                f"which course? You joined {', '.join(joined)}" if joined else "you joined none"
            )
        (address,) = joined
    try:
        return courses.leave(home, courses.checked_address(address), time.time_ns() // 1000)
    except ValueError as error:
        raise MissingError(str(error)) from error
    except KeyError:
        told = ", ".join(joined) or "none"
        raise MissingError(f"you did not join {address}; you joined {told}") from None


def _words(receipt: dict[str, Any] | None, trouble: str | None) -> str:
    if receipt is None:
        return (
            f"It has not erased what it has of you: {trouble}.\n"
            "An editor that is open tries again until it has, and so does "
            "`foretrace collect leave`."
        )
    told = [printable(f"  {key}: {json.dumps(value)}") for key, value in receipt.items()]
    return "\n".join(["It erased what it had of you. Its receipt:", *told])
