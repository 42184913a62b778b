"""Fault localisation: which lines the failing checks ran and the passing ones did not."""

from __future__ import annotations

import ast
import math

from foretrace_models.repair.checks import Outcome
from foretrace_models.repair.excerpt import LONG_CHARACTERS
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


def focus(text: str, suspicion: dict[int, float]) -> frozenset[int] | None:
    """Return the lines of a long program that are worth changing; None of a short one: all are.

    They are the most suspicious ones. That a function was defined makes it suspect only if it ran.
    """
    if len(text) <= LONG_CHARACTERS:
        return None
    ran = dict(suspicion)
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            assert node.end_lineno is not None
            inside = range(node.body[0].lineno, node.end_lineno + 1)
            if not any(line in suspicion for line in inside):
                ran.pop(node.lineno, None)
    return frozenset(sorted(ran, key=lambda line: -ran[line])[:_MOST_LINES])
