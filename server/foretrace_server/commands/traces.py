"""`foretrace traces`: look at what was recorded, replay it, and pause recording."""

from __future__ import annotations

import itertools
import sys
from contextlib import closing
from datetime import datetime, timedelta, timezone
from typing import Any

import click
from attrs import asdict

from foretrace_server.commands import traces_doctor, traces_export, traces_forget, traces_import
from foretrace_server.commands.output import (
    counted,
    harmless,
    harmless_line,
    json_option,
    print_json,
    utf8,
    when,
    writing_decision,
)
from foretrace_server.commands.sessions import explaining, name_of, reading
from foretrace_telemetry import consent, event_json
from foretrace_telemetry.consent import Action
from foretrace_telemetry.erase import receipts
from foretrace_telemetry.events import Edited, Event, Opened, Resynced, Text, Withheld
from foretrace_telemetry.home import Home
from foretrace_telemetry.replay import replay as replay_events
from foretrace_telemetry.store import SessionSummary, Store
from foretrace_telemetry.timeline import Moment, timeline

_LONGEST_TEXT = 40

session_argument = click.argument("session", default="last")


@click.group("traces")
def command() -> None:
    """What was recorded."""


command.add_command(traces_doctor.command)
command.add_command(traces_export.command)
command.add_command(traces_forget.command)
command.add_command(traces_import.command)


@command.command()
@json_option
def status(as_json: bool) -> None:
    """Show whether recording is on, where, and how much there is."""
    home = Home.default()
    holds = consent.read_consent(home, datetime.now(timezone.utc))
    found: dict[str, Any] = {"folder": str(home.path), "consent": consent.to_json(holds)}
    sessions = _sessions(home)
    found["sessions"] = len(sessions)
    found["events"] = sum(session.events for session in sessions)
    found["erasures"] = _erasures(home)
    found["bytes"] = sum(file.stat().st_size for file in home.path.glob("traces.db*"))
    if as_json:
        print_json(found)
        return
    click.echo(f"Recording: {'on' if found['consent']['recording'] else 'off'} ({holds.reason}).")
    click.echo(
        f"{counted(found['sessions'], 'session')}, {counted(found['events'], 'event')}, "
        f"{found['bytes'] / 1e6:.1f} MB in {home.path}."
    )
    kept = (
        f"for {counted(holds.keep_days, 'day')}" if holds.keep_days else "until they are forgotten"
    )
    click.echo(f"Sessions are kept {kept}.")
    for receipt in found["erasures"]:
        click.echo(
            f"{when(receipt['erased_wall_us'])}: {counted(receipt['events'], 'event')} of "
            f"{counted(len(receipt['sessions']), 'session')} went ({receipt['reason']})."
        )


@command.command("list")
@json_option
def list_(as_json: bool) -> None:
    """List the sessions."""
    home = Home.default()
    sessions = _sessions(home)
    if as_json:
        print_json({"sessions": [asdict(session) for session in sessions]})
        return
    if not sessions:
        click.echo(f"Nothing is recorded in {home.path}.")
    for session in sessions:
        minutes = (session.ended_wall_us - session.started_wall_us) / 60e6
        line = (
            f"{session.name}  {when(session.started_wall_us)}  {minutes:5.0f} min  "
            f"{session.documents} files  {session.edits:6,} edits  {session.editor}"
            f"{f'  of {session.subject}' if session.subject else ''}"
        )
        click.echo(utf8(harmless_line(line)))


@command.command()
@session_argument
@click.option("--events", "every", is_flag=True, help="Every event as it was recorded.")
@json_option
def show(session: str, every: bool, as_json: bool) -> None:
    """Show what happened in a session as a timeline, "last" for the latest one."""
    with reading(Home.default()) as store:
        name = name_of(session, store)
        events = store.events(name)
        if every and as_json:
            print_json({"session": name, "events": [event_json.to_json(each) for each in events]})
        elif every:
            first = None
            for each in events:
                first = first or each.event.monotonic_us
                seconds = (each.event.monotonic_us - first) / 1e6
                words = harmless_line(_words(each.event))
                click.echo(utf8(f"{each.sequence:6} {seconds:9.2f} s  {words}"))
        elif as_json:
            moments = [asdict(moment) for moment in timeline(events)]
            print_json({"session": name, "moments": moments})
        else:
            for moment in timeline(events):
                words = harmless_line(f"{_place(moment)}{moment.words}")
                click.echo(utf8(f"{when(moment.started_wall_us)}  {words}"))


def _place(moment: Moment) -> str:
    """Return where a moment took place, for people."""
    if moment.document is None:
        return ""
    name = moment.document.rsplit("/", 1)[-1]
    return f"{name}:{moment.line}  " if moment.line is not None else f"{name}  "


