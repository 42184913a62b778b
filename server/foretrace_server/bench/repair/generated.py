"""Inputs that no test has: made from those of the tests by small changes of each value's own type.

An input is kept if the task means it: if the reference gives a value for it, and nearly all correct
programs give the same. A search in a sorted sequence is not asked about an unsorted one.
"""

from __future__ import annotations

import ast
import random
import string
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from attrs import frozen

from foretrace_models.repair.assignment import CallTest, OutputTest
from foretrace_models.repair.checks import equal
from foretrace_models.repair.sandbox.harness import Result
from foretrace_server.bench.repair.judging import Judge, check_of
from foretrace_server.bench.repair.tasks import Task, Test

_FEWEST = 200
_ROUNDS = 4
_EACH_ROUND = 400
_KEPT = 240
_ASKED = 60
_AGREEING = 0.95
# In characters, of an input and of what is printed.
_LONGEST = 2000
# A program that is right takes less; a fix may take longer.
_CORRECT_SECONDS = 0.1
_FIX_SECONDS = 0.5
_SPAN = 200


@frozen
class Generated:
    """The inputs that were kept, with what must come of them; `asked` were made in all.

    `correct_share` is how many of the correct programs that were asked give all of it, None where
    there are none.
    """

    tests: tuple[Test, ...]
    asked: int
    correct_share: float | None


def generated(task: Task, judge: Judge, seed: int) -> Generated:
    """Return inputs for a task, always the same ones for a seed.

    Where there is no reference, what nearly all correct programs give is right.

    Raises:
        SandboxError: programs cannot be run.
    """
    chance = random.Random(f"{seed} {task.id}")  # noqa: S311 - no secret
    programs = [task.correct[name] for name in sorted(task.correct)]
    chance.shuffle(programs)
    programs = _passing(task, programs[:_ASKED], judge)
    judges = [task.reference] if task.reference else programs[:1]
    if not judges:
        return Generated((), 0, None)
    kept: list[Test] = []
    failing: set[int] = set()
    known = {_input_of(test) for test in task.tests}
    asked = 0
    for _ in range(_ROUNDS):
        inputs = _new_inputs(task.tests, known, chance)
        if not inputs:
            break  # there are no more
        known.update(map(_input_of, inputs))
        asked += len(inputs)
        answered = _answered(inputs, judge.results(task, judges, inputs, _CORRECT_SECONDS)[0])
        rows = judge.results(task, programs, answered, _CORRECT_SECONDS)
        for number, test in enumerate(answered):
            check = check_of(test)
            wrong = {n for n, row in enumerate(rows) if not check.passes(row[number])}
            if len(wrong) <= (1 - _AGREEING) * len(programs) and len(kept) < _KEPT:
                kept.append(test)
                failing |= wrong
        if len(kept) >= _FEWEST:
            break
    share = 1 - len(failing) / len(programs) if programs else None
    return Generated(tuple(kept), asked, share)


def _passing(task: Task, programs: Sequence[str], judge: Judge) -> list[str]:
    """Return the programs that pass the suite: what is said to be correct need not be."""
    checks = [check_of(test) for test in task.tests]
    rows = judge.results(task, programs, task.tests, _FIX_SECONDS)
    return [
        program
        for program, row in zip(programs, rows, strict=True)
        if all(check.passes(result) for check, result in zip(checks, row, strict=True))
    ]


def right_on(inputs: Generated, task: Task, text: str, judge: Judge) -> bool:
    """Return whether a program gives what must come of all inputs.

    Raises:
        SandboxError: programs cannot be run.
    """
    (row,) = judge.results(task, [text], inputs.tests, _FIX_SECONDS)
    return all(check_of(t).passes(r) for t, r in zip(inputs.tests, row, strict=True))


def _new_inputs(tests: Sequence[Test], known: set[str], chance: random.Random) -> list[Test]:
    """Return inputs that are not known yet, from all tests by turns."""
    changer = _Changer(tests, chance)
    made: dict[str, Test] = {}
    for number in range(3 * _EACH_ROUND):
        test = tests[number % len(tests)]
        new = changer.changed(test)
        of = _input_of(new)
        if of not in known and len(of) <= _LONGEST:
            made[of] = new
        if len(made) == _EACH_ROUND:
            break
    return list(made.values())


def _answered(inputs: Sequence[Test], results: Sequence[Result]) -> list[Test]:
    """Return the inputs that gave a value, with it."""
    tests: list[Test] = []
    for test, result in zip(inputs, results, strict=True):
        if isinstance(test, OutputTest):
            if result["status"] == "finished" and len(result["stdout"]) <= _LONGEST:
                tests.append(OutputTest(test.stdin, result["stdout"]))
        elif result["status"] == "returned" and result["value"] is not None:
            value = ast.literal_eval(result["value"])
            if equal(value, value):  # what is not equal to itself cannot be compared
                tests.append(CallTest(test.call, value))
    return tests


def _input_of(test: Test) -> str:
    return test.call if isinstance(test, CallTest) else test.stdin


