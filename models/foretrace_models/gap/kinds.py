"""What kind of thing an event is, by the words of its name.

Tools name what happens in their own ways: `Edit.LineDown`, `Debug.StepOver`, `edit typed`,
`terminal`. The words say enough of it: the first rule that has one of them decides.
"""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache


class Kind(str, Enum):
    """The kinds of event."""

    NAVIGATION = "navigation"
    EDIT = "edit"
    RUN = "run"
    DEBUG = "debug"
    OTHER = "other"


_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")

# A window called Debug is looked at: what begins with one of these is that, whatever comes then.
_LOOKING = frozenset("view window viewed selection open close".split())

_RULES: tuple[tuple[Kind, frozenset[str]], ...] = (
    (Kind.DEBUG, frozenset("debug debugger breakpoint breakpoints step".split())),
    (
        Kind.RUN,
        frozenset("run runs build rebuild compile test tests terminal launch execute".split()),
    ),
    (
        Kind.EDIT,
        frozenset(
            "paste cut delete insert type typed break undo redo complete completion format comment "
            "uncomment rename refactor remove replace tab indent outdent transpose backspace save "
            "uppercase lowercase surround".split()
        ),
    ),
    (
        Kind.NAVIGATION,
        frozenset(
            "go goto find search navigate nav navigation next previous up down left right start "
            "end page line scroll caret cursor select selection view window open close zoom "
            "references usages definition".split()
        ),
    ),
    (Kind.EDIT, frozenset(["edit"])),
)


@lru_cache(maxsize=None)
def kind_of(event: str) -> Kind:
    """Return the kind of an event by its name."""
    words = [word.lower() for word in _WORD.findall(event)]
    if words and words[0] in _LOOKING:
        return Kind.NAVIGATION
    for kind, own in _RULES:
        if not own.isdisjoint(words):
            return kind
    return Kind.OTHER
