"""Programs that do not parse: a missing colon, a bracket left open, a line too far to the right.

Each rule is a generator of candidates that looks near the place where Python gave up, which is
often just after the fault.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from foretrace_models.repair.rules.candidate import Candidate
from foretrace_models.repair.rules.syntax import (
    brackets,
    characters,
    gaps,
    keywords,
    layout,
    leftovers,
    operators,
    quotes,
)
from foretrace_models.repair.rules.syntax.broken import Broken

RULES: tuple[Callable[[Broken], Iterator[Candidate]], ...] = (
    characters.typography,
    characters.digits,
    layout.colons,
    layout.indentation,
    layout.clauses,
    layout.functions,
    layout.tabs,
    layout.bodies,
    layout.lines,
    keywords.misspelt,
    keywords.foreign,
    keywords.python_2,
    keywords.missing,
    operators.equals,
    operators.foreign,
    operators.split,
    operators.repeated,
    brackets.unbalanced,
    brackets.unclosed,
    brackets.shapes,
    brackets.missing,
    quotes.unclosed,
    quotes.missing,
    quotes.formatted,
    gaps.commas,
    gaps.operators,
    gaps.values,
    gaps.names,
    leftovers.tokens,
    leftovers.prompts,
    leftovers.comments,
)


def candidates(text: str, error: SyntaxError) -> list[Candidate]:
    """Return what the rules propose for a program that does not parse, the likeliest first."""
    broken = Broken(text, error)
    found = [candidate for rule in RULES for candidate in rule(broken)]
    return sorted(found, key=lambda candidate: candidate.cost)
