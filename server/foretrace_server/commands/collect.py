"""`foretrace collect`: a class whose work is collected, and what of yours goes to it."""

from __future__ import annotations

import click

from foretrace_server.commands import collect_join, collect_leave, collect_push, collect_status


@click.group("collect")
def command() -> None:
    """A class. What you record goes to its instructor, if you join and allow it."""


command.add_command(collect_join.command)
command.add_command(collect_leave.command)
command.add_command(collect_push.command)
command.add_command(collect_status.command)
