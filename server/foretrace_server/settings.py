"""What a client may set: initialization options, and the object at section ``foretrace``.

Whatever is wrong with them leads to a warning and a default, never to an error.
"""

from __future__ import annotations

from enum import Enum
from typing import Any

from attrs import evolve, frozen

SECTION = "foretrace"


class RunPrograms(str, Enum):
    """Whether programs may be run to check fixes."""

    ASK = "ask"
    ALWAYS = "always"
    NEVER = "never"


@frozen
class Settings:
    """The settings of one session; trust comes from the client alone, never from a file."""

    workspace_trusted: bool = False
    run_programs: RunPrograms = RunPrograms.ASK


def from_initialization(options: Any) -> tuple[Settings, list[str]]:
    """Return the settings that initialization options give, and warnings about the rest."""
    settings = Settings()
    if options is None:
        return settings, []
    if not isinstance(options, dict):
        return settings, ["the initialization options must be an object; they are ignored"]
    warnings = []
    for key, value in options.items():
        if key == "workspaceTrusted" and isinstance(value, bool):
            settings = evolve(settings, workspace_trusted=value)
        elif key == "workspaceTrusted":
            warnings.append(f"workspaceTrusted must be true or false, not {value!r}")
        elif key == "runPrograms":
            settings, problem = _with_run_programs(settings, value)
            warnings += problem
        else:
            warnings.append(_unknown(key, ("workspaceTrusted", "runPrograms")))
    return settings, warnings


def with_configuration(settings: Settings, section: Any) -> tuple[Settings, list[str]]:
    """Return the settings as the client's configuration changes them, and warnings."""
    if section is None:
        return settings, []
    if not isinstance(section, dict):
        return settings, [f"the section {SECTION!r} must be an object; it is ignored"]
    warnings = []
    for key, value in section.items():
        if key == "runPrograms" and value is not None:
            settings, problem = _with_run_programs(settings, value)
            warnings += problem
        elif key != "runPrograms":
            warnings.append(_unknown(f"{SECTION}.{key}", (f"{SECTION}.runPrograms",)))
    return settings, warnings


def _with_run_programs(settings: Settings, value: Any) -> tuple[Settings, list[str]]:
    try:
        return evolve(settings, run_programs=RunPrograms(value)), []
    except ValueError:
        choices = ", ".join(choice.value for choice in RunPrograms)
        return settings, [f"runPrograms must be one of {choices}, not {value!r}"]


def _unknown(key: str, known: tuple[str, ...]) -> str:
    return f"unknown setting {key!r}; there are {', '.join(known)}"
