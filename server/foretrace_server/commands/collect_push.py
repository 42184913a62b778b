"""`foretrace collect push`: what waits goes to the courses now."""

from __future__ import annotations

import click
from attrs import asdict

from foretrace_server.commands.collect_status import report
from foretrace_server.commands.output import MissingError, counted, json_option, print_json
from foretrace_server.commands.sending import PATIENCE_SECONDS, check_may_send, pushing
from foretrace_telemetry.home import Home
from foretrace_telemetry.sending.pushing import Pusher, Terms


@click.command("push")
@json_option
@click.pass_context
def command(context: click.Context, as_json: bool) -> None:
    """Send all that waits, now, what was refused before included. An editor does so by itself.

    Exit code 1 where something could not be sent.
    """
    home = Home.default()
    check_may_send()
    with pushing():
        pushed = Pusher(home).push(Terms(at_once=True, patience_seconds=PATIENCE_SECONDS))
    told = report(home)
    if not told:
        raise MissingError("you joined no course; join one with foretrace collect join")
    waits = sum(course["waiting"] for course in told)
    if as_json:
        print_json({**asdict(pushed), "waiting": waits})
    else:
        click.echo(
            f"Sent: {counted(pushed.events, 'event')} in {counted(pushed.segments, 'segment')}. "
            f"Waiting: {counted(waits, 'event')}. Refused: {counted(pushed.refused, 'segment')}."
        )
        for address, trouble in pushed.troubles.items():
            click.echo(f"{address}: {trouble}")
    context.exit(1 if pushed.troubles or pushed.refused else 0)
