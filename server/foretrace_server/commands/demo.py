"""`foretrace demo`: from a keystroke to a fix, through the real server, in a folder of its own."""

from __future__ import annotations

import asyncio
import tempfile
import time
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import click

from foretrace_server.commands.output import json_option, print_json
from foretrace_server.demo.player import Outcome, play
from foretrace_server.demo.script import Script, load_script
from foretrace_telemetry.consent import Content, Scope, grant
from foretrace_telemetry.home import Home

_COLOURS: dict[str, dict[str, Any]] = {
    "say": {"bold": True},
    "edit": {"fg": "blue"},
    "move": {"dim": True},
    "save": {"dim": True},
    "run": {"fg": "magenta"},
    "intent": {"fg": "yellow"},
    "fix": {"fg": "green", "bold": True},
}


@click.command("demo")
@json_option
@click.pass_context
def command(context: click.Context, as_json: bool) -> None:
    """Play a student's session: events, intents, a verified fix, and what was recorded.

    Everything lies in a temporary folder that is removed at the end. Exit code 1 if no verified
    fix was found or replay was not exact.
    """
    script = load_script()
    with tempfile.TemporaryDirectory(prefix="foretrace-demo-") as folder:
        outcome = _play(script, Path(folder).resolve(), as_json)
        verified = outcome.fix is not None and outcome.runs_after == "it runs"
        exact = outcome.replay.exact and outcome.text in outcome.replay.texts.values()
        if as_json:
            print_json(_to_json(outcome, verified, exact))
        else:
            _show(outcome, exact)
    context.exit(0 if verified and exact else 1)


def _play(script: Script, folder: Path, quiet: bool) -> Outcome:
    home, workspace = Home(folder / "home"), folder / "workspace"
    workspace.mkdir()
    grant(home, [Scope.LOCAL], Content.FULL, "demo", datetime.now(timezone.utc))
    started = time.monotonic()

    def tell(kind: str, words: str) -> None:
        if not quiet:
            seconds = click.style(f"{time.monotonic() - started:6.1f} s", dim=True)
            label = click.style(f"{kind if kind != 'say' else '':>6}", **_COLOURS[kind])
            click.echo(f"{seconds}  {label}  {click.style(words, **_COLOURS[kind])}")

    return asyncio.run(play(script, home, workspace, tell))


def _to_json(outcome: Outcome, verified: bool, exact: bool) -> dict[str, Any]:
    data: Any = outcome.fix.data if outcome.fix is not None else {}
    return {
        "events": outcome.events,
        "replay_exact": exact,
        "intents": outcome.intents,
        "fix": {
            "verified": verified,
            "tests_passed": data.get("testsPassed", 0),
            "diff": data.get("diff", ""),
        },
    }


def _show(outcome: Outcome, exact: bool) -> None:
    if outcome.fix is not None:
        click.echo()
        data: Any = outcome.fix.data
        for line in data["diff"].splitlines():
            colour = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1])
            click.echo(f"    {click.style(line, fg=colour)}")
        passed = click.style(f"{data['testsPassed']} of {data['tests']} tests pass", fg="green")
        click.echo(f"    {passed}; the rest of the file is as it was, byte for byte.")
    click.echo()
    click.secho(f"In SQLite: {outcome.events} events, {outcome.bytes / 1000:.0f} kB", bold=True)
    for kind, count in sorted(outcome.kinds.items(), key=lambda item: -item[1]):
        click.echo(f"    {count:5} {kind}")
    verdict = "exact" if exact else "NOT exact"
    click.echo(
        f"    Replaying them gives the text back: {verdict} "
        f"({outcome.replay.saves_checked} saves checked)."
    )
