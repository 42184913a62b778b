"""The file that an instructor writes: rules, and at most one study, in TOML.

It is checked wholly: an unknown key is an error, for it may have been meant to forbid something.
"""

from __future__ import annotations

import re
import sys
from datetime import datetime
from typing import Any

from attrs import frozen

from foretrace_models.repair.assignment import Level
from foretrace_server.policy.rules import MOST_CHARACTERS, MOST_RULES, YEARS, Rule, Span

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_MOST_BYTES = 64 * 1024
_MOST_CONDITIONS = 20
_MOST_SHARE = 1000
# What stands in a table of a study's data, and in its names of columns.
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,59}")
_LEVELS = ", ".join(level.value for level in Level)
_SPAN = ("from", "until")


class PolicyError(ValueError):
    """It is no policy; the message says where and why."""


@frozen
class Condition:
    """A condition of a study: what help those have who are in it, and how many of `share`s are."""

    name: str
    ceiling: Level
    share: int


@frozen(kw_only=True)
class Study(Span):
    """A study: each student is in one of its conditions, and told all names only if `tell`ed."""

    id: str
    conditions: tuple[Condition, ...]
    tell_conditions: bool = False


@frozen
class CoursePolicy:
    """What an instructor's file says: rules for all, and a study that is dealt."""

    rules: tuple[Rule, ...] = ()
    study: Study | None = None


def read_policy(raw: bytes) -> CoursePolicy:
    """Return what the file of an instructor says.

    Raises:
        PolicyError: it is not TOML, or says what a policy may not.
    """
    if len(raw) > _MOST_BYTES:
        raise PolicyError(f"it has more than {_MOST_BYTES} bytes, and is hardly a policy")
    try:
        data = tomllib.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise PolicyError(f"it is not UTF-8 (byte {error.start})") from error
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(f"it is not valid TOML: {error}") from error
    _only(data, "the file", ("rule", "study"))
    rules = _tables(data, "rule", "[[rule]]", MOST_RULES)
    study = data.get("study")
    if study is not None and not isinstance(study, dict):
        raise PolicyError("there can be one study, written [study]")
    return CoursePolicy(
        tuple(_rule(rule, f"rule {number}") for number, rule in enumerate(rules, 1)),
        _study(study) if study is not None else None,
    )


def _rule(table: dict[str, Any], where: str) -> Rule:
    _only(table, where, ("assignment", "ceiling", *_SPAN))
    assignment = None
    if "assignment" in table:
        assignment = _text(table, "assignment", where)
    return Rule(ceiling=_ceiling(table, where), assignment=assignment, **_span(table, where))


def _study(table: dict[str, Any]) -> Study:
    where = "[study]"
    _only(table, where, ("id", *_SPAN, "tell_conditions", "condition"))
    tells = table.get("tell_conditions", False)
    if not isinstance(tells, bool):
        raise PolicyError(f"{where}: tell_conditions must be true or false")
    tables = _tables(table, "condition", "[[study.condition]]", _MOST_CONDITIONS)
    if len(tables) < 2:
        raise PolicyError(f"{where} needs two conditions or more, each a [[study.condition]]")
    conditions = tuple(_condition(each, f"condition {n}") for n, each in enumerate(tables, 1))
    if len({each.name for each in conditions}) < len(conditions):
        raise PolicyError(f"{where} has two conditions of one name")
    return Study(
        id=_word(table, "id", where),
        conditions=conditions,
        tell_conditions=tells,
        **_span(table, where),
    )


def _condition(table: dict[str, Any], where: str) -> Condition:
    _only(table, where, ("name", "ceiling", "share"))
    share = table.get("share", 1)
    if type(share) is not int or not 1 <= share <= _MOST_SHARE:
        raise PolicyError(f"{where}: share must be a whole number from 1 to {_MOST_SHARE}")
    return Condition(_word(table, "name", where), _ceiling(table, where), share)


def _span(table: dict[str, Any], where: str) -> dict[str, int | None]:
    begins, ends = (_wall_us(table, key, where) for key in _SPAN)
    if begins is not None and ends is not None and begins >= ends:
        raise PolicyError(f"{where}: until must be later than from")
    return {"from_wall_us": begins, "until_wall_us": ends}


def _wall_us(table: dict[str, Any], key: str, where: str) -> int | None:
    value = table.get(key)
    if value is None:
        return None
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise PolicyError(
            f"{where}: {key} must be a date and a time with their time zone, without quotes, "
            "such as 2026-11-30T10:00:00+01:00"
        )
    if value.year not in YEARS:
        raise PolicyError(f"{where}: {key} is in the year {value.year}")
    return round(value.timestamp() * 1e6)


def _ceiling(table: dict[str, Any], where: str) -> Level:
    value = table.get("ceiling")
    try:
        return Level(value)
    except ValueError:
        said = "is missing" if value is None else f"{value!r} is none"
        raise PolicyError(f"{where}: the ceiling {said}; it is one of {_LEVELS}") from None


def _word(table: dict[str, Any], key: str, where: str) -> str:
    text = _text(table, key, where)
    if not _WORD.fullmatch(text):
        raise PolicyError(
            f"{where}: {key} has up to 60 letters, digits, dots, hyphens and underscores; "
            "the first is a letter or digit"
        )
    return text


def _text(table: dict[str, Any], key: str, where: str) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value.isprintable() or not value.strip():
        raise PolicyError(f"{where}: {key} is required and must be text in one line")
    if len(value) > MOST_CHARACTERS:
        raise PolicyError(f"{where}: {key} is longer than {MOST_CHARACTERS} characters")
    return value


def _tables(table: dict[str, Any], key: str, written: str, most: int) -> list[dict[str, Any]]:
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise PolicyError(f"{key} must be tables, each written {written}")
    if len(value) > most:
        raise PolicyError(f"there are more than {most} tables {written}")
    return value


def _only(table: dict[str, Any], where: str, known: tuple[str, ...]) -> None:
    for key in table:
        if key not in known:
            raise PolicyError(f"{where} has no key {key!r}; it may have {', '.join(known)}")