@command.command()
@session_argument
@click.option("--at", "at", type=click.IntRange(1), metavar="EVENT", help="Stop after this event.")
@click.option("--check", is_flag=True, help="Only say whether replay is exact; exit code 1 if not.")
@json_option
@click.pass_context
def replay(
    context: click.Context, session: str, at: int | None, check: bool, as_json: bool
) -> None:
    """Give the texts that a session led to, or prove that they can be given."""
    home = Home.default()
    with reading(home) as store:
        events = store.events(name_of(session, store))
        if at is not None:
            events = itertools.takewhile(lambda each: each.sequence <= at, events)
        result = replay_events(events, home.existing_key())
    if as_json:
        texts = {} if check else {"texts": result.texts}
        print_json({**asdict(result, filter=_public), "exact": result.exact, **texts})
    elif check:
        verdict = "exact" if result.exact else "not exact"
        if result.exact and result.redactions:
            verdict += f" up to {counted(result.redactions, 'redaction')}"
        click.echo(
            f"Replay is {verdict}: {counted(result.edits, 'edit')}, "
            f"{counted(result.saves_checked, 'save')} checked, {counted(result.resyncs, 'resync')}."
        )
        for each in result.erased:
            reason = harmless_line(each.reason)
            click.echo(utf8(f"  events {each.first} to {each.last} are gone: {reason}"))
        for problem in result.problems:
            click.echo(f"  {problem}")
    else:
        # In a file a text is as it was; on a terminal it is looked at.
        shown = harmless if sys.stdout.isatty() else str
        for name, text in result.texts.items():
            click.echo(utf8(f"==> {harmless_line(name)} <=="), err=True)
            click.echo(utf8(shown(text)) if text is not None else "(only metadata was recorded)")
    context.exit(0 if result.exact else 1)


@command.command()
@click.option("--minutes", type=click.IntRange(1, 525_600), help="Go on by itself after these.")
def pause(minutes: int | None) -> None:
    """Pause recording in every editor, until `resume`."""
    until = None
    if minutes is not None:
        until = datetime.now(timezone.utc) + timedelta(minutes=minutes)
    _decide(Action.PAUSE, until)
    end = f" until {until.astimezone():%H:%M on %Y-%m-%d}" if until else ""
    click.echo(f"Recording is paused{end}.")


@command.command()
def resume() -> None:
    """Go on recording, if it is allowed."""
    _decide(Action.RESUME)
    holds = consent.read_consent(Home.default(), datetime.now(timezone.utc))
    click.echo("Recording goes on." if holds.content else f"Nothing is recorded: {holds.reason}.")


def _decide(action: Action, until: datetime | None = None) -> None:
    home = Home.default()
    with writing_decision(home):
        consent.decide(home, action, "command line", datetime.now(timezone.utc), until=until)


def _erasures(home: Home) -> list[dict[str, Any]]:
    """Return the receipts of what was forgotten."""
    with explaining(home):
        if not home.traces.exists():
            return []
        with closing(Store.read(home)) as store:
            return list(receipts(store.db))


def _sessions(home: Home) -> list[SessionSummary]:
    """Return all sessions, none where nothing was recorded yet."""
    with explaining(home):
        if not home.traces.exists():
            return []
        with closing(Store.read(home)) as store:
            return list(store.sessions())


def _words(event: Event) -> str:
    """Return an event as a line of text."""
    body = event.body
    name = event.uri.rsplit("/", 1)[-1] if event.uri else ""
    if isinstance(body, Edited):
        removed = f" -{_quoted(body.removed)}" if body.removed != "" else ""
        inserted = f" +{_quoted(body.inserted)}" if body.inserted != "" else ""
        return f"edit {name} at {body.offset}{removed}{inserted} ({body.origin.value})"
    if isinstance(body, (Opened, Resynced)):
        reason = f" ({body.reason})" if isinstance(body, Resynced) else ""
        return f"{body.kind} {name}{reason}"
    details = " ".join(
        f"{key}={value.value if hasattr(value, 'value') else value}"
        for key, value in asdict(body).items()
        if value is not None and key != "digest"
    )
    return " ".join(part for part in (body.kind, name, details) if part)


def _quoted(text: Text) -> str:
    if isinstance(text, Withheld):
        return f"[{text.characters} characters]"
    return repr(text if len(text) <= _LONGEST_TEXT else text[: _LONGEST_TEXT - 1] + "…")


def _public(attribute: Any, _: Any) -> bool:
    return attribute.name != "texts" and not attribute.name.startswith("_")
