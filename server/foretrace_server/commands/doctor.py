"""`foretrace doctor`: what works here, what does not, and what to do about it."""

from __future__ import annotations

import platform
import sys
import tempfile
from datetime import datetime, timezone
from pathlib import Path

import click

from foretrace_models.catalogue import describe
from foretrace_models.repair.sandbox.process import SandboxError
from foretrace_models.repair.sandbox.runner import Sandbox
from foretrace_models.trace_model.card import describe_shipped
from foretrace_server import __version__
from foretrace_server.commands.output import json_option, print_findings
from foretrace_server.policy.words import machine_words
from foretrace_telemetry import examine
from foretrace_telemetry.examine import Finding
from foretrace_telemetry.home import Home
from foretrace_telemetry.machine_policy import PATH, read_machine_policy, writable_by_others


@click.command("doctor")
@json_option
@click.pass_context
def command(context: click.Context, as_json: bool) -> None:
    """Say what works here and what is missing. Exit code 1 if something needs doing."""
    home = Home.default()
    about = f"{__version__}, Python {platform.python_version()}, {sys.executable}"
    findings = [
        Finding("foretrace", True, about),
        _policy(),
        examine.folder(home),
        examine.consent(home, datetime.now(timezone.utc)),
        examine.database(home),
        _boundary(),
        _model(home),
        _trace_model(),
    ]
    context.exit(0 if print_findings(findings, as_json) else 1)


def _policy() -> Finding:
    policy = read_machine_policy()
    if policy.trouble is not None:
        advice = "until it is mended nothing is recorded or sent, and there is no help"
        return Finding("policy", False, f"{policy.trouble}; {advice}")
    if (open_path := writable_by_others()) is not None:
        advice = "have root own it, and nobody else write it (chown root, chmod go-w)"
        words = f"{open_path} can be changed by others than the administrator"
        return Finding("policy", False, f"{words}; {advice}")
    words = machine_words(policy) or f"this machine has none ({PATH})"
    return Finding("policy", True, words)


def _boundary() -> Finding:
    with tempfile.TemporaryDirectory() as folder:
        try:
            with Sandbox(Path(folder)) as sandbox:
                return Finding("boundary", True, f"programs are checked behind {sandbox.boundary}")
        except SandboxError as error:
            advice = "programs are run to check fixes only on your explicit request"
            return Finding("boundary", False, f"{error}; {advice}")


def _model(home: Home) -> Finding:
    found = describe(home)
    if found["available"]:
        return Finding("model", True, f"{found['name']} proposes fixes beside the rules")
    # Going without a model is fine, but one that was fetched should serve.
    message = f"no language model proposes fixes; {found['reason']}"
    return Finding("model", found["name"] is None, message)


def _trace_model() -> Finding:
    found = describe_shipped()
    if found["available"]:
        return Finding("trace model", True, "it proposes fixes for the exercises that it knows")
    # Going without torch is fine, but what is shipped should be whole.
    message = f"it proposes no fixes; {found['reason']}"
    return Finding("trace model", found["name"] is not None, message)
