"""`foretrace consent`: look at, give and take back the permission to record."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import click

from foretrace_server.commands import traces_forget
from foretrace_server.commands.output import counted, json_option, print_json, writing_decision
from foretrace_telemetry import consent
from foretrace_telemetry.consent import Action, Content, Scope
from foretrace_telemetry.erase import Selection
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
@click.option(
    "--days",
    type=click.IntRange(1, consent.VALIDITY.days),
    default=consent.VALIDITY.days,
    show_default=True,
    help="When the permission ends.",
)
@click.option(
    "--keep-days",
    type=click.IntRange(1, 36_500),
    help="How long sessions are kept after their last event. [default: as before, or for good]",
)
@json_option
def grant(
    scopes: tuple[str, ...], content: str, days: int, keep_days: int | None, as_json: bool
) -> None:
    """Allow recording. Prints the notice that you agree to, and does not ask."""
    home, now = Home.default(), datetime.now(timezone.utc)
    validity = timedelta(days=days)
    notice = consent.notice(home, now, validity, keep_days)
    with writing_decision(home):
        consent.grant(
            home, map(Scope, scopes), Content(content), _DECIDED_BY, now, validity, keep_days
        )
    click.echo(notice, err=as_json)
    _show(home, as_json)


@command.command()
@scope_option
@click.option("--erase", is_flag=True, help="Also erase everything that was recorded.")
@traces_forget.yes_option
@json_option
def withdraw(scopes: tuple[str, ...], erase: bool, yes: bool, as_json: bool) -> None:
    """Take the permission back, or that for some scopes. What was recorded stays."""
    home, now = Home.default(), datetime.now(timezone.utc)
    if erase and scopes and Scope.LOCAL.value not in scopes:
        raise click.UsageError("--erase erases everything; withdraw all scopes with it, or none")
    erase = erase and home.traces.exists()
    if erase and not yes:
        traces_forget.confirm(home, Selection())
    with writing_decision(home):
        consent.decide(home, Action.WITHDRAW, _DECIDED_BY, now, map(Scope, scopes))
    if not erase:
        _show(home, as_json)
        return
    traces_forget.confirm_and_forget(home, Selection(), "consent was withdrawn", True, as_json)


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
    if holds.keep_days is not None:
        click.echo(f"Sessions are kept for {counted(holds.keep_days, 'day')}.")
