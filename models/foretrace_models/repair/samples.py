"""Samples: corrections that a language model proposes, as candidates among all others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import frozen

from foretrace_models.repair.edits import apply_edits, edits_between
from foretrace_models.repair.rules.candidate import Candidate
from foretrace_models.repair.source import Source

RULE = "language-model"


@frozen
class Proposal:
    """A whole program that may be the corrected one, and how unlikely it is, in bits."""

    text: str
    bits: float


def candidates(source: Source, proposals: Iterable[Proposal]) -> Iterator[tuple[Candidate, str]]:
    """Iterate over what is proposed for a program, each with the text it leads to, no text twice.

    What the model makes of parts that it does not change, line ends for example, stays as it was.
    """
    seen = {source.text}
    for proposal in proposals:
        edits = edits_between(source.text, proposal.text)
        text = apply_edits(source.text, edits)
        if text not in seen:
            seen.add(text)
            yield Candidate(edits, RULE, proposal.bits), text
