"""From a program that does not parse to ones that do, by the fewest and likeliest changes."""

from __future__ import annotations

import heapq
import itertools
import warnings
from collections.abc import Callable

from attrs import define, field, frozen

from foretrace_models.repair.edits import OverlapError, apply_edits
from foretrace_models.repair.rules.syntax import candidates

_MOST_CHANGES = 5
_MOST_FOUND = 8


@frozen
class Parsed:
    """A text that parses, the rules that led to it, and how far-fetched they are."""

    text: str
    rules: tuple[str, ...]
    cost: float


@define(order=True)
class _Attempt:
    priority: float
    number: int
    text: str = field(eq=False)
    rules: tuple[str, ...] = field(eq=False)
    cost: float = field(eq=False)
    error: SyntaxError = field(eq=False)


def syntax_error(text: str) -> SyntaxError | None:
    """Return what is wrong with the syntax of a program, or None if nothing is."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(text, "<program>", "exec", dont_inherit=True)
    except SyntaxError as error:
        return error
    except (ValueError, UnicodeEncodeError) as error:
        return SyntaxError(str(error))
    except (RecursionError, MemoryError):
        return SyntaxError("too deeply nested")
    return None


def find_parsing(text: str, error: SyntaxError, out_of_time: Callable[[], bool]) -> list[Parsed]:
    """Return texts that parse, the likeliest first, none if there is none in time.

    A change that does not mend everything is built upon where Python then gets further.
    """
    numbers = itertools.count()
    queue = [_Attempt(0.0, next(numbers), text, (), 0.0, error)]
    seen = {text}
    found: list[Parsed] = []
    while queue and len(found) < _MOST_FOUND:
        attempt = heapq.heappop(queue)
        if found and attempt.cost > found[0].cost + 2.0:
            break
        for candidate in candidates(attempt.text, attempt.error):
            if out_of_time():
                return sorted(found, key=lambda parsed: parsed.cost)
            try:
                changed = apply_edits(attempt.text, candidate.edits)
            except OverlapError:
                continue
            if changed in seen:
                continue
            seen.add(changed)
            cost = attempt.cost + candidate.cost
            rules = (*attempt.rules, candidate.rule)
            left = syntax_error(changed)
            if left is None:
                found.append(Parsed(changed, rules, cost))
            elif _place(left) > _place(attempt.error) and len(rules) < _MOST_CHANGES:
                priority = cost - _place(left)[0] / 1000
                heapq.heappush(queue, _Attempt(priority, next(numbers), changed, rules, cost, left))
    return sorted(found, key=lambda parsed: parsed.cost)[:_MOST_FOUND]


def _place(error: SyntaxError) -> tuple[int, int]:
    return error.lineno or 0, error.offset or 0
