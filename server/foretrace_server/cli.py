"""The `foretrace` command: its groups, each brought in only when it is called.

Exit codes: 0 done; 1 what was asked for did not come out well (a replay that is not exact, no
fix); 2 the input was wrong or something needed is missing, and the message says what.
"""

from __future__ import annotations

import importlib

import click
from typing_extensions import override

from foretrace_server import __version__

_COMMANDS = {
    "analyse": "what people do, and simulated people beside them",
    "bench": "what is shipped, measured",
    "coder": "who somebody is, by what is recorded of them",
    "collect": "a class, and what its students record",
    "consent": "what may be recorded",
    "demo": "a student's session, from keystroke to fix",
    "doctor": "what works here and what is missing",
    "lsp": "the language server",
    "model": "the language model",
    "traces": "what was recorded",
    "train": "what is shipped, made anew",
}


class _Lazy(click.Group):
    """A group whose commands live in modules of their own: `lsp` must start fast."""

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(f"foretrace_server.commands.{cmd_name}")
        command: click.Command = module.command
        return command

    @override
    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="foretrace")
def main() -> None:
    """A proactive coding assistant that learns from how you edit, on your own machine."""
