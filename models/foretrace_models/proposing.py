"""Proposing: corrections of a program, found where a language model would have gone another way.

The model reads the program as if it were the corrected one. Wherever it finds another token likely,
it is made to write that one, and goes on to the end of the line. Each such line, instead of the one
that stands there or in between, makes a proposal; the less surprising the token, the better.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from attrs import asdict

from foretrace_models.batching import Alternative, Reason, Task, Text, shared
from foretrace_models.language_model import LanguageModel
from foretrace_models.prompts import Known, corrected_in, correcting
from foretrace_models.repair.assignment import CallTest, assignment_of
from foretrace_models.repair.samples import Proposal

_LINE_TOKENS = 32
_MOST_BRANCHES = 64
# What is less likely than this, as a logarithm, is not worth anybody's time.
_LEAST = -9.0
_NEAR_LINES = 1
_NEAR_GAIN = 2.0


def tests_of(path: Path | None) -> list[tuple[str, str]]:
    """Return the calls that the assignment of a program tests, and what they should give."""
    assignment = assignment_of(path)
    if assignment is None:
        return []
    return [(t.call, repr(t.expected)) for t in assignment.tests if isinstance(t, CallTest)]


def ranked(
    alternatives: Sequence[Alternative], lines: Sequence[int], suspects: Sequence[int]
) -> list[Alternative]:
    """Return the alternatives worth trying, the likeliest first, near suspicious lines sooner.

    `lines` says for each place in which line of the program it lies, from 0.
    """

    def credit(each: Alternative) -> float:
        near = any(abs(lines[each.place] - suspect) <= _NEAR_LINES for suspect in suspects)
        return each.log_likelihood + (_NEAR_GAIN if near else 0.0)

    worth = [each for each in alternatives if credit(each) > _LEAST]
    return sorted(worth, key=credit, reverse=True)


def proposals_of(program: str, corrected: str, bits: float) -> Iterator[Proposal]:
    """Yield what a corrected program that breaks off can mean for the whole.

    It is the program up to some line, and another line there: that replaces the old one, comes
    before it, or shows that the old one is to go.
    """
    lines = program.splitlines(keepends=True)
    begun = corrected.split("\n")
    at = 0
    while at < len(lines) and at < len(begun) and begun[at] == lines[at].rstrip("\r\n"):
        at += 1
    if at >= len(begun) or not begun[at].strip():
        return
    end = "\r\n" if program.count("\r\n") * 2 > len(lines) else "\n"
    new = begun[at].rstrip() + end
    before, after = lines[:at], lines[at:]
    if after[1:] and new.strip() == after[1].strip():
        yield Proposal("".join(before + after[1:]), bits)
    if after:
        yield Proposal("".join([*before, new, *after[1:]]), bits)
    yield Proposal("".join([*before, new, *after]), bits + 1)


def propose(params: dict[str, Any], model: LanguageModel) -> Task:
    """Answer with corrections of a program.

    `failure` and `change` are what a prompt says of it, where that is known; `suspects` are lines
    to look at first, from 0.
    """
    deadline = time.monotonic() + float(params["seconds"])
    program, path = params["text"], params.get("path")
    tests = tests_of(Path(path) if path else None)
    known = Known(tuple(tests), params.get("failure", ""), params.get("change", ""))
    encode = model.tokenizer.encode
    head = encode(correcting(program, known=known))
    prompt = encode(correcting(program, program, known) + "\n")
    start = shared(head, prompt)
    (reading,) = yield [Text(prompt, 1, judged_from=start, deadline=deadline)]
    lines = _lines_of(prompt, start, model)
    best = ranked(reading.alternatives, lines, params.get("suspects", ()))[:_MOST_BRANCHES]
    branches = yield [
        Text([*prompt[: each.place], each.token], _LINE_TOKENS, ("\n",), deadline) for each in best
    ]
    proposals: list[Proposal] = []
    for each, branch in zip(best, branches, strict=True):
        if branch.reason is Reason.STOP:
            document = model.tokenizer.decode([*branch.prompt, *branch.output])
            bits = -each.log_likelihood / math.log(2)
            proposals += proposals_of(program, corrected_in(document), bits)
    return {"proposals": [asdict(proposal) for proposal in proposals], "branches": len(best)}


def _lines_of(prompt: Sequence[int], start: int, model: LanguageModel) -> list[int]:
    """Return for each place of a prompt the line in which it lies, from 0 at its start."""
    lines, line = [0] * start, -1
    for token in prompt[start:]:
        line += model.tokenizer.decode([token]).count("\n")
        lines.append(max(0, line))
    return lines
