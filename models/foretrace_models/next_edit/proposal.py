"""What comes of a moment: an edit or silence, and the places that are likely next."""

from __future__ import annotations

from enum import Enum

from attrs import frozen

from foretrace_models.repair.edits import TextEdit


class Pattern(str, Enum):
    """What was seen in the changes so far that is to go on."""

    RENAME = "rename"
    SAME_CHANGE = "same-change"
    PARAMETER = "parameter"
    ARGUMENT = "argument"
    INDENT = "indent"
    CONTINUATION = "continuation"
    LISTING = "listing"
    TAG = "tag"
    REWRITE = "rewrite"


class Quiet(str, Enum):
    """Why there is no edit."""

    TEXT_TOO_LONG = "text-too-long"
    NO_CHANGES = "no-changes"
    NO_PATTERN = "no-pattern"
    UNDOES = "undoes"
    CHANGES_NOTHING = "changes-nothing"
    UNDER_CURSOR = "under-cursor"
    BREAKS_SYNTAX = "breaks-syntax"
    TOO_LARGE = "too-large"
    NOT_CODE = "not-code"
    ALREADY_THERE = "already-there"
    TURNED_DOWN = "turned-down"
    UNLIKELY = "unlikely"
    LEFT_ALONE = "left-alone"
    UNREADABLE = "unreadable"


@frozen
class Proposal:
    """What a pattern proposes at one place: edits of the text now, in words for people.

    `grade` says how much stands behind it, in the pattern's own words; how often a grade was right
    is what the confidence comes from.
    """

    pattern: Pattern
    grade: str
    edits: tuple[TextEdit, ...]
    words: str


@frozen
class NextEdit:
    """An edit that is likely next. Lines count from 0; `last_line` is included."""

    edits: tuple[TextEdit, ...]
    first_line: int
    last_line: int
    pattern: Pattern
    confidence: float
    words: str


@frozen
class Silence:
    """No edit, and why."""

    reason: Quiet


@frozen
class Place:
    """A line that is likely to be edited next, and how likely, from 0 to 1.

    It may be the one after the last line.
    """

    line: int
    confidence: float


@frozen
class Answer:
    """What is likely next: an edit or silence, and places, the likeliest first."""

    edit: NextEdit | Silence
    places: tuple[Place, ...]
