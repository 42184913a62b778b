"""The engine of next edits: patterns in order, filters, and the places that are likely."""

from __future__ import annotations

from collections.abc import Iterator

from foretrace_models.next_edit.filters import FILTERS
from foretrace_models.next_edit.keeping import shipped
from foretrace_models.next_edit.knowledge import Knowledge
from foretrace_models.next_edit.moment import Moment
from foretrace_models.next_edit.patterns import PATTERNS
from foretrace_models.next_edit.places import places
from foretrace_models.next_edit.proposal import Answer, NextEdit, Proposal, Quiet, Silence
from foretrace_models.next_edit.scene import Scene

# What is right less often than this is not worth the look.
LEAST_CONFIDENCE = 0.2
# What is longer was written by no one, and takes too long to look at.
_MOST_CHARACTERS, _MOST_IN_LINE = 500_000, 20_000


def next_edit(moment: Moment, knowledge: Knowledge | None = None) -> Answer:
    """Return what is likely next, by what was learned from others, or else by what is shipped.

    It never raises, whatever the text and the keystrokes are, if what is shipped can be read.
    """
    if _is_too_long(moment.text):
        return Answer(Silence(Quiet.TEXT_TOO_LONG), ())
    known = shipped() if knowledge is None else knowledge
    scene = Scene(moment)
    passed: list[tuple[float, Proposal]] = []
    reason = Quiet.NO_PATTERN if scene.bursts else Quiet.NO_CHANGES
    for proposal, refused in judged(scene):
        if refused is None:
            passed.append((known.confidence(proposal), proposal))
        elif reason is Quiet.NO_PATTERN:
            reason = refused
    targets: dict[int, float] = {}
    for confidence, proposal in passed:
        line = place_of(scene, proposal)
        targets[line] = max(confidence, targets.get(line, 0.0))
    likely = places(scene, targets, known)
    if not passed:
        return Answer(Silence(reason), likely)
    # Of two that are as likely, the pattern that comes first.
    confidence, best = max(passed, key=lambda pair: pair[0])
    if confidence < LEAST_CONFIDENCE:
        return Answer(Silence(Quiet.UNLIKELY), likely)
    first, last = scene.touched(best.edits)
    edit = NextEdit(best.edits, first, last, best.pattern, confidence, best.words)
    return Answer(edit, likely)


def _is_too_long(text: str) -> bool:
    if len(text) > _MOST_CHARACTERS:
        return True
    return len(text) > _MOST_IN_LINE and max(map(len, text.split("\n"))) > _MOST_IN_LINE


def judged(scene: Scene) -> Iterator[tuple[Proposal, Quiet | None]]:
    """Yield what the patterns propose, each with the reason not to make it, or None."""
    for pattern in PATTERNS:
        for proposal in pattern(scene):
            yield proposal, refusal(scene, proposal)


def refusal(scene: Scene, proposal: Proposal) -> Quiet | None:
    """Return the reason not to make a proposal, None where no filter has one."""
    reasons = (each(scene, proposal) for each in FILTERS)
    return next((reason for reason in reasons if reason is not None), None)


def place_of(scene: Scene, proposal: Proposal) -> int:
    """Return the line that a proposal begins to change; a line that it adds is the one after."""
    edit = min(proposal.edits)
    line = scene.lines.at(edit.start)
    ends = edit.start == edit.end == scene.lines.ends[line]
    return line + 1 if ends and edit.new_text[:1] in ("\n", "\r") else line
