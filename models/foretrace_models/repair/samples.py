"""Samples: corrections that a model proposes, as candidates among all others."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterable, Iterator

from attrs import frozen

from foretrace_models.repair.edits import edits_between
from foretrace_models.repair.parse import Parsed
from foretrace_models.repair.rules.candidate import Candidate
from foretrace_models.repair.source import Source

# What a candidate's rule is called, by the model that proposed it.
LANGUAGE_MODEL, TRACE_MODEL = "language-model", "trace-model"
RULES = (LANGUAGE_MODEL, TRACE_MODEL)
_MOST_PARSING = 8
_LEAVING = (ast.Return, ast.Raise, ast.Break, ast.Continue)


@frozen
class Proposal:
    """A whole program that may be the corrected one, by whom, and how unlikely it is, in bits."""

    text: str
    bits: float
    model: str = LANGUAGE_MODEL


def candidates(source: Source, proposals: Iterable[Proposal]) -> Iterator[tuple[Candidate, str]]:
    """Iterate over what is proposed for a program, each with the text it leads to, no text twice.

    What does not parse is passed over, and so is what leaves the person's own code where nothing
    reaches it: that is no correction of it.
    """
    seen = {source.text}
    dead = _unreached(source.tree)
    for proposal in proposals:
        if proposal.text in seen:
            continue
        seen.add(proposal.text)
        tree = _parsed(proposal.text)
        if tree is not None and _unreached(tree) <= dead:
            edits = edits_between(source.text, proposal.text)
            yield Candidate(edits, proposal.model, proposal.bits), proposal.text


def parsing(proposals: Iterable[Proposal]) -> list[Parsed]:
    """Return what is proposed for a program that does not parse, and does; the likeliest first."""
    likeliest = sorted(proposals, key=lambda proposal: proposal.bits)
    found = (
        Parsed(each.text, (each.model,), each.bits) for each in likeliest if _parsed(each.text)
    )
    return list(itertools.islice(found, _MOST_PARSING))


def _parsed(text: str) -> ast.Module | None:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _unreached(tree: ast.Module) -> int:
    """Return how many statements stand after one that always leaves their block."""
    count = 0
    for node in ast.walk(tree):
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if isinstance(block, list):
                leaving = [n for n, each in enumerate(block) if isinstance(each, _LEAVING)]
                count += len(block) - 1 - leaving[0] if leaving else 0
    return count
