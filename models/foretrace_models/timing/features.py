"""The numbers by which a moment is judged, each with its group and its meaning in words."""

from __future__ import annotations

import math
import re
from enum import Enum

from attrs import frozen

from foretrace_models.timing.moment import Earlier, Moment

_WORD = re.compile(r"[A-Za-z_]\w+")
_LATELY = 5
# Of nobody in particular: where a rate has nothing to go by, and how much that counts for.
_USUAL_RATE, _USUAL_WEIGHT = 0.3, 3
# Longer than any break that is told apart, for what has not happened yet.
_LONG_S = 3600.0


class Group(str, Enum):
    """What a feature is taken from: time and history, measures of texts, or what they say."""

    SESSION = "session"
    MEASURE = "measure"
    CODE = "code"


@frozen
class Feature:
    """One number that a moment is judged by."""

    name: str
    group: Group
    words: str


def _of(group: Group, words: dict[str, str]) -> tuple[Feature, ...]:
    return tuple(Feature(name, group, told) for name, told in words.items())


FEATURES = (
    *_of(
        Group.SESSION,
        {
            "elapsed": "how long the session has gone on",
            "idle": "how long nothing was done",
            "waited": "how long the suggestion took to come",
            "shown": "how many suggestions were shown before",
            "since_last": "how long ago the last suggestion ended",
            "since_taken": "how long ago one was last taken",
            "taken_rate": "how many of those before were taken",
            "taken_lately": "how many of the last five were taken",
            "last_taken": "whether the last one was taken",
        },
    ),
    *_of(
        Group.MEASURE,
        {
            "characters": "how long the suggestion is",
            "lines": "how many lines it has",
            "before_characters": "how much text stands before the cursor",
            "after_characters": "how much text stands after it",
            "probability_known": "whether a model says how sure it is",
            "log_probability": "how sure the model is",
            "margin": "how far its choice is ahead of the next best",
        },
    ),
    *_of(
        Group.CODE,
        {
            "line_begins": "whether the line is empty so far",
            "line_length": "how long the line is so far",
            "in_comment": "whether the cursor is in a comment",
            "after_comment": "whether the last line with text is a comment",
            "mid_word": "whether the cursor is at the end of a word",
            "after_opening": "whether something was just opened or assigned",
            "after_dot": "whether a dot stands before the cursor",
            "after_colon": "whether a colon was the last character",
            "after_space": "whether a space stands before the cursor",
            "nothing_before": "whether nothing stands before the cursor",
            "starts_new_line": "whether the suggestion starts with a new line",
            "starts_word": "whether it starts with a word",
            "is_comment": "whether it is a comment",
            "is_blank": "whether it is white space only",
            "has_def": "whether it defines a function",
            "has_return": "whether it returns something",
            "has_import": "whether it imports something",
            "has_print": "whether it prints something",
            "brackets": "how much of it is brackets and colons",
            "names": "how many different names it has",
            "names_known": "how many of them stand before the cursor",
            "repeats_line": "whether its first line stands there already",
            "same_again": "whether it is what was suggested last",
            "typed_on": "how much was written since the last suggestion",
            "same_place": "whether only that was written since",
        },
    ),
)
WORDS = {feature.name: feature.words for feature in FEATURES}


def names_of(*groups: Group) -> tuple[str, ...]:
    """Return the names of the features of some groups."""
    return tuple(feature.name for feature in FEATURES if feature.group in groups)


def numbers_of(moment: Moment) -> dict[str, float]:
    """Return the number of each feature; amounts and times count by their logarithm."""
    told = {**_session(moment), **_measures(moment), **_before(moment), **_suggested(moment)}
    return {feature.name: float(told[feature.name]) for feature in FEATURES}


def _session(moment: Moment) -> dict[str, float]:
    decided = [each for each in moment.earlier if each.taken is not None]
    taken = [each for each in decided if each.taken]
    last = moment.earlier[-1] if moment.earlier else None
    return {
        "elapsed": math.log1p(max(moment.at_s, 0)),
        "idle": math.log1p(max(moment.idle_s, 0)),
        "waited": math.log1p(max(moment.waited_s, 0)),
        "shown": math.log1p(len(moment.earlier)),
        "since_last": _since(moment, last),
        "since_taken": _since(moment, taken[-1] if taken else None),
        "taken_rate": taken_rate(decided),
        "taken_lately": taken_rate(decided[-_LATELY:]),
        "last_taken": float(bool(decided[-1].taken)) if decided else _USUAL_RATE,
    }


def taken_rate(decided: list[Earlier]) -> float:
    """Return the share of suggestions that were taken, drawn to the usual where there are few."""
    taken = sum(each.taken is True for each in decided)
    return (taken + _USUAL_RATE * _USUAL_WEIGHT) / (len(decided) + _USUAL_WEIGHT)


def _since(moment: Moment, earlier: Earlier | None) -> float:
    seconds = _LONG_S if earlier is None else moment.at_s - earlier.ended_s
    return math.log1p(min(max(seconds, 0), _LONG_S))


def _measures(moment: Moment) -> dict[str, float]:
    sure, other = moment.log_probability, moment.next_log_probability
    return {
        "characters": math.log1p(len(moment.text)),
        "lines": math.log1p(moment.text.count("\n")),
        "before_characters": math.log1p(max(moment.characters_before, 0)),
        "after_characters": math.log1p(max(moment.characters_after, 0)),
        "probability_known": sure is not None,
        "log_probability": sure if sure is not None else 0.0,
        "margin": sure - other if sure is not None and other is not None else 0.0,
    }


def _before(moment: Moment) -> dict[str, float]:
    before = moment.before
    line, written = before.rpartition("\n")[2], before.rstrip()
    return {
        "line_begins": not line.strip(),
        "line_length": math.log1p(len(line)),
        "in_comment": line.lstrip().startswith("#"),
        "after_comment": written.rpartition("\n")[2].lstrip().startswith("#"),
        "mid_word": before[-1:].isalnum() or before.endswith("_"),
        "after_opening": written.endswith(("(", "[", ",", "=")),
        "after_dot": before.endswith("."),
        "after_colon": written.endswith(":"),
        "after_space": before.endswith(" "),
        "nothing_before": not before,
    }


def _suggested(moment: Moment) -> dict[str, float]:
    text, before = moment.text, moment.before
    names = set(_WORD.findall(text))
    first_line = text.strip().partition("\n")[0]
    last = moment.earlier[-1] if moment.earlier else None
    goes_on = last is not None and before.startswith(last.before)
    return {
        "starts_new_line": text.startswith("\n"),
        "starts_word": text[:1].isalnum() or text.startswith("_"),
        "is_comment": text.lstrip().startswith("#"),
        "is_blank": not text.strip(),
        "has_def": "def" in names,
        "has_return": "return" in names,
        "has_import": "import" in names,
        "has_print": "print" in names,
        "brackets": sum(character in "()[]{}:" for character in text) / (len(text) + 1),
        "names": math.log1p(len(names)),
        "names_known": len(names & set(_WORD.findall(before))) / (len(names) + 1),
        "repeats_line": bool(first_line) and first_line in map(str.strip, before.split("\n")),
        "same_again": last is not None and last.text.endswith(text) and bool(text),
        "typed_on": math.log1p(len(before) - len(last.before)) if last and goes_on else 0.0,
        "same_place": goes_on,
    }
