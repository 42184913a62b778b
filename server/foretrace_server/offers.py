"""Offers: a fix for one version of a document, as much of it as a level of help shows."""

from __future__ import annotations

import ast

from attrs import frozen

from foretrace_models.repair import samples
from foretrace_models.repair.assignment import Level
from foretrace_models.repair.diagnosis import Fix, Proof
from foretrace_models.repair.edits import TextEdit, apply_edits
from foretrace_models.repair.rules import SHARED
from foretrace_server import next_edits
from foretrace_telemetry.events import SuggestionMoved, SuggestionStage
from foretrace_telemetry.language import t

# Never who, nor how many: several are enough to be nobody in particular.
_OF_OTHERS = "others in your course mended it so"
# What a fix does and to which lines, wherever in the file they stand by now and in any order.
FixKey = frozenset[tuple[str, str]]


@frozen
class Offer:
    """A fix that is on offer, at a level of help, and the name under which its life is told.

    `takes` are the ways to take it, the one that most is taken of first: the whole fix and its next
    step, or the step alone. Below the level of a step there are none.
    """

    id: str
    uri: str
    text: str
    level: Level
    takes: tuple[Fix, ...]

    def taken_by(self, text: str) -> Fix | None:
        """Return what was taken of the offer if a text is what it leads to."""
        return next((fix for fix in self.takes if text in _outcomes(self.text, fix)), None)

    def level_of(self, fix: Fix) -> Level:
        """Return the level of help that one of the ways to take the offer is."""
        return Level.STEP if fix.steps_left else self.level


def ways_to_take(fix: Fix, level: Level) -> tuple[Fix, ...]:
    """Return what can be taken of a fix at a level of help, the most first."""
    if not level.allows(Level.STEP):
        return ()
    step = fix.next_step
    if level is Level.STEP or step is fix:
        return (step,)
    return fix, step


def key_of(text: str, fix: Fix) -> FixKey:
    """Return by what a fix of a text is known again."""

    def line(edit: TextEdit) -> str:
        end = text.find("\n", edit.end)
        return text[text.rfind("\n", 0, edit.start) + 1 : end if end >= 0 else len(text)]

    return frozenset((line(edit), edit.new_text) for edit in fix.edits)


def moved(offer: Offer, stage: SuggestionStage, taken: Fix | None = None) -> SuggestionMoved:
    """Return the event that an offer, or one way to take it, entered a stage of its life."""
    fix = taken or (offer.takes[0] if offer.takes else None)
    edits = fix.edits if fix is not None else ()
    return SuggestionMoved(
        offer.id,
        stage,
        source=_source(fix),
        inserted_characters=sum(len(edit.new_text) for edit in edits),
        removed_characters=sum(edit.end - edit.start for edit in edits),
        level=(offer.level if taken is None else offer.level_of(taken)).value,
    )


def _source(fix: Fix | None) -> str:
    """Return what made a fix: a model, the engine of next edits, the class, or the rules."""
    named = (*samples.RULES, next_edits.RULE, SHARED)
    return next((rule for rule in (fix.rules if fix is not None else ()) if rule in named), "rules")


def proof_words(fix: Fix) -> str:
    """Return what is known of a fix, in words; of a next edit there is nothing to know."""
    words = _proof_words(fix)
    return f"{words}; {t(_OF_OTHERS)}" if SHARED in fix.rules else words


def _proof_words(fix: Fix) -> str:
    if fix.proof is Proof.GOES_ON:
        return ""
    if fix.proof is Proof.TESTS:
        return t("1 test passes") if fix.tests == 1 else t("{n} tests pass", n=fix.tests)
    if fix.proof is Proof.RUNS:
        return t("runs without error")
    if fix.tests == 0:
        return t("parses; was not run")
    passed = fix.tests_passed
    if fix.tests == 1:
        return t("1 of 1 test passes") if passed == 1 else t("0 of 1 test pass")
    if passed == 1:
        return t("1 of {n} tests passes", n=fix.tests)
    return t("{passed} of {n} tests pass", passed=passed, n=fix.tests)


def insertion_at(text: str, fix: Fix, cursor: int) -> str | None:
    """Return what a fix inserts at the cursor, or None if that is not all it does.

    The same insertion can stand in several places: before or after a character that it begins or
    ends with. A new line is written into a blank one that the cursor is at the end of.
    """
    if len(fix.edits) != 1 or fix.edits[0].start != fix.edits[0].end:
        return None
    place, new = fix.edits[0].start, fix.edits[0].new_text
    filling = _filling(text, fix)
    if filling is not None and cursor == filling.end:
        blank = text[place:cursor]
        return filling.new_text[len(blank) :] if new.startswith(blank) else None
    if cursor <= place:
        between = text[cursor:place]
        if not new.endswith(between):
            return None
        return between + new[: len(new) - len(between)]
    between = text[place:cursor]
    return new[len(between) :] + between if new.startswith(between) else None


def _outcomes(text: str, fix: Fix) -> list[str]:
    """Return the texts that a fix may lead to, by where it is taken."""
    filling = _filling(text, fix)
    ways = [fix.edits] if filling is None else [fix.edits, (filling,)]
    return [apply_edits(text, edits) for edits in ways]


def _filling(text: str, fix: Fix) -> TextEdit | None:
    """Return the edit that writes new lines into a blank one that is indented, not before it.

    There is none where the program would not be the same: in a string a blank line is text.
    """
    if len(fix.edits) != 1 or fix.edits[0].start != fix.edits[0].end:
        return None
    edit = fix.edits[0]
    if edit.start > 0 and text[edit.start - 1] != "\n":
        return None
    line = text[edit.start :].split("\n", 1)[0].removesuffix("\r")
    new = edit.new_text.removesuffix("\n").removesuffix("\r")
    if not line or line.strip() or new == edit.new_text:
        return None
    filling = TextEdit(edit.start, edit.start + len(line), new)
    inserted, filled = (apply_edits(text, [each]) for each in (edit, filling))
    return filling if _is_same_program(inserted, filled) else None


def _is_same_program(one: str, other: str) -> bool:
    try:
        return ast.dump(ast.parse(one)) == ast.dump(ast.parse(other))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
