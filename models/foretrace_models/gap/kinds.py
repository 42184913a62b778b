"""What kind of thing an event is, by the words of its name.

Tools name what happens in their own ways: `Edit.LineDown`, `Debug.StepOver`, `edit typed`,
`terminal`. The words say enough of it: the first rule that has one of them decides.
"""

from __future__ import annotations

import re
from enum import Enum
from functools import cache


class Kind(str, Enum):
    """The kinds of event."""

    NAVIGATION = "navigation"
    EDIT = "edit"
    RUN = "run"
    DEBUG = "debug"
    OTHER = "other"


_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")

# A window called Debug is looked at: what begins with one of these is that, whatever comes then.
_LOOKING = frozenset(["view", "viewed", "window", "selection", "open", "close"])

_RULES = tuple(
    (kind, frozenset(words.split()))
    for kind, words in (
        (Kind.DEBUG, "breakpoint breakpoints debug debugger step"),
        (Kind.RUN, "build compile execute launch rebuild run runs terminal test tests"),
        (
            Kind.EDIT,
            "backspace break comment complete completion cut delete format indent insert outdent "
            "paste redo refactor remove rename replace save surround tab transpose type typed "
            "uncomment undo",
        ),
        (
            Kind.NAVIGATION,
            "caret close cursor definition down end find go goto left line nav navigate navigation "
            "next open page previous references right scroll search select selection start up "
            "usages view window zoom",
        ),
        (Kind.EDIT, "edit"),
    )
)


@cache
def kind_of(event: str) -> Kind:
    """Return the kind of an event by its name."""
    words = [word.lower() for word in _WORD.findall(event)]
    if words and words[0] in _LOOKING:
        return Kind.NAVIGATION
    for kind, own in _RULES:
        if not own.isdisjoint(words):
            return kind
    return Kind.OTHER
