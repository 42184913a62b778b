"""A student's steps so far, and the numbers by which stepping in is judged.

Nothing here knows a language: brackets, quotes, words and lines are enough, so that what was
learned from one language serves for another. Only steps up to the present one are looked at.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from enum import Enum
from itertools import pairwise

from attrs import frozen

_WORD = re.compile(r"[^\W\d]\w*")
_BRANCHES = frozenset({"if", "else", "elif", "while", "for", "switch", "case"})
_LATELY = 10
_LONG_S = 3600.0
_MANY = 500

WORDS = {
    "elapsed": "how long the student has worked",
    "steps": "how many steps there were",
    "idle": "how long nothing was done before this step",
    "pace": "how long the last ten steps took",
    "is_run": "whether the program was just run",
    "is_handed_in": "whether it was just handed in",
    "is_formatted": "whether it was just formatted",
    "is_opened": "whether it was just opened",
    "asked_help": "whether help was just asked for",
    "runs": "how many runs there were",
    "runs_in_a_row": "how many runs there were since the last edit",
    "steps_since_run": "how many steps ago it was run",
    "seconds_since_run": "how long ago it was run",
    "inserted": "how much this step inserted",
    "removed": "how much this step removed",
    "removed_lately": "how much of what the last ten steps changed was removed",
    "came_back": "whether the program stood like this before",
    "came_back_lately": "how often that was so in the last ten steps",
    "size": "how long the program is",
    "below_longest": "how much shorter it is than it was",
    "grown_since_run": "how much longer it is than at the last run",
    "open_brackets": "how many brackets are open",
    "is_balanced": "whether all brackets and quotes are closed",
    "just_balanced": "whether this step closed the last of them",
    "steps_unbalanced": "for how many steps some have been open",
    "lines_added": "how many lines this step added",
    "words_since_run": "how many new words came since the last run",
    "branches": "how many branches and loops there are",
    "calls": "how many brackets follow a word",
}


class Deed(str, Enum):
    """What a student did in a step."""

    EDIT = "edit"
    FORMAT = "format"
    RUN = "run"
    HAND_IN = "hand in"
    OPEN = "open"
    ASK = "ask"


@frozen
class Step:
    """What a student did, the program after it, and the seconds since work on it began."""

    deed: Deed
    text: str
    elapsed_s: float


def numbers_of(steps: Sequence[Step]) -> dict[str, float]:
    """Return the number of each feature after the last of some steps.

    Raises:
        IndexError: there are none.
    """
    now, before = steps[-1], steps[-2] if len(steps) > 1 else steps[-1]
    told = {
        "elapsed": math.log1p(now.elapsed_s),
        "steps": math.log1p(len(steps)),
        "idle": math.log1p(max(now.elapsed_s - before.elapsed_s, 0)),
        "pace": math.log1p(max(now.elapsed_s - steps[-_LATELY:][0].elapsed_s, 0)),
        "is_run": now.deed is Deed.RUN,
        "is_handed_in": now.deed is Deed.HAND_IN,
        "is_formatted": now.deed is Deed.FORMAT,
        "is_opened": now.deed is Deed.OPEN,
        "asked_help": now.deed is Deed.ASK,
        **_runs(steps),
        **_changes(steps),
        **_shape(steps),
    }
    return {name: float(told[name]) for name in WORDS}


def _runs(steps: Sequence[Step]) -> dict[str, float]:
    now = steps[-1]
    places = [place for place, step in enumerate(steps) if step.deed is Deed.RUN]
    in_a_row = 0
    for step in reversed(steps):
        if step.deed is Deed.EDIT:
            break
        in_a_row += step.deed is Deed.RUN
    # The last run before this step, so that a run is judged by what led to it.
    last = next((place for place in reversed(places) if place < len(steps) - 1), None)
    ran = steps[last] if last is not None else steps[0]
    known = set(_WORD.findall(ran.text))
    return {
        "runs": math.log1p(len(places)),
        "runs_in_a_row": in_a_row,
        "steps_since_run": math.log1p(_MANY if last is None else len(steps) - 1 - last),
        "seconds_since_run": math.log1p(
            _LONG_S if last is None else max(now.elapsed_s - ran.elapsed_s, 0)
        ),
        "grown_since_run": _signed_log(len(now.text) - len(ran.text)),
        "words_since_run": math.log1p(len(set(_WORD.findall(now.text)) - known)),
    }


def _changes(steps: Sequence[Step]) -> dict[str, float]:
    lately = steps[-_LATELY - 1 :]
    changed = [changed_characters(one.text, other.text) for one, other in pairwise(lately)]
    inserted, removed = changed[-1] if changed else (0, 0)
    total = sum(sum(each) for each in changed)
    back = [_came_back(steps, place) for place in range(max(len(steps) - _LATELY, 0), len(steps))]
    return {
        "inserted": math.log1p(inserted),
        "removed": math.log1p(removed),
        "removed_lately": sum(gone for _, gone in changed) / total if total else 0.0,
        "came_back": back[-1],
        "came_back_lately": sum(back),
    }


def _came_back(steps: Sequence[Step], place: int) -> bool:
    """Return whether a step led back to a text that had been left."""
    text = steps[place].text
    if place == 0 or steps[place - 1].text == text:
        return False
    return any(step.text == text for step in steps[:place])


def changed_characters(before: str, after: str) -> tuple[int, int]:
    """Return how many characters come and go between what two texts begin and end with alike."""
    shorter = min(len(before), len(after))
    same = next((n for n in range(shorter) if before[n] != after[n]), shorter)
    rest = shorter - same
    end = next((n for n in range(rest) if before[-n - 1] != after[-n - 1]), rest)
    return len(after) - same - end, len(before) - same - end


def _shape(steps: Sequence[Step]) -> dict[str, float]:
    text = steps[-1].text
    before = steps[-2].text if len(steps) > 1 else text
    words = _WORD.findall(text)
    unbalanced = 0
    for step in reversed(steps[-_MANY:]):
        if is_balanced(step.text):
            break
        unbalanced += 1
    return {
        "size": math.log1p(len(text)),
        "below_longest": _signed_log(max(len(step.text) for step in steps) - len(text)),
        "open_brackets": sum(map(text.count, "([{")) - sum(map(text.count, ")]}")),
        "is_balanced": unbalanced == 0,
        "just_balanced": unbalanced == 0 and not is_balanced(before),
        "steps_unbalanced": math.log1p(unbalanced),
        "lines_added": _signed_log(text.count("\n") - before.count("\n")),
        "branches": sum(word in _BRANCHES for word in words),
        "calls": len(re.findall(r"\w\s*\(", text)),
    }


def is_balanced(text: str) -> bool:
    """Return whether each bracket is closed by its like, and quotes come in pairs on each line."""
    closing = {")": "(", "]": "[", "}": "{"}
    opened: list[str] = []
    for character in text:
        if character in closing.values():
            opened.append(character)
        elif character in closing and (not opened or opened.pop() != closing[character]):
            return False
    lines = text.splitlines()
    return not opened and not any(line.count("'") % 2 or line.count('"') % 2 for line in lines)


def _signed_log(number: int) -> float:
    return math.copysign(math.log1p(abs(number)), number)
