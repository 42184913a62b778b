"""How commands answer: in words for people, or as one JSON object and nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from foretrace_telemetry.consent import ForbiddenError
from foretrace_telemetry.home import Home
from foretrace_telemetry.text import canonical_bytes

if TYPE_CHECKING:
    from foretrace_telemetry.examine import Finding


# All characters without a sign, but for ends of lines and tabs.
_COMMANDING = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]|\r(?!\n)")


class MissingError(click.ClickException):
    """Something that the command needs is missing or cannot be used; exit code 2."""

    exit_code = 2


json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


def print_json(value: Any) -> None:
    """Print one JSON object on standard output."""
    click.echo(json.dumps(value, indent=2))


def print_findings(findings: Iterable[Finding], as_json: bool) -> bool:
    """Print findings as they come, or all as one object; return whether all is in order."""
    found = []
    for each in findings:
        found.append(each)
        if not as_json:
            mark = click.style("ok  ", fg="green") if each.ok else click.style("LOOK", fg="yellow")
            click.echo(f"{mark} {each.name}: {each.message}")
    if as_json:
        print_json({each.name: {"ok": each.ok, "message": each.message} for each in found})
    return all(each.ok for each in found)


def counted(number: int, what: str) -> str:
    """Return how many of something there are, as one says it: "1 file", "2 files"."""
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def when(wall_us: int) -> str:
    """Return a wall time in microseconds as local date and time."""
    return f"{datetime.fromtimestamp(wall_us / 1e6).astimezone():%Y-%m-%d %H:%M:%S}"


def utf8(text: str) -> bytes:
    """Return a person's text as bytes to print; half of a character becomes U+FFFD."""
    return canonical_bytes(text).decode("utf-16-le", "replace").encode()


def harmless(text: str) -> str:
    """Return a text for a terminal: characters that would command it stand there as escapes."""
    return _COMMANDING.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


def harmless_line(text: str) -> str:
    """Return a text as part of one line for a terminal: what would end the line is an escape."""
    return harmless(text).replace("\r\n", "\n").replace("\n", "\\n")


@contextmanager
def writing_decision(home: Home) -> Iterator[None]:
    """Turn a decision that is forbidden, or cannot be written, into a message."""
    try:
        yield
    except ForbiddenError as error:
        raise MissingError(str(error)) from error
    except OSError as error:
        raise MissingError(
            f"the decision cannot be written to {home.consent_log}: {error.strerror}; "
            "name another folder with FORETRACE_HOME"
        ) from error
