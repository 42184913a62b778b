"""The script of a session: what was typed, where, and when it was saved and run."""

from __future__ import annotations

import sys
from importlib import resources
from typing import Any

from attrs import frozen

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


@frozen
class Step:
    """One thing that was done: its name in the script, and with what."""

    action: str
    value: Any


@frozen
class Script:
    """A session: the program's file name, its assignment file, and the steps."""

    file: str
    assignment: str
    steps: tuple[Step, ...]


def load_script() -> Script:
    """Return the session that comes with Foretrace."""
    text = resources.files(__package__).joinpath("session.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    steps = tuple(Step(*next(iter(step.items()))) for step in data["step"])
    return Script(data["program"]["file"], data["program"]["assignment"], steps)
