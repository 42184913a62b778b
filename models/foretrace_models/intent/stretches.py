"""Stretches: what a person did between two moments, whichever editor and assistant tell it.

A stretch ends where the editor tells something that can be decided on: a suggestion that was taken
or turned down, a pause, a save, a run.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from enum import Enum
from statistics import fmean

from attrs import frozen

# The features say how the last few were, and how the last many.
_FEW, _MANY = 5, 20
# Of a token that Copilot suggests, on the mean.
_TYPICAL_LOG_PROBABILITY = -0.4
_SCALE = 10.0  # tenths of a second and more make a difference

Features = dict[str, float]


class Outcome(str, Enum):
    """What became of a suggestion."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"


@frozen
class Shown:
    """A suggestion that was on the screen, for so long; `looks` counts how often it was redrawn.

    `log_probability` is the mean of its tokens as the model that made it sees it, where it tells.
    """

    characters: int
    seconds: float
    longest_rest_seconds: float
    looks: int
    log_probability: float | None
    outcome: Outcome | None


@frozen
class Stretch:
    """One stretch: `before` is the text before the cursor, or the end of it.

    `seconds` passed before the suggestion was shown, or until its end where none was.
    """

    seconds: float
    was_typing: bool
    before: str
    document_characters: int
    after_characters: int
    shown: Shown | None


def features(stretches: Sequence[Stretch]) -> Features:
    """Return the numbers of the last stretch, and of how those before it were."""
    each = [_own(stretch) for stretch in stretches[-_MANY - 1 :]]
    found = dict(each[-1])
    found |= _beside(stretches[-2] if len(stretches) > 1 else None, stretches[-1])
    for name, most in (("few", _FEW), ("many", _MANY)):
        earlier = each[-most - 1 : -1]
        for feature in _LASTING:
            values = [numbers[feature] for numbers in earlier]
            found[f"{feature}, last {name}"] = fmean(values) if values else 0.0
    found["stretches"] = _log(len(stretches))
    return found


_LASTING = (
    "seconds before",
    "seconds shown",
    "longest rest",
    "looks",
    "accepted",
    "typing",
    "line is a comment",
    "comment lines near",
)


def _own(stretch: Stretch) -> Features:
    before, shown = stretch.before, stretch.shown
    line = before.rpartition("\n")[2]
    last = before.rstrip().rpartition("\n")[2].lstrip()
    return {
        "seconds before": _log(_SCALE * stretch.seconds),
        "typing": float(stretch.was_typing),
        "nothing before": float(not before),
        "document": _log(stretch.document_characters),
        "after cursor": _log(stretch.after_characters),
        "line length": _log(len(line)),
        "indent": float(len(line) - len(line.lstrip())),
        "line is empty": float(not line.strip()),
        "line is a comment": _is_comment(line),
        "line defines": float(bool(_DEFINES.match(line))),
        "line prints": float("print" in line),
        "line imports": float("import" in line),
        "line checks": float(bool(_CHECKS.search(line))),
        "within a word": float(before[-1:].isalnum()),
        "after a dot": float(before.endswith(".")),
        "after an opening": float(bool(_OPENS.search(before))),
        "last line is a comment": _is_comment(last),
        "last line opens a block": float(last.endswith(":")),
        "within a docstring": float(before.count('"""') % 2),
        "comment lines near": sum(map(_is_comment, before.split("\n")[-6:])),
        "suggestion": float(shown is not None),
        "accepted": _had(shown, Outcome.ACCEPTED),
        "rejected": _had(shown, Outcome.REJECTED),
        "seconds shown": _log(_SCALE * shown.seconds) if shown else 0.0,
        "longest rest": _log(_SCALE * shown.longest_rest_seconds) if shown else 0.0,
        "looks": _log(shown.looks) if shown else 0.0,
        "log-probability": _log_probability(shown),
        "suggested characters": _log(shown.characters) if shown else 0.0,
    }


def _beside(earlier: Stretch | None, stretch: Stretch) -> Features:
    """Return what has become of the text since the stretch before."""
    text, before = stretch.before, earlier.before if earlier is not None else ""
    pairs = enumerate(zip(before, text, strict=False))
    shorter = min(len(before), len(text))
    common = next((place for place, (one, other) in pairs if one != other), shorter)
    goes_on = earlier is not None and common == len(before)
    return {
        "goes on": float(goes_on),
        "typed": _log(len(text) - len(before)) if goes_on else 0.0,
        "taken back": _log(len(before) - len(text)),
        "text in common": common / (len(text) + 1),
    }


def _log_probability(shown: Shown | None) -> float:
    if shown is None or shown.log_probability is None:
        return _TYPICAL_LOG_PROBABILITY
    return shown.log_probability


def _had(shown: Shown | None, outcome: Outcome) -> float:
    return float(shown is not None and shown.outcome is outcome)


_DEFINES = re.compile(r"\s*(?:async\s+)?(?:def|class)\b")
_CHECKS = re.compile(r"\b(?:assert|test\w*|print)\b")
_OPENS = re.compile(r"[(\[,=]\s*$")


def _is_comment(line: str) -> float:
    return float(line.lstrip().startswith("#"))


def _log(number: float) -> float:
    return math.log1p(max(number, 0.0))