class _Changer:
    """Changes the inputs of tests, with values that stand elsewhere in them among others."""

    def __init__(self, tests: Sequence[Test], chance: random.Random) -> None:
        self._chance = chance
        self._arguments: dict[tuple[str, int], list[Any]] = defaultdict(list)
        self._values: dict[type, list[Any]] = defaultdict(list)
        for test in tests:
            if isinstance(test, CallTest):
                for place, value in _literal_arguments(test.call):
                    self._arguments[place].append(value)
                    self._gather(value)
            else:
                for word in test.stdin.split():
                    self._gather(_value_of(word))
        seen = (abs(number) for number in self._values[int])
        # Much larger ones keep programs busy that count up to them.
        self._largest = max([_SPAN, *(2 * number for number in seen)])

    def _gather(self, value: Any) -> None:
        self._values[type(value)].append(value)
        if isinstance(value, (list, tuple, set)):
            for each in value:
                self._gather(each)
        elif isinstance(value, dict):
            for each in (*value.keys(), *value.values()):
                self._gather(each)

    def changed(self, test: Test) -> Test:
        if isinstance(test, CallTest):
            return CallTest(self._changed_call(test.call), None)
        return OutputTest(self._changed_text(test.stdin), "")

    def _changed_call(self, call: str) -> str:
        tree = ast.parse(call, mode="eval")
        if not isinstance(tree.body, ast.Call):
            return call
        places = list(_literal_arguments(call))
        for place, value in self._some(places):
            if self._chance.random() < 0.2:
                new = self._chance.choice(self._arguments[place])
            else:
                new = self._changed_value(value)
            tree.body.args[place[1]] = ast.parse(repr(new), mode="eval").body
        return ast.unparse(tree)

    def _changed_text(self, text: str) -> str:
        lines = [line.split(" ") for line in text.split("\n")]
        places = [(n, m) for n, line in enumerate(lines) for m, word in enumerate(line) if word]
        for n, m in self._some(places):
            lines[n][m] = str(self._changed_value(_value_of(lines[n][m])))
        return "\n".join(" ".join(line) for line in lines)

    def _some(self, places: Sequence[Any]) -> list[Any]:
        """Return one place or, less often, more of them."""
        if not places:
            return []
        count = 1
        while count < len(places) and self._chance.random() < 0.4:
            count += 1
        return self._chance.sample(places, count)

    def _changed_value(self, value: Any) -> Any:
        others = self._values[type(value)]
        if others and self._chance.random() < 0.15:
            return self._chance.choice(others)
        if isinstance(value, bool):
            return not value
        if isinstance(value, int):
            return self._changed_number(value)
        if isinstance(value, float):
            return round(self._changed_number(value) + self._chance.choice((0, 0.5, 0.25)), 6)
        if isinstance(value, str):
            return self._changed_string(value)
        if isinstance(value, (list, tuple)):
            return type(value)(self._changed_items(list(value)))
        if isinstance(value, set):
            return set(self._changed_items(sorted(value, key=repr)))
        if isinstance(value, dict) and value:
            key = self._chance.choice(list(value))
            return {**value, key: self._changed_value(value[key])}
        return value

    def _changed_number(self, number: Any) -> Any:
        choice = self._chance.randrange(6)
        if choice < 2:
            return number + self._chance.choice((-1, 1))
        if choice == 2:
            return number + self._chance.randint(-10, 10)
        if choice == 3:
            return -number
        if choice == 4:
            return number * 2
        return type(number)(self._chance.randint(0, self._largest))

    def _changed_string(self, text: str) -> str:
        seen = "".join(self._values[str]) or string.ascii_lowercase
        at = self._chance.randint(0, len(text))
        choice = self._chance.randrange(6)
        if choice == 0:
            return text[:at] + self._chance.choice(seen) + text[at:]
        if choice == 1:
            return text[:at] + text[at + 1 :]
        if choice == 2:
            return text[:at] + self._chance.choice(seen) + text[at + 1 :]
        if choice == 3:
            return text[:at] + text[at:].swapcase()
        if choice == 4:
            return text[at:] + text[:at]
        return text[:at] + text[:at]

    def _changed_items(self, items: list[Any]) -> list[Any]:
        at = self._chance.randint(0, len(items))
        choice = self._chance.randrange(6)
        if choice == 0:
            like = items or self._values[int] or [0]
            new = self._changed_value(self._chance.choice(like))
            return [*items[:at], new, *items[at:]]
        if choice == 1:
            return items[:at] + items[at + 1 :]
        if choice == 2 and at < len(items):
            return [*items[:at], items[at], *items[at:]]
        if choice == 3:
            return items[at:] + items[:at]
        if at < len(items):
            changed = [*items]
            changed[at] = self._changed_value(items[at])
            if choice == 4 and _comparable(changed):
                changed.sort()
            return changed
        return items[::-1]


def _literal_arguments(call: str) -> Iterator[tuple[tuple[str, int], Any]]:
    """Yield the arguments of a call that are literals, each with its function and place."""
    tree = ast.parse(call, mode="eval").body
    if isinstance(tree, ast.Call):
        function = ast.unparse(tree.func)
        for place, argument in enumerate(tree.args):
            try:
                yield (function, place), ast.literal_eval(argument)
            except ValueError:
                continue


def _value_of(word: str) -> Any:
    """Return the number that a word is, or the word."""
    for kind in (int, float):
        try:
            return kind(word)
        except ValueError:
            continue
    return word


def _comparable(items: list[Any]) -> bool:
    kinds = {type(item) for item in items}
    return len(kinds) == 1 and kinds <= {int, float, str}
