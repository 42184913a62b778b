"""`foretrace doctor`: what works here, what does not, and what to do about it."""

from __future__ import annotations

import platform
import sqlite3
import sys
import tempfile
from contextlib import closing
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import click

from foretrace_models.catalogue import describe
from foretrace_models.repair.sandbox.runner import Sandbox, SandboxError
from foretrace_server import __version__
from foretrace_server.commands.output import json_option, print_json
from foretrace_telemetry import consent
from foretrace_telemetry.home import Home
from foretrace_telemetry.store import NoTracesError, Store


@click.command("doctor")
@json_option
@click.pass_context
def command(context: click.Context, as_json: bool) -> None:
    """Say what works here and what is missing. Exit code 1 if something needs doing."""
    home = Home.default()
    findings = [
        ("foretrace", True, f"{__version__}, Python {platform.python_version()}, {sys.executable}"),
        _folder(home),
        _consent(home),
        _database(home),
        _boundary(),
        _model(home),
    ]
    if as_json:
        print_json({name: {"ok": ok, "message": message} for name, ok, message in findings})
    else:
        for name, ok, message in findings:
            mark = click.style("ok  ", fg="green") if ok else click.style("LOOK", fg="yellow")
            click.echo(f"{mark} {name}: {message}")
    context.exit(0 if all(ok for _, ok, _ in findings) else 1)


def _folder(home: Home) -> tuple[str, bool, str]:
    place = home.path if home.path.exists() else _nearest_existing(home.path)
    try:
        with tempfile.TemporaryFile(dir=place):
            pass
    except OSError as error:
        advice = "name another folder with FORETRACE_HOME"
        return "folder", False, f"{home.path} cannot be written: {error.strerror}; {advice}"
    made = "" if home.path.exists() else " (made when first needed)"
    return "folder", True, f"{home.path}{made}"


def _nearest_existing(path: Path) -> Path:
    return next(parent for parent in path.parents if parent.exists())


def _consent(home: Home) -> tuple[str, bool, str]:
    holds = consent.read_consent(home, datetime.now(timezone.utc))
    words: Any = holds.content.value if holds.content else "nothing is recorded"
    return "consent", "cannot be read" not in holds.reason, f"{words}: {holds.reason}"


def _database(home: Home) -> tuple[str, bool, str]:
    try:
        with closing(Store.read(home)) as store:
            problem = store.check()
    except NoTracesError:
        return "database", True, "there is none yet"
    except (OSError, sqlite3.OperationalError) as error:
        return "database", False, f"{home.traces} cannot be opened: {error}"
    except sqlite3.DatabaseError as error:
        problem = str(error)
    if problem is None:
        return "database", True, f"{home.traces} is sound"
    advice = "an editor that records sets it aside and begins a new one"
    return "database", False, f"{home.traces} is damaged ({problem}); {advice}"


def _boundary() -> tuple[str, bool, str]:
    with tempfile.TemporaryDirectory() as folder:
        try:
            with Sandbox(Path(folder)) as sandbox:
                return "boundary", True, f"programs are checked behind {sandbox.boundary}"
        except SandboxError as error:
            advice = "programs are run to check fixes only on your explicit request"
            return "boundary", False, f"{error}; {advice}"


def _model(home: Home) -> tuple[str, bool, str]:
    found = describe(home)
    if found["available"]:
        return "model", True, f"{found['name']} proposes fixes beside the rules"
    # Going without a model is fine, but one that was fetched should serve.
    return "model", found["name"] is None, f"fixes come from rules alone; {found['reason']}"
