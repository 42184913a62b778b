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


class Level(str, Enum):
    """How much help a person wants, by the names that the assignment's ceiling has."""

    OFF = "off"
    NUDGE = "nudge"
    HINT = "hint"
    STEP = "step"
    FIX = "fix"


@frozen
class Settings:
    """The settings of one session.

    Trust, and whether anything may be sent, come from the client alone, never from a file.
    """

    workspace_trusted: bool = False
    ask_consent: bool = False
    sending_allowed: bool = True
    run_programs: RunPrograms = RunPrograms.ASK
    level: Level = Level.FIX
    minimum_idle_ms: int = 1000


# Those that are true or false, and come with the initialization options only.
_FLAGS = {
    "workspaceTrusted": "workspace_trusted",
    "askConsent": "ask_consent",
    "sendingAllowed": "sending_allowed",
}
# The settings that may stand in a configuration: the field of each, and what it may be: one of some
# choices, or a whole number.
_CONFIGURABLE: dict[str, tuple[str, type[Enum] | range]] = {
    "runPrograms": ("run_programs", RunPrograms),
    "level": ("level", Level),
    "minimumIdleMs": ("minimum_idle_ms", range(100, 60_001)),
}


def from_initialization(options: Any) -> tuple[Settings, list[str]]:
    """Return the settings that initialization options give, and warnings about the rest."""
    settings = Settings()
    if options is None:
        return settings, []
    if not isinstance(options, dict):
        return settings, ["the initialization options must be an object; they are ignored"]
    warnings = []
    for key, value in options.items():
        if key in _FLAGS:
            # Whoever says it wrongly wanted to say something, and no is the safe answer.
            change: dict[str, Any] = {_FLAGS[key]: value is True}
            settings = evolve(settings, **change)
            if not isinstance(value, bool):
                warnings.append(f"{key} must be true or false, not {value!r}; it counts as false")
        elif key in _CONFIGURABLE:
            settings, problem = _with(settings, key, value)
            warnings += problem
        else:
            warnings.append(_unknown(key, (*_FLAGS, *_CONFIGURABLE)))
    return settings, warnings


def with_configuration(settings: Settings, section: Any) -> tuple[Settings, list[str]]:
    """Return the settings as the client's configuration changes them, and warnings."""
    if section is None:
        return settings, []
    if not isinstance(section, dict):
        return settings, [f"the section {SECTION!r} must be an object; it is ignored"]
    warnings = []
    for key, value in section.items():
        if key in _CONFIGURABLE and value is not None:
            settings, problem = _with(settings, key, value)
            warnings += problem
        elif key not in _CONFIGURABLE:
            known = tuple(f"{SECTION}.{each}" for each in _CONFIGURABLE)
            warnings.append(_unknown(f"{SECTION}.{key}", known))
    return settings, warnings


def _with(settings: Settings, key: str, value: Any) -> tuple[Settings, list[str]]:
    field, kind = _CONFIGURABLE[key]
    if isinstance(kind, range):
        if type(value) is not int or value not in kind:
            bounds = f"{kind[0]} to {kind[-1]}"
            return settings, [f"{key} must be a whole number from {bounds}, not {value!r}"]
        number: dict[str, Any] = {field: value}
        return evolve(settings, **number), []
    try:
        change: dict[str, Any] = {field: kind(value)}
    except ValueError:
        choices = ", ".join(str(choice.value) for choice in kind)
        return settings, [f"{key} must be one of {choices}, not {value!r}"]
    return evolve(settings, **change), []


def _unknown(key: str, known: tuple[str, ...]) -> str:
    return f"unknown setting {key!r}; there are {', '.join(known)}"
