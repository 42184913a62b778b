"""`foretrace consent`: look at, give and take back the permission to record."""

from __future__ import annotations

from datetime import datetime, timezone

import click

from foretrace_server.commands.output import json_option, print_json, writing_decision
from foretrace_telemetry import consent
from foretrace_telemetry.consent import Action, Content, Scope
from foretrace_telemetry.home import Home

_DECIDED_BY = "command line"

scope_option = click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice([scope.value for scope in Scope]),
    help="What it is for; may be given several times. [default: local]",
)


@click.group("consent")
def command() -> None:
    """What may be recorded. Nothing is, until you allow it."""


@command.command()
@json_option
def show(as_json: bool) -> None:
    """Show what holds now."""
    _show(Home.default(), as_json)


@command.command()
@scope_option
@click.option(
    "--content",
    type=click.Choice([content.value for content in Content]),
    default=Content.METADATA.value,
    show_default=True,
    help="full: the text too, so that work can be replayed; metadata: when and how much.",
)
@json_option
def grant(scopes: tuple[str, ...], content: str, as_json: bool) -> None:
    """Allow recording. Prints the notice that you agree to, and does not ask."""
    home, now = Home.default(), datetime.now(timezone.utc)
    click.echo(consent.notice(home, now), err=as_json)
    with writing_decision(home):
        consent.grant(home, map(Scope, scopes), Content(content), _DECIDED_BY, now)
    _show(home, as_json)


@command.command()
@scope_option
@json_option
def withdraw(scopes: tuple[str, ...], as_json: bool) -> None:
    """Take the permission back, or that for some scopes. What was recorded stays."""
    home, now = Home.default(), datetime.now(timezone.utc)
    with writing_decision(home):
        consent.decide(home, Action.WITHDRAW, _DECIDED_BY, now, map(Scope, scopes))
    _show(home, as_json)


def _show(home: Home, as_json: bool) -> None:
    holds = consent.read_consent(home, datetime.now(timezone.utc))
    if as_json:
        print_json(consent.to_json(holds))
        return
    if holds.content is None:
        click.echo(f"Nothing is recorded: {holds.reason}.")
        return
    scopes = ", ".join(scope.value for scope in Scope if scope in holds.scopes)
    click.echo(f"Recording {'is paused' if holds.paused else 'is allowed'}: {holds.reason}.")
    click.echo(f"Content: {holds.content.value}. Scopes: {scopes}. Folder: {home.path}.")
    if holds.expires_at is not None:
        click.echo(f"The permission ends on {holds.expires_at:%Y-%m-%d}.")
