"""`foretrace collect`: what a class recorded, in one place."""

from __future__ import annotations

import click

from foretrace_server.commands import (
    collect_enrol,
    collect_export,
    collect_init,
    collect_serve,
)


@click.group("collect")
def command() -> None:
    """Collect what a class records, with the consent of each."""


command.add_command(collect_init.command)
command.add_command(collect_enrol.command)
command.add_command(collect_serve.command)
command.add_command(collect_export.command)
