"""Fault localisation: which lines the failing checks ran and the passing ones did not."""

from __future__ import annotations

import ast
import math

from foretrace_models.repair.checks import Outcome
from foretrace_models.repair.verify import Verdict

_MOST_LINES = 200


def suspicion(verdict: Verdict) -> dict[int, float]:
    """Return how suspicious each line is, from 0 to 1; lines count from 1.

    The measure is Ochiai's (Abreu et al., "An Evaluation of Similarity Coefficients for Software
    Fault Localization"). A line where a run broke off counts as the most suspicious.
    """
    failing = [
        r for o, r in zip(verdict.outcomes, verdict.results, strict=True) if o is Outcome.FAILED
    ]
    passing = [
        r for o, r in zip(verdict.outcomes, verdict.results, strict=True) if o is Outcome.PASSED
    ]
    scores: dict[int, float] = {}
    for line in {line for result in failing for line in result.get("lines", ())}:
        in_failing = sum(line in result.get("lines", ()) for result in failing)
        in_passing = sum(line in result.get("lines", ()) for result in passing)
        scores[line] = in_failing / math.sqrt(len(failing) * (in_failing + in_passing))
    for result in failing:
        frames = result.get("error", {}).get("frames", ())
        if frames:
            scores[frames[-1][0]] = 1.0
    return scores


def focus(text: str, suspicion: dict[int, float]) -> frozenset[int]:
    """Return the lines of a long program that are worth changing.

    They are those of the most suspicious functions, whole, for what is wrong may also be that a
    line did not run, and the suspicious ones outside of functions. That a function was defined
    makes it suspect only if it ran.
    """
    scores: dict[tuple[int, ...], float] = {}
    left = dict(suspicion)
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            left.pop(node.lineno, None)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            inside = range(node.body[0].lineno, node.end_lineno + 1)
            ran = [suspicion[line] for line in inside if line in suspicion]
            if ran:
                scores[tuple(range(node.lineno, node.end_lineno + 1))] = max(ran)
    scores |= {(line,): score for line, score in left.items()}
    lines: set[int] = set()
    for some in sorted(scores, key=lambda some: -scores[some]):
        if len(lines) + len(some) > _MOST_LINES:
            some = tuple(line for line in some if line in suspicion)[:_MOST_LINES]
        if len(lines) < _MOST_LINES:
            lines.update(some)
    return frozenset(lines)
