"""`foretrace analyse`: what people do, looked at, and simulated people beside them."""

from __future__ import annotations

import click

from foretrace_server.commands import analyse_gap, analyse_simulate


@click.group("analyse")
def command() -> None:
    """Look at what people do, and how simulated people differ from them."""


command.add_command(analyse_gap.command)
command.add_command(analyse_simulate.command)
