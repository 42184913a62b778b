"""Calls made up from those of tests: the same functions with other arguments, like theirs."""

from __future__ import annotations

import ast
import random
from collections.abc import Iterator, Sequence
from itertools import chain

_OF_EACH = 240
_LARGEST_NUMBER = 20
_SAME_ROLE = 0.5
_SAME_CALL = 0.2
_STRANGE_STRING = 0.4

# Where a value stands: the number of the argument, then of each record around it the field; the
# places of a list are all alike.
_Role = tuple[int | str, ...]


def made_up_calls(calls: Sequence[str], prelude: str, generator: random.Random) -> list[str]:
    """Return calls that are made up from some others: those mixed, and changed a little.

    None is among the given ones, and none comes twice. `prelude` is the code that runs before: a
    name that it binds to a literal may be an argument and is taken for the value.
    """
    literals = _literals(prelude)
    by_function: dict[str, list[list[object]]] = {}
    for entry in map(_arguments, calls):
        if entry is not None:
            values = [_value(argument, literals) for argument in entry[1]]
            by_function.setdefault(entry[0], []).append(values)
    seen = set(calls)
    found = []
    for function, rows in by_function.items():
        changing = _Changing(generator, rows)
        made = 0
        for _ in range(3 * _OF_EACH):
            call = f"{function}({', '.join(map(_code, changing.row()))})"
            if call not in seen and made < _OF_EACH:
                seen.add(call)
                made += 1
                found.append(call)
    return found


class _Name:
    """The name of a value that is no literal."""

    def __init__(self, name: str) -> None:
        self.name = name


def _code(value: object) -> str:
    return value.name if isinstance(value, _Name) else repr(value)


def _value(argument: ast.expr, literals: dict[str, object]) -> object:
    try:
        return ast.literal_eval(argument)
    except ValueError:
        code = ast.unparse(argument)
        return literals.get(code, _Name(code))


def _literals(prelude: str) -> dict[str, object]:
    found = {}
    for node in ast.parse(prelude).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            try:
                found[node.targets[0].id] = ast.literal_eval(node.value)
            except ValueError:
                continue
    return found


def _arguments(call: str) -> tuple[str, list[ast.expr]] | None:
    try:
        tree = ast.parse(call, mode="eval").body
    except SyntaxError:
        return None
    if not (isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name)) or tree.keywords:
        return None
    return tree.func.id, tree.args


class _Changing:
    """Makes rows of arguments from those of one function."""

    def __init__(self, generator: random.Random, rows: Sequence[Sequence[object]]) -> None:
        self._generator = generator
        self._rows = rows
        self._in_role: dict[_Role, list[object]] = {}
        for row in rows:
            for number, value in enumerate(row):
                for role, scalar in _scalars(value, (number,)):
                    self._in_role.setdefault(role, []).append(scalar)

    def row(self) -> list[object]:
        """Return arguments of one call: each of some call there is, most of them changed."""
        choose = self._generator.choice
        width = len(choose(self._rows))
        same = [row for row in self._rows if len(row) == width]
        values = [choose(same)[number] for number in range(width)]
        here = [s for n, v in enumerate(values) for _, s in _scalars(v, (n,))]
        for number, value in enumerate(values):
            changes = (0, 1, 2, 3, 4) if isinstance(value, (list, tuple)) else (0, 1, 1, 2)
            for _ in range(choose(changes)):
                values[number] = self._changed(values[number], (number,), here)
        return values

    def _changed(self, value: object, role: _Role, here: Sequence[object]) -> object:
        if isinstance(value, (list, tuple)):
            return self._changed_items(value, role, here)
        chance = self._generator.random()
        others = self._in_role.get(role, ()) if chance < _SAME_ROLE else here
        alike = [other for other in others if type(other) is type(value)]
        if alike and chance < _SAME_ROLE + _SAME_CALL:
            return self._generator.choice(alike)
        return self._strange(value)

    def _strange(self, value: object) -> object:
        """Return a value that may be like none there is."""
        choose = self._generator.choice
        if isinstance(value, bool):
            return not value
        if isinstance(value, int):
            any_number = self._generator.randint(0, _LARGEST_NUMBER)
            return choose((value + 1, value - 1, 0, -value, any_number))
        if isinstance(value, float):
            return choose((value + 0.5, -value, 0.0))
        if isinstance(value, str) and self._generator.random() < _STRANGE_STRING:
            return self._strange_string(value)
        return value

    def _changed_items(
        self, value: list[object] | tuple[object, ...], role: _Role, here: Sequence[object]
    ) -> object:
        generator = self._generator
        items = list(value)
        place = generator.randrange(len(items)) if items else 0
        # A tuple inside another value is a record: its fields change, their number does not.
        if len(role) > 1 and isinstance(value, tuple):
            if items:
                items[place] = self._changed(items[place], (*role, place), here)
            return tuple(items)
        match generator.randrange(8):
            case 0 if items:
                del items[place]
            case 1 if items:
                items.insert(place, generator.choice(items))
            case 2:
                generator.shuffle(items)
            case 3 if items:
                items[place] = self._changed(items[place], (*role, "*"), here)
            case 4 | 5 if items:
                items.insert(place, self._changed(items[place], (*role, "*"), here))
            case 6:
                return tuple(items) if isinstance(value, list) else items
            case _:
                items = items[:place]
        return type(value)(items)

    def _strange_string(self, value: str) -> str:
        if not value:
            return self._generator.choice(("a", "1", " "))
        place = self._generator.randrange(len(value))
        before, character, after = value[:place], value[place], value[place + 1 :]
        return self._generator.choice(
            (before + after, value + character, before + character.swapcase() + after, value[::-1])
        )


def _scalars(value: object, role: _Role) -> Iterator[tuple[_Role, object]]:
    """Yield the values in a value that have no parts, each with its role."""
    if not isinstance(value, (list, tuple)):
        yield role, value
        return
    is_record = len(role) > 1 and isinstance(value, tuple)
    yield from chain.from_iterable(
        _scalars(item, (*role, place if is_record else "*")) for place, item in enumerate(value)
    )
