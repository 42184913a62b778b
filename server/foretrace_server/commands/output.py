"""How commands answer: in words for people, or as one JSON object and nothing else."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import click


class MissingError(click.ClickException):
    """Something that the command needs is missing or cannot be used; exit code 2."""

    exit_code = 2


json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


def print_json(value: Any) -> None:
    """Print one JSON object on standard output."""
    click.echo(json.dumps(value, indent=2))


def when(wall_us: int) -> str:
    """Return a wall time in microseconds as local date and time."""
    return f"{datetime.fromtimestamp(wall_us / 1e6).astimezone():%Y-%m-%d %H:%M:%S}"
