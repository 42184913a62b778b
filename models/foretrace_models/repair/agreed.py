"""Calls on which peers' programs agree: more to hold a fix against than the few tests there are.

A fix that is chosen by a handful of tests may do just what these ask for. Where many correct
programs are at hand, other calls can be made up from those of the tests; where nearly all of the
programs give the same value, that is what the exercise means. Calls on which they differ lie
outside of it.
"""

from __future__ import annotations

import ast
import itertools
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from foretrace_models.repair.assignment import CallTest
from foretrace_models.repair.checks import AGREED_CPU_SECONDS, equal
from foretrace_models.repair.made_up_calls import made_up_calls
from foretrace_models.repair.rules import candidates
from foretrace_models.repair.sandbox.runner import Limits
from foretrace_models.repair.source import Source

# Makes calls of programs within limits; returns the literal that each gave, or None, program by
# program.
Evaluate = Callable[[Sequence[str], Sequence[str], Limits], list[list[str | None]]]

_ASKED = 60
_AGREEING = 0.9
_LIMITS = Limits(AGREED_CPU_SECONDS / 2, 1.0)
_BROKEN_PROGRAMS = 8
_BROKEN_EACH = 24


def agreed_tests(
    calls: Sequence[str], programs: Sequence[str], prelude: str, evaluate: Evaluate
) -> list[CallTest]:
    """Return tests that peers agree on, made up from calls; those that tell most come first.

    A test tells something if it finds a slip: programs are broken by the rules that mend others,
    and a test is to find what those before it did not ("Hints on Test Data Selection: Help for
    the Practicing Programmer", which calls it mutation). Every other test is there because of the
    value that it has: slips of other kinds give themselves away by those.
    """
    generator = random.Random(0)  # noqa: S311 - nothing secret
    asked = _some(programs)
    made_up = made_up_calls(calls, prelude, generator)
    agreed: list[tuple[int, str]] = []
    for number, values in enumerate(zip(*evaluate(asked, made_up, _LIMITS), strict=True)):
        (value, count), *_ = Counter(values).most_common(1)
        if value is not None and count >= _AGREEING * len(asked):
            agreed.append((number, value))
    broken = list(_broken(asked, generator))
    rows = evaluate(broken, [made_up[number] for number, _ in agreed], _LIMITS)
    # Of each call a number with a bit for each broken program that it finds.
    finds = [
        sum(1 << n for n, row in enumerate(rows) if row[place] != value)
        for place, (_, value) in enumerate(agreed)
    ]
    by_value: dict[str, list[int]] = {}
    for place, (_, value) in enumerate(agreed):
        by_value.setdefault(value, []).append(place)
    first = zip(_telling(finds), _in_turns(list(by_value.values())), strict=False)
    order = dict.fromkeys((*itertools.chain.from_iterable(first), *range(len(agreed))))
    return [
        CallTest(made_up[agreed[place][0]], ast.literal_eval(agreed[place][1])) for place in order
    ]


def are_quick(calls: Sequence[str], programs: Sequence[str], evaluate: Evaluate) -> bool:
    """Return whether nearly all programs need next to no time for any of some calls."""
    rows = evaluate(_some(programs), calls, _LIMITS)
    return sum(None not in row for row in rows) >= _AGREEING * len(rows)


def differing(
    tests: Sequence[CallTest], programs: Sequence[str], evaluate: Evaluate
) -> Iterator[str]:
    """Yield the programs that fail one of the tests that the others agree on."""
    rows = evaluate(programs, [test.call for test in tests], _LIMITS)
    for program, row in zip(programs, rows, strict=True):
        values = zip(row, tests, strict=True)
        if not all(v is not None and equal(ast.literal_eval(v), t.expected) for v, t in values):
            yield program


def _some(programs: Sequence[str]) -> Sequence[str]:
    return programs[:: max(1, len(programs) // _ASKED)]


def _in_turns(groups: Sequence[Sequence[int]]) -> Iterator[int]:
    """Yield of each group one in turn."""
    for number in range(max(map(len, groups), default=0)):
        for group in groups:
            if number < len(group):
                yield group[number]


def _telling(finds: Sequence[int]) -> Iterator[int]:
    """Yield the places of sets, as bits, such that each adds the most to those before it."""
    left = list(range(len(finds)))
    found = 0
    while left:
        best = max(left, key=lambda place: ((finds[place] & ~found).bit_count(), -place))
        if not finds[best] & ~found:
            if not found:
                return
            found = 0  # all are found: once more from the beginning
            continue
        found |= finds[best]
        left.remove(best)
        yield best


def _broken(programs: Sequence[str], generator: random.Random) -> Iterator[str]:
    """Yield programs with a slip in them."""
    for program in programs[:: max(1, len(programs) // _BROKEN_PROGRAMS)]:
        texts = [text for _, text in candidates(Source(program))]
        yield from generator.sample(texts, min(_BROKEN_EACH, len(texts)))
