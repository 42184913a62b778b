"""Proposers: the engine, and simple ones beside it that need no thought."""

from __future__ import annotations

from collections.abc import Callable

from attrs import frozen

from foretrace_models.next_edit.engine import next_edit
from foretrace_models.next_edit.knowledge import Knowledge
from foretrace_models.next_edit.lexing import names
from foretrace_models.next_edit.lines import Lines
from foretrace_models.next_edit.moment import Moment
from foretrace_models.next_edit.proposal import NextEdit
from foretrace_models.next_edit.settling import Burst, settle
from foretrace_models.repair.edits import TextEdit

ENGINE = "engine"


@frozen
class Proposed:
    """Lines, the likeliest first, and an edit, or none, each with how sure the proposer is."""

    lines: tuple[int, ...]
    place_confidence: float
    edits: tuple[TextEdit, ...] = ()
    confidence: float = 0.0
    pattern: str | None = None


Proposer = Callable[[Moment], Proposed]


def engine(knowledge: Knowledge) -> Proposer:
    """Return the engine as a proposer."""

    def propose(moment: Moment) -> Proposed:
        answer = next_edit(moment, knowledge)
        lines = tuple(place.line for place in answer.places)
        sure = answer.places[0].confidence if answer.places else 0.0
        edit = answer.edit
        if not isinstance(edit, NextEdit):
            return Proposed(lines, sure)
        return Proposed(lines, sure, edit.edits, edit.confidence, edit.pattern.value)

    return propose


def last_place(moment: Moment) -> Proposed:
    """Propose the line of the last burst, then the one after it, then the one before it."""
    last = _last(moment)
    return Proposed(_around(last), 1.0) if last else Proposed((), 0.0)


def same_identifier(moment: Moment) -> Proposed:
    """Propose the nearest lines that have a name that was changed, then the last place."""
    last = _last(moment)
    if last is None:
        return Proposed((), 0.0)
    text = last.removed + "\n" + last.inserted
    changed = set(names(text)) or set(names("\n".join(last.after_lines)))
    here = _line(last)
    contents = Lines(moment.text).contents
    having = [
        line
        for line, content in enumerate(contents)
        if line != here and not changed.isdisjoint(names(content))
    ]
    having.sort(key=lambda line: (abs(line - here), line < here))
    lines = dict.fromkeys([*having[:3], *_around(last)])
    return Proposed(tuple(lines), 1.0)


def repeat_last_edit(moment: Moment) -> Proposed:
    """Propose the last replacement where the text that it removed stands next.

    What was only inserted is inserted in the next line at the same column.
    """
    last = _last(moment)
    if last is None:
        return Proposed((), 0.0)
    lines = Lines(moment.text)
    here = _line(last)
    if last.removed:
        at = moment.text.find(last.removed, last.offset + len(last.inserted))
        at = moment.text.find(last.removed) if at < 0 else at
    else:
        column = last.offset - lines.starts[lines.at(min(last.offset, len(moment.text)))]
        below = here + 1
        fits = below < len(lines) and lines.starts[below] + column <= lines.ends[below]
        at = lines.starts[below] + column if fits else -1
    if at < 0:
        return Proposed(_around(last), 1.0)
    edit = TextEdit(at, at + len(last.removed), last.inserted)
    order = dict.fromkeys([lines.at(at), *_around(last)])
    return Proposed(tuple(order), 1.0, (edit,), 1.0)


BASELINES: dict[str, Proposer] = {
    "last place": last_place,
    "same identifier": same_identifier,
    "repeat last edit": repeat_last_edit,
}


def _last(moment: Moment) -> Burst | None:
    bursts = settle(moment.text, moment.keystrokes, 1)
    return bursts[-1] if bursts else None


def _line(burst: Burst) -> int:
    return burst.line_now + max(0, len(burst.after_lines) - 1)


def _around(burst: Burst) -> tuple[int, ...]:
    line = _line(burst)
    return (line, line + 1, *([line - 1] if line > 0 else []))
