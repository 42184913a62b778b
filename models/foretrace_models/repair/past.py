"""A person's own past: what they wrote before, here and in other programs, as candidates.

A line that was changed since may have been right before. And who writes a construct as they wrote
it elsewhere gets a fix in their own hand.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from attrs import frozen
from rapidfuzz.distance import Indel

from foretrace_models.repair.edits import TextEdit, apply_edits, edits_between
from foretrace_models.repair.rules.candidate import Candidate
from foretrace_models.repair.source import Source
from foretrace_models.repair.tokens import Token, tokens

UNDONE = "own past: as it was before"
IDIOM = "own past: as written elsewhere"

_MOST_EARLIER = 6
_MOST_PROGRAMS = 12
_MOST_LINES = 300
_MOST_CHARACTERS = 20_000
# A text that shares at least this much is an earlier state of the same program.
_SAME_PROGRAM = 0.5
# Costs in bits, as those of candidates are.
_UNDONE = 2.0
_UNDONE_TOGETHER = 1.0
_EARLIER = 0.3
_IDIOM = 3.5
_IDIOM_TOKEN = 0.7
_FEWEST_TOKENS = 4
_MOST_DIFFERENT = 3


def candidates(source: Source, past: Sequence[str]) -> Iterator[tuple[Candidate, str]]:
    """Iterate over what a person's earlier texts propose for a program, the latest first."""
    seen = {source.text}
    for candidate in _proposed(source, past):
        text = apply_edits(source.text, candidate.edits)
        if text not in seen:
            seen.add(text)
            yield candidate, text


def _proposed(source: Source, past: Sequence[str]) -> Iterator[Candidate]:
    texts = [text for text in dict.fromkeys(past) if 0 < len(text) < _MOST_CHARACTERS]
    own = {text: _likeness(source.text, text) >= _SAME_PROGRAM for text in texts}
    earlier = [text for text in texts if own[text] and text != source.text]
    for rank, text in enumerate(earlier[:_MOST_EARLIER]):
        yield from _undone(source.text, text, _UNDONE + _EARLIER * rank)
    elsewhere = [text for text in texts if not own[text]]
    yield from _idioms(source, elsewhere[:_MOST_PROGRAMS])


def _likeness(text: str, other: str) -> float:
    """Return how much of their lines two texts share, from 0 to 1."""
    lines, others = (
        [line.strip() for line in t.splitlines() if line.strip()] for t in (text, other)
    )
    return float(Indel.normalized_similarity(lines, others))


def _undone(text: str, earlier: str, cost: float) -> Iterator[Candidate]:
    """Yield each change since an earlier text taken back, and all of them together."""
    edits = edits_between(text, earlier)
    for edit in edits:
        yield Candidate((edit,), UNDONE, cost)
    if len(edits) > 1:
        yield Candidate(edits, UNDONE, cost + _UNDONE_TOGETHER)


@frozen
class _Line:
    """A line of code: its tokens, and their sorts, in which all names that may differ are alike."""

    code: str
    words: tuple[str, ...]
    starts: tuple[int, ...]
    sorts: tuple[str, ...]


@lru_cache(maxsize=64)
def _lines(text: str) -> tuple[_Line, ...]:
    """Return the lines of a program that may be an idiom, no line twice."""
    found = {}
    for row in text.splitlines():
        code = row.strip()
        line = _line(code)
        if len(line.words) >= _FEWEST_TOKENS and code not in found:
            found[code] = line
    return tuple(found.values())


def _line(code: str) -> _Line:
    own = [token for token in tokens(code) if token.kind != "comment"]
    before = ["", *(token.text for token in own)]
    return _Line(
        code,
        tuple(token.text for token in own),
        tuple(token.start for token in own),
        tuple(
            "name" if _may_differ(token, last) else token.text
            for token, last in zip(own, before, strict=False)
        ),
    )


def _may_differ(token: Token, before: str) -> bool:
    """Return whether a token is a name that another program may have another one for."""
    return token.kind == "identifier" and before != "." and not hasattr(builtins, token.text)


def _idioms(source: Source, programs: Iterable[str]) -> Iterator[Candidate]:
    """Yield each line written as a like one of another program, with this program's names."""
    idioms = list(dict.fromkeys(line for text in programs for line in _lines(text)))[:_MOST_LINES]
    offset = 0
    for row in source.lines:
        code = row.strip()
        start = offset + len(row) - len(row.lstrip())
        offset += len(row)
        line = _line(code) if idioms and code else None
        if line is None or len(line.words) < _FEWEST_TOKENS:
            continue
        for idiom in idioms:
            if idiom.sorts[0] != line.sorts[0]:
                continue
            different = int(Indel.distance(line.sorts, idiom.sorts, score_cutoff=_MOST_DIFFERENT))
            if not 0 < different <= _MOST_DIFFERENT:
                continue
            new = _renamed(idiom, line)
            if new is not None and new != code:
                edit = TextEdit(start, start + len(code), new)
                yield Candidate((edit,), IDIOM, _IDIOM + _IDIOM_TOKEN * different)


def _renamed(idiom: _Line, line: _Line) -> str | None:
    """Return an idiom with the names of a line; None if it needs a name that the line lacks."""
    names: dict[str, str] = {}
    for block in Indel.opcodes(idiom.sorts, line.sorts):
        if block.tag != "equal":
            continue
        for at, other in zip(
            range(block.src_start, block.src_end),
            range(block.dest_start, block.dest_end),
            strict=True,
        ):
            if idiom.sorts[at] == "name":
                names.setdefault(idiom.words[at], line.words[other])
    edits = []
    for word, start, sort in zip(idiom.words, idiom.starts, idiom.sorts, strict=True):
        if sort != "name":
            continue
        if word not in names and word not in line.words:
            return None
        edits.append(TextEdit(start, start + len(word), names.get(word, word)))
    return apply_edits(idiom.code, edits)
