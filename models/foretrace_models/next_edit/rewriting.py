"""Rewriting: where no pattern goes on, a language model may write some lines anew.

It gets the last changes and some lines, and writes a window of them as it will be. Nothing here
needs the model: one function says what to ask it, another one what its answer comes to.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from foretrace_models.next_edit.engine import LEAST_CONFIDENCE, refusal
from foretrace_models.next_edit.hunks import Astray, Hunk, hunk_in
from foretrace_models.next_edit.knowledge import Counts
from foretrace_models.next_edit.lines import Lines
from foretrace_models.next_edit.moment import Moment
from foretrace_models.next_edit.proposal import (
    Answer,
    NextEdit,
    Pattern,
    Proposal,
    Quiet,
    Silence,
)
from foretrace_models.next_edit.scene import Scene
from foretrace_models.prompts import ReservedMarkerError, rewriting
from foretrace_models.repair.edits import TextEdit, trimmed
from foretrace_telemetry.language import t

# The name of the task that answers.
REWRITE = "rewrite"
_LINES_ABOVE, _LINES_BELOW = 7, 7
# Lines further above are written for the model, for small ones copy only what they have begun to.
_WINDOW_ABOVE = 2
# Longer windows take longer than anybody waits, and hold more than programs do.
_MOST_CHARACTERS = 1200
_MOST_BURSTS = 3
_MOST_BURST_LINES = 4
_LONGEST_LINE = 120
# Where patterns were silent for these, something else may be likely.
_ASKED_AFTER = frozenset({Quiet.NO_PATTERN, Quiet.UNLIKELY})
# How often rewrites of a model were made by people within five bursts, by the model's name:
# `foretrace bench next-edit --model`, the figures of which stand in docs/next-edit.md.
MEASURED: Mapping[str, Counts] = {"smollm2-135m": Counts(right=8, offered=111)}
# So many wrong ones are added to what was measured, so that a few right ones do not suffice.
_PRIOR = 4


@frozen
class Asked:
    """What a language model is asked at a moment: to write a window anew.

    `first_line` is that of the window, from 0.
    """

    moment: Moment
    first_line: int
    window: tuple[str, ...]
    prompt: str

    @property
    def params(self) -> dict[str, Any]:
        """The parameters of the task, without the seconds that it may take."""
        return {"prompt": self.prompt, "window": list(self.window)}


def confidence_in(model: str | None) -> float:
    """Return how often the rewrites of a model are right, 0 where nobody measured it."""
    counts = MEASURED.get(model or "")
    return counts.right / (counts.offered + _PRIOR) if counts else 0.0


def is_worth_asking(model: str | None) -> bool:
    """Return whether rewrites of a model may be shown to somebody who did not ask for one."""
    return confidence_in(model) >= LEAST_CONFIDENCE


def asked_of(moment: Moment, answer: Answer) -> Asked | None:
    """Return what to ask a language model after the engine's answer; None if it is not to be asked.

    The lines lie around the likeliest place, and are cut off at the ends of the text. The window
    is what is left of them without the first ones.
    """
    silence = answer.edit
    if not isinstance(silence, Silence) or silence.reason not in _ASKED_AFTER or not answer.places:
        return None
    scene = Scene(moment)
    place = answer.places[0].line
    first = max(0, place - _LINES_ABOVE)
    contents = scene.lines.contents[first : place + _LINES_BELOW + 1]
    lines = [line.rstrip() for line in contents]
    while lines and not lines[-1]:
        lines.pop()  # nobody repeats them, and what comes after the last line can come here, too
    begun = max(min(1, place - first), place - first - _WINDOW_ABOVE)
    while begun and not "".join(lines[begun - 1 : begun]):
        begun -= 1  # tokens reach over several line ends, so that it could not go on from there
    if not lines[begun:] or sum(map(len, lines)) > _MOST_CHARACTERS:
        return None
    changes = [
        (_cut(burst.before_lines), _cut(burst.after_lines))
        for burst in scene.bursts[-_MOST_BURSTS:]
    ]
    try:
        prompt = rewriting(changes, lines, begun)
    except ReservedMarkerError:
        return None
    return Asked(moment, first + begun, tuple(lines[begun:]), prompt)


def edit_of(
    asked: Asked, answer: Mapping[str, Any] | None, confidence: float = 0.0
) -> NextEdit | Silence:
    """Return what an answer of the task comes to, None being none; it never raises.

    `confidence` is what is believed of the model, see `confidence_in`.
    """
    if answer is None:
        return Silence(Quiet.UNREADABLE)
    hunk = hunk_of(asked.window, str(answer.get("text", "")), bool(answer.get("finished")))
    if hunk is None and answer.get("finished"):
        return Silence(Quiet.LEFT_ALONE)
    if not isinstance(hunk, Hunk):
        return Silence(Quiet.UNREADABLE)
    gone = asked.window[hunk.first : hunk.last]
    if [line for line in gone if line] == [line for line in hunk.new if line]:
        return Silence(Quiet.LEFT_ALONE)  # where empty lines are is nothing to look at
    scene = Scene(asked.moment)
    edits = _edits_of(scene.lines, asked.first_line, hunk)
    words = t("What the language model writes here")
    proposal = Proposal(Pattern.REWRITE, "rewrite", edits, words)
    reason = refusal(scene, proposal)
    if reason is not None:
        return Silence(reason)
    first, last = scene.touched(edits)
    return NextEdit(edits, first, last, Pattern.REWRITE, confidence, words)


def hunk_of(window: tuple[str, ...], text: str, finished: bool) -> Hunk | Astray | None:
    """Return the hunk in a model's answer so far, None where it has none yet.

    The answer goes on after a whole line, with the end of that.
    """
    rest, end, body = text.replace("\r\n", "\n").partition("\n")
    if not end:
        return Astray() if rest.strip() or finished else None
    lines = body.split("\n")
    if finished:
        while len(lines) > len(window) and not lines[-1].strip():
            lines.pop()
    else:
        lines.pop()  # it may go on
    return Astray() if rest.strip() else hunk_in(window, lines, finished)


def _edits_of(lines: Lines, first_line: int, hunk: Hunk) -> tuple[TextEdit, ...]:
    first, last = first_line + hunk.first, first_line + hunk.last
    gone = lines.contents[first:last]
    newline = lines.newline
    if len(gone) == len(hunk.new):
        replaced = [
            trimmed(lines.text, TextEdit(lines.starts[line], lines.ends[line], new))
            for line, new in enumerate(hunk.new, first)
            if lines.contents[line].rstrip() != new
        ]
        return tuple(replaced)
    if gone and hunk.new:
        edit = TextEdit(lines.starts[first], lines.ends[last - 1], newline.join(hunk.new))
        return (trimmed(lines.text, edit),)
    if gone:
        end = lines.starts[last] if last < len(lines) else lines.ends[-1]
        return (TextEdit(lines.starts[first], end, ""),)
    if first == 0:
        return (TextEdit(0, 0, "".join(line + newline for line in hunk.new)),)
    at = lines.ends[first - 1]
    return (TextEdit(at, at, "".join(newline + line for line in hunk.new)),)


def _cut(lines: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(line[:_LONGEST_LINE] for line in lines[:_MOST_BURST_LINES])
