"""`foretrace traces doctor`: what is wrong with what was recorded, and what to do about it."""

from __future__ import annotations

from datetime import datetime, timezone

import click

from foretrace_server.commands.output import json_option, print_findings
from foretrace_telemetry.examine import examine
from foretrace_telemetry.home import Home


@click.command("doctor")
@json_option
@click.pass_context
def command(context: click.Context, as_json: bool) -> None:
    """Say what is wrong with what was recorded, and what to do. Exit code 1 if something is.

    Every session is replayed, so this takes a while where there are many. Nothing is changed.
    """
    findings = examine(Home.default(), datetime.now(timezone.utc))
    context.exit(0 if print_findings(findings, as_json) else 1)
