"""`foretrace collect`: a class, what its students record, and what of yours goes to it."""

from __future__ import annotations

import click

from foretrace_server.commands import (
    collect_dashboard,
    collect_enrol,
    collect_erase,
    collect_export,
    collect_help,
    collect_init,
    collect_join,
    collect_leave,
    collect_policy,
    collect_push,
    collect_serve,
    collect_show,
    collect_status,
)


@click.group("collect")
def command() -> None:
    """A class: collect what its students record, with the consent of each, or join one."""


for each in (
    *(collect_init, collect_enrol, collect_policy, collect_help, collect_serve),
    *(collect_dashboard, collect_show, collect_export, collect_erase),
    *(collect_join, collect_leave, collect_push, collect_status),
):
    command.add_command(each.command)
