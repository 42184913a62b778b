"""Rules: the common slips of people who program, each with the changes that undo it.

A rule is a generator of candidates for a program that parses; the rules of `syntax` are for one
that does not. None knows of any test: whether a candidate helps is for running it to say.
"""

from __future__ import annotations

from collections.abc import Iterator

from attrs import evolve

from foretrace_models.repair.copies import Copies
from foretrace_models.repair.edits import OverlapError, TextEdit, apply_edits
from foretrace_models.repair.rules import (
    assignments,
    bounds,
    calls,
    conditions,
    flow,
    missing,
    names,
    operators,
    returns,
)
from foretrace_models.repair.rules.candidate import Candidate, Rule
from foretrace_models.repair.rules.mined import MinedRules
from foretrace_models.repair.source import Source

RULES: tuple[Rule, ...] = (
    names.misspelt,
    names.undefined,
    names.unused,
    names.misspelt_imports,
    names.first_values,
    names.other_names,
    names.other_names_together,
    names.other_functions,
    operators.comparisons,
    operators.arithmetic,
    operators.conditions,
    operators.constants,
    operators.named,
    operators.compared_items,
    assignments.added,
    assignments.compared,
    assignments.added_in_vain,
    assignments.parts,
    assignments.aliased,
    assignments.exchanged,
    assignments.empties,
    bounds.ranges,
    bounds.offsets,
    bounds.slices,
    bounds.checked_indices,
    flow.without_else,
    flow.out_of_blocks,
    flow.tails_out_of_blocks,
    flow.into_blocks,
    flow.swapped,
    flow.removed,
    flow.kinds,
    flow.inserted,
    conditions.anew,
    missing.statements,
    missing.removals,
    missing.ways_out,
    returns.printed,
    returns.other_values,
    returns.missing,
    returns.guards,
    calls.methods,
    calls.nested,
    calls.inside_out,
    calls.elements_for_indices,
    calls.sorting,
    calls.arguments,
    calls.conversions,
    calls.indices,
)


# The name of what the person's course shares.
SHARED = "class"
# The same slip in every place where the same line stands is not much less likely than in one.
_SAME_LINES_COST = 1.0
# A line that stands in another function again was copied there, and the slip with it.
_COPIED_COST = -2.0
_MOST_COST_COPIED = 5.0


def candidates(
    source: Source,
    learned: MinedRules | None = None,
    *,
    by_hand: bool = True,
    mined: bool = True,
    shared: MinedRules | None = None,
) -> Iterator[tuple[Candidate, str]]:
    """Iterate over what the rules propose, each with the text it leads to, no text twice.

    `learned` adds rules that were mined, and tells what those written by hand cost; `shared` adds
    those of a course. Of two that lead to the same text the likelier stands.
    """
    likeliest: dict[str, Candidate] = {}
    copies = Copies(source)
    for proposed in _proposed(source, learned, by_hand, mined, shared):
        repeated = (*_in_same_lines(source, proposed), *_in_copies(copies, proposed))
        for candidate in (proposed, *repeated):
            try:
                text = apply_edits(source.text, candidate.edits)
            except OverlapError:
                continue
            known = likeliest.get(text)
            if text != source.text and (known is None or candidate.cost < known.cost):
                likeliest[text] = candidate
    for text, candidate in likeliest.items():
        yield candidate, text


def _proposed(
    source: Source,
    learned: MinedRules | None,
    by_hand: bool,
    mined: bool,
    shared: MinedRules | None,
) -> Iterator[Candidate]:
    if by_hand:
        for rule in RULES:
            for candidate in rule(source):
                if learned is not None:
                    cost = learned.hand_cost(candidate.rule, candidate.cost)
                    candidate = evolve(candidate, cost=cost)
                yield candidate
    if learned is not None and mined:
        yield from learned.candidates(source)
    if shared is not None:
        for candidate in shared.candidates(source):
            yield evolve(candidate, rule=SHARED)


def _in_copies(copies: Copies, candidate: Candidate) -> Iterator[Candidate]:
    """Yield the change made in each copy of its function, too, if there are copies."""
    if candidate.cost > _MOST_COST_COPIED:
        return
    others = [other for edit in candidate.edits for other in copies.elsewhere(edit)]
    if others:
        edits = (*candidate.edits, *others)
        yield Candidate(edits, candidate.rule, candidate.cost + _COPIED_COST)


def _in_same_lines(source: Source, candidate: Candidate) -> Iterator[Candidate]:
    """Yield the change of one line made in all lines that are the same, if there are others."""
    edit = candidate.edits[0]
    line = source.line_of(edit.start)
    last = source.line_of(edit.end)
    if len(candidate.edits) > 1 or line != last or "\n" in edit.new_text:
        return
    others = source.same_lines(line)
    if others:
        moves = [source.line_start(other) - source.line_start(line) for other in others]
        edits = (TextEdit(edit.start + by, edit.end + by, edit.new_text) for by in moves)
        function = source.function_at(line)
        copied = all(source.function_at(other) is not function for other in others)
        cost = candidate.cost + (_COPIED_COST if copied else _SAME_LINES_COST)
        yield Candidate((edit, *edits), candidate.rule, cost)
