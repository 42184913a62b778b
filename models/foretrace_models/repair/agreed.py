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
from foretrace_models.repair.rules import candidates
from foretrace_models.repair.sandbox.runner import Limits
from foretrace_models.repair.source import Source

# Makes calls of programs within limits; returns the literal that each gave, or None, program by
# program.
Evaluate = Callable[[Sequence[str], Sequence[str], Limits], list[list[str | None]]]

_MADE_UP = 240
_KEPT = 96
_ASKED = 40
_AGREEING = 0.95
_LARGEST_NUMBER = 20
_FROM_ELSEWHERE = 0.3
_LIMITS = Limits(0.05, 1.0)
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
    asked = programs[:: max(1, len(programs) // _ASKED)]
    made_up = list(itertools.islice(_calls(calls, prelude, generator), _MADE_UP))
    agreed: list[tuple[int, str]] = []
    for number, values in enumerate(zip(*evaluate(asked, made_up, _LIMITS), strict=True)):
        (value, count), *_ = Counter(values).most_common(1)
        if value is not None and count >= _AGREEING * len(asked):
            agreed.append((number, value))
    broken = list(_broken(asked, generator))
    rows = evaluate(broken, [made_up[number] for number, _ in agreed], _LIMITS)
    finds = [
        {n for n, row in enumerate(rows) if row[place] != value}
        for place, (_, value) in enumerate(agreed)
    ]
    by_value: dict[str, list[int]] = {}
    for place, (_, value) in enumerate(agreed):
        by_value.setdefault(value, []).append(place)
    order = dict.fromkeys(
        itertools.chain.from_iterable(
            zip(_telling(finds), _in_turns(list(by_value.values())), strict=False)
        )
    )
    return [
        CallTest(made_up[agreed[place][0]], ast.literal_eval(agreed[place][1]))
        for place in itertools.islice(order, _KEPT)
    ]


def _in_turns(groups: Sequence[Sequence[int]]) -> Iterator[int]:
    """Yield of each group one in turn."""
    for number in range(max(map(len, groups), default=0)):
        for group in groups:
            if number < len(group):
                yield group[number]


def _telling(finds: Sequence[set[int]]) -> Iterator[int]:
    """Yield the numbers of sets such that each adds the most to those before it."""
    left = list(range(len(finds)))
    found: set[int] = set()
    while left:
        best = max(left, key=lambda n: (len(finds[n] - found), -n))
        if not finds[best] - found:
            if not found:
                return
            found = set()  # all are found: once more from the beginning
            continue
        found |= finds[best]
        left.remove(best)
        yield best


def _broken(programs: Sequence[str], generator: random.Random) -> Iterator[str]:
    """Yield programs with a slip in them."""
    for program in programs[:: max(1, len(programs) // _BROKEN_PROGRAMS)]:
        texts = [text for _, text in candidates(Source(program))]
        yield from generator.sample(texts, min(_BROKEN_EACH, len(texts)))


def _calls(calls: Sequence[str], prelude: str, generator: random.Random) -> Iterator[str]:
    """Yield made-up calls, none twice: arguments of several calls mixed, and changed a little."""
    by_function: dict[str, list[list[ast.expr]]] = {}
    for entry in map(_arguments, calls):
        if entry is not None:
            by_function.setdefault(entry[0], []).append(entry[1])
    constants = list(dict.fromkeys(_constants(calls, prelude)))
    change = _Changing(generator, constants)
    seen = set(calls)
    for _ in range(2 * _MADE_UP):
        for function, rows in by_function.items():
            width = len(generator.choice(rows))
            same = [row for row in rows if len(row) == width]
            arguments = [
                change.argument(ast.unparse(generator.choice(same)[place]))
                for place in range(width)
            ]
            call = f"{function}({', '.join(arguments)})"
            if call not in seen:
                seen.add(call)
                yield call


def _constants(calls: Sequence[str], prelude: str) -> Iterator[int | float | str]:
    """Yield the numbers and strings that calls and the code before the program mention."""
    for code in (*calls, prelude):
        try:
            tree = ast.parse(code)
        except SyntaxError:
            continue
        for node in ast.walk(tree):
            value = getattr(node, "value", None)
            if isinstance(value, (int, float, str)) and not isinstance(value, bool):
                yield value


def _arguments(call: str) -> tuple[str, list[ast.expr]] | None:
    try:
        tree = ast.parse(call, mode="eval").body
    except SyntaxError:
        return None
    if not (isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name)) or tree.keywords:
        return None
    return tree.func.id, tree.args


class _Changing:
    """Changes values a little, now and then to one that is mentioned elsewhere."""

    def __init__(self, generator: random.Random, constants: Sequence[int | float | str]) -> None:
        self._generator = generator
        self._constants = constants

    def argument(self, code: str) -> str:
        """Return the code of an argument like another one."""
        try:
            value = ast.literal_eval(code)
        except ValueError:
            return code
        for _ in range(self._generator.choice((0, 1, 1, 2))):
            value = self._changed(value)
        return repr(value)

    def _changed(self, value: object) -> object:
        choose = self._generator.choice
        if isinstance(value, (list, tuple)):
            return self._changed_items(value)
        alike = [each for each in self._constants if type(each) is type(value)]
        if alike and self._generator.random() < _FROM_ELSEWHERE:
            return choose(alike)
        if isinstance(value, bool):
            return not value
        if isinstance(value, int):
            return choose((value + 1, value - 1, 0, self._generator.randint(0, _LARGEST_NUMBER)))
        if isinstance(value, float):
            return choose((value + 0.5, -value, 0.0))
        return self._changed_string(value) if isinstance(value, str) else value

    def _changed_items(self, value: list[object] | tuple[object, ...]) -> object:
        generator = self._generator
        items = list(value)
        place = generator.randrange(len(items)) if items else 0
        match generator.randrange(6):
            case 0 if items:
                del items[place]
            case 1 if items:
                items.insert(place, generator.choice(items))
            case 2:
                generator.shuffle(items)
            case 3 if items:
                items[place] = self._changed(items[place])
            case 4:
                return tuple(items) if isinstance(value, list) else items
            case _:
                items = items[:place]
        return type(value)(items)

    def _changed_string(self, value: str) -> str:
        if not value:
            return self._generator.choice(("a", "1", " "))
        place = self._generator.randrange(len(value))
        before, character, after = value[:place], value[place], value[place + 1 :]
        return self._generator.choice(
            (before + after, value + character, before + character.swapcase() + after, value[::-1])
        )
