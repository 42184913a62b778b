"""`foretrace traces forget`: erase what was recorded, all of it or a part."""

from __future__ import annotations

import sqlite3
import sys
import time
from datetime import datetime
from pathlib import Path

import click
from attrs import asdict

from foretrace_server.commands.output import MissingError, counted, json_option, print_json, when
from foretrace_server.commands.sessions import explaining, name_of, reading
from foretrace_telemetry.erase import FORGOTTEN, Receipt, Selection, forget, preview
from foretrace_telemetry.home import Home
from foretrace_telemetry.lineage import COURSE

_MINUTE_US = 60_000_000
_TIME = click.DateTime(["%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"])

yes_option = click.option("--yes", is_flag=True, help="Do it without asking.")


@click.command("forget")
@click.argument("session", required=False)
@click.option("--file", "path", type=click.Path(path_type=Path), help="Only of this file.")
@click.option("--since", type=_TIME, metavar="TIME", help="Only what happened from then on.")
@click.option("--until", type=_TIME, metavar="TIME", help="Only what happened before.")
@click.option("--last", "minutes", type=click.IntRange(1), metavar="MINUTES", help="The last ones.")
@click.option("--all", "everything", is_flag=True, help="All that was ever recorded here.")
@yes_option
@json_option
def command(
    session: str | None,
    path: Path | None,
    since: datetime | None,
    until: datetime | None,
    minutes: int | None,
    everything: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Erase what was recorded: a session, a file, a span of time, or all."""
    home = Home.default()
    parts = (session, path, since, until, minutes)
    if everything == any(part is not None for part in parts):
        raise click.UsageError("name a session, --file, --since, --until or --last; or --all alone")
    if since is not None and minutes is not None:
        raise click.UsageError("--since and --last say the same thing; give one of them")
    sessions = None
    if session is not None:
        with reading(home) as store:
            sessions = frozenset({name_of(session, store)})
    since_wall_us = _wall_us(since)
    if minutes is not None:
        since_wall_us = time.time_ns() // 1000 - minutes * _MINUTE_US
    selection = Selection(
        sessions,
        path.absolute() if path is not None else None,
        since_wall_us,
        _wall_us(until),
    )
    confirm_and_forget(home, selection, FORGOTTEN, yes, as_json)


def confirm_and_forget(
    home: Home, selection: Selection, reason: str, yes: bool, as_json: bool
) -> None:
    """Say what would go, have it confirmed unless told to, and forget it.

    Raises:
        MissingError: nobody is there to confirm it, or it cannot be done.
    """
    if not yes:
        confirm(home, selection)
    try:
        receipt = forget(home, selection, reason)
    except (OSError, sqlite3.Error) as error:
        raise MissingError(f"nothing was forgotten: {error}") from error
    if as_json:
        print_json(asdict(receipt))
        return
    click.echo(f"Forgotten: {_words(receipt)}")
    for course in sorted({each.path for each in receipt.exports if each.format == COURSE}):
        click.echo(
            f"The course at {course} has it, too. It is told to forget it while an editor is open, "
            "or by `foretrace collect push`; `foretrace collect status` says when it has."
        )
    for export in receipt.exports:
        if export.format != COURSE:
            click.echo(
                f"An export of {when(export.made_wall_us)} may still hold it: {export.path} "
                f"({export.format})."
            )
    if not receipt.complete:
        click.echo(
            "Another program was reading, or the disk is full: old bytes stay in the files until "
            "something is forgotten again or an editor begins to record."
        )
    if receipt.documents:
        click.echo(
            "Of these files only metadata is recorded until they are opened again. What still "
            "stands in them is recorded then;\n"
            'to keep a file out, name it in a ".traceignore" beside it.'
        )


def confirm(home: Home, selection: Selection) -> None:
    """Say what would go, and ask.

    Raises:
        MissingError: nobody is there to answer.
    """
    with explaining(home):
        told = f"This would be forgotten: {_words(preview(home, selection))}"
    if not sys.stdin.isatty():
        raise MissingError(f"{told}\nNothing was. Say --yes to do it.")
    click.echo(told, err=True)
    click.confirm("There is no way back. Forget it?", abort=True, err=True)


def _words(receipt: Receipt) -> str:
    lines = [
        f"{counted(receipt.events, 'event')} of {counted(receipt.documents, 'file')} "
        f"in {counted(len(receipt.sessions), 'session')}."
    ]
    if receipt.texts_withheld:
        lines.append(
            f"The text of {receipt.texts_withheld:,} later events of the same files, "
            "which may hold it; when and how much stays."
        )
    if receipt.derived:
        lines.append(f"What was derived from these sessions: {', '.join(receipt.derived)}.")
    if receipt.damaged_databases:
        lines.append(f"Databases that were damaged and set aside: {receipt.damaged_databases}.")
    return "\n".join(lines)


def _wall_us(moment: datetime | None) -> int | None:
    """Return a local time as microseconds of the wall clock."""
    return None if moment is None else int(moment.astimezone().timestamp() * 1e6)
