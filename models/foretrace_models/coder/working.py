"""Working: how a coder gets from one state of a program to the next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from foretrace_models.coder.layout import Observation
from foretrace_models.coder.traits import Trait
from foretrace_models.repair.tokens import root_of
from foretrace_models.traces.backtracking import steps_away, tokens_of
from foretrace_models.traces.edit_categories import EditCategory, count_lines
from foretrace_models.traces.line_edits import line_edits
from foretrace_models.traces.moments import Gap, gap_between
from foretrace_telemetry.traces import Trace

_BRACKETS = frozenset("()[]{},;:")
_CATEGORIES = {
    Trait.LARGE_ADD: {EditCategory.LARGE_ADD},
    Trait.SMALL_ADD: {EditCategory.SMALL_ADD},
    Trait.DELETE: {EditCategory.LARGE_DELETE, EditCategory.SMALL_DELETE},
    Trait.MODIFY: {EditCategory.MODIFY},
}
_PAUSES = frozenset({Gap.HOUR, Gap.DAY, Gap.LONGER})


def observe_working(trace: Trace) -> Iterator[Observation]:
    """Yield what can be seen in the states of a trace and in the steps between them."""
    yield Trait.STATES, len(trace.states)
    if trace.last.works is not None:
        yield Trait.AT_ONCE, trace.states[0].works is True
        yield Trait.SOLVED, any(state.works for state in trace.states)
    if trace.language == "python":
        for state in trace.states:
            yield Trait.NOT_PARSED, root_of(state.text.encode("utf-8", "surrogatepass")).has_error
    for away in steps_away([state.text for state in trace.states]):
        yield Trait.AWAY, away
    met: set[str] = set()
    for before, after in pairwise(trace.states):
        met.add(before.text)
        yield Trait.RETURNS, after.text in met
        yield from _observe_edit(before.text, after.text)
        gap = gap_between(before, after)
        if gap is not Gap.UNKNOWN:
            yield Trait.QUICK, gap is Gap.SECONDS
            yield Trait.PAUSES, gap in _PAUSES


def _observe_edit(before: str, after: str) -> Iterator[Observation]:
    edits = line_edits(before, after)
    yield Trait.LINES_TOUCHED, sum(max(len(e.removed), len(e.added)) for e in edits)
    category = count_lines(before, after).category
    for trait, categories in _CATEGORIES.items():
        yield trait, category in categories
    old, new = Counter(tokens_of(before)), Counter(tokens_of(after))
    changed = set((old - new) + (new - old))
    yield Trait.CHANGES_LAYOUT, tokens_of(before) == tokens_of(after)
    yield Trait.CHANGES_BRACKETS, not changed.isdisjoint(_BRACKETS)
    yield Trait.CHANGES_NUMBERS, any(token[0].isdecimal() for token in changed)
    yield Trait.CHANGES_NAMES, any(_is_name(token) for token in changed)
    yield Trait.CHANGES_OPERATORS, any(_is_operator(token) for token in changed)


def _is_name(token: str) -> bool:
    return token[0].isalpha() or token[0] == "_"


def _is_operator(token: str) -> bool:
    return not token[0].isalnum() and token[0] != "_" and token not in _BRACKETS
