"""Rules: the common slips of people who program, each with the changes that undo it.

A rule is a generator of candidates for a program that parses; the rules of `syntax` are for one
that does not. None knows of any test: whether a candidate helps is for running it to say.
"""

from __future__ import annotations

from collections.abc import Iterator

from foretrace_models.repair.edits import OverlapError, apply_edits
from foretrace_models.repair.rules import bounds, calls, flow, names, operators, returns
from foretrace_models.repair.rules.candidate import Candidate, Rule
from foretrace_models.repair.source import Source

RULES: tuple[Rule, ...] = (
    names.misspelt,
    names.undefined,
    names.misspelt_imports,
    names.first_values,
    names.other_names,
    names.other_functions,
    operators.comparisons,
    operators.arithmetic,
    operators.assignments,
    operators.conditions,
    operators.constants,
    operators.named,
    operators.compared_items,
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
    returns.printed,
    returns.other_values,
    returns.missing,
    returns.guards,
    calls.methods,
    calls.sorting,
    calls.arguments,
    calls.conversions,
    calls.indices,
)


def candidates(source: Source) -> Iterator[tuple[Candidate, str]]:
    """Iterate over what the rules propose, each with the text it leads to, no text twice."""
    seen = {source.text}
    for rule in RULES:
        for candidate in rule(source):
            try:
                text = apply_edits(source.text, candidate.edits)
            except OverlapError:
                continue
            if text not in seen:
                seen.add(text)
                yield candidate, text
