"""Places: which lines are likely to be edited next, by a logistic model of a few features."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise

from foretrace_models.next_edit.knowledge import Knowledge
from foretrace_models.next_edit.lexing import names, open_brackets, shape
from foretrace_models.next_edit.lines import indentation
from foretrace_models.next_edit.proposal import Place
from foretrace_models.next_edit.scene import Scene
from foretrace_models.next_edit.settling import Burst

_REACH_LINES = 12
_MOST_BY_NAME = 12
_MOST_NAMES = 3
_MOST_PLACES = 5
_OPEN_END = ("=", "+", "-", "*", "/", ",", "(", "[", "{", ".", "&", "|", ":", "<")

_NEAR = {0: "same line", 1: "next line", 2: "second next line", -1: "line above"}

Features = Mapping[str, float]


def places(scene: Scene, targets: Mapping[int, float], knowledge: Knowledge) -> tuple[Place, ...]:
    """Return the likeliest lines, the likeliest first; none before anything was changed.

    `targets` are lines at which a pattern has a proposal, with its confidence.
    """
    rated = []
    for line, features in featured(scene, targets):
        odds = knowledge.bias + sum(
            value * knowledge.weights.get(name, 0.0) for name, value in features.items()
        )
        rated.append(Place(line, 1 / (1 + math.exp(-odds))))
    rated.sort(key=lambda place: (-place.confidence, place.line))
    return tuple(rated[:_MOST_PLACES])


def featured(scene: Scene, targets: Mapping[int, float]) -> list[tuple[int, Features]]:
    """Return the lines that come into question, each with its features that are not 0."""
    last = scene.last
    if last is None:
        return []
    view = _View(scene, targets)
    return [(line, view.of(line)) for line in view.candidates()]


class _View:
    """What is the same for all lines, worked out once."""

    def __init__(self, scene: Scene, targets: Mapping[int, float]) -> None:
        self._scene = scene
        self._targets = targets
        self._contents = scene.lines.contents
        burst = scene.bursts[-1]
        # Whoever wrote several lines is at the end of them.
        self._at = burst.line_now + max(0, len(burst.after_lines) - 1)
        self._first = burst.line_now
        earlier = [each.line_now for each in scene.bursts[:-1]]
        self._before = earlier[-1] if earlier else None
        self._earlier = {line: age for age, line in enumerate(reversed(earlier), start=1)}
        self._habits = _habits(scene.bursts)
        self._gone = self._lines_with(burst.removed, "\n".join(burst.before_lines))
        self._came = self._lines_with(burst.inserted, "\n".join(burst.after_lines))
        here = self._content(self._at)
        self._shape = shape(here)
        self._indent = indentation(here)
        self._state = [
            kind
            for kind, is_so in (
                ("one came", not burst.before_lines),
                ("one went", not burst.after_lines),
                ("several", max(len(burst.before_lines), len(burst.after_lines)) > 1),
                ("only removed", not burst.inserted),
                ("open end", here.rstrip().endswith(_OPEN_END)),
                ("open bracket", open_brackets(here) > 0),
                ("blank line", not here.strip()),
            )
            if is_so
        ]

    def candidates(self) -> list[int]:
        end = len(self._contents)
        near = range(max(0, self._at - _REACH_LINES), min(end, self._at + _REACH_LINES) + 1)
        by_name = {*self._gone, *self._came}
        return sorted(
            line for line in {*near, *by_name, *self._earlier, *self._targets} if line <= end
        )

    def of(self, line: int) -> Features:
        content = self._content(line)
        found = self._of_distance(line - self._at)
        if self._first < line < self._at:
            found["within the last"] = 1.0
        elif line == self._first != self._at:
            found["first of the last"] = 1.0
        if line in self._gone:
            found["has a name that went"] = 1.0
        if line in self._came:
            found["has a name that came"] = 1.0
        if not content.strip():
            found["blank"] = 1.0
        else:
            if line != self._at and shape(content) == self._shape:
                found["same shape"] = 1.0
            if open_brackets(content) < 0:
                found["closes too much"] = 1.0
        if indentation(content) == self._indent:
            found["same indentation"] = 1.0
        if line in self._earlier:
            found["edited before"] = 1 / self._earlier[line]
        if self._before is not None:
            away, jump = line - self._at, self._at - self._before
            if line == self._before:
                found["the place before"] = 1.0
            if jump and away == jump:
                found["same jump again"] = 1.0
        if line in self._targets:
            found["pattern"] = self._targets[line]
        return found

    def _of_distance(self, away: int) -> dict[str, float]:
        """Return the features of how many lines away it is, as this person usually goes on."""
        near = _NEAR.get(away)
        side = "below" if away > 0 else "above" if away < 0 else "same line"
        found = {side: 1.0}
        if near is not None and away:
            found[near] = 1.0
        if away:
            found[f"lines {side}, log"] = math.log2(1 + abs(away))
        for state in self._state if near is not None else ():
            found[f"{near}, {state}"] = 1.0
        for habit in dict.fromkeys([near, side]):
            if habit in self._habits:
                found[f"{habit}, as before"] = self._habits[habit]
        return found

    def _content(self, line: int) -> str:
        return self._contents[line] if line < len(self._contents) else ""

    def _lines_with(self, changed: str, whole: str) -> set[int]:
        """Return the lines near by that have a name of a change, however much of it was typed."""
        words = [name for name in dict.fromkeys(names(whole)) if _shares(name, changed)]
        found: set[int] = set()
        for word in words[:_MOST_NAMES]:
            pattern = re.compile(rf"(?<!\w){re.escape(word)}(?!\w)")
            lines: Sequence[int] = [
                self._scene.lines.at(match.start()) for match in pattern.finditer(self._scene.text)
            ]
            nearest = sorted(set(lines), key=lambda line: abs(line - self._at))
            found.update(nearest[:_MOST_BY_NAME])
        return found


def _habits(bursts: Sequence[Burst]) -> dict[str, float]:
    """Return for each way to go on how large a share of the last bursts went it."""
    ways: Counter[str] = Counter()
    for earlier, later in pairwise(bursts):
        away = later.line - (earlier.line + max(0, len(earlier.after_lines) - 1))
        ways["below" if away > 0 else "above" if away < 0 else "same line"] += 1
        if away in _NEAR and away:
            ways[_NEAR[away]] += 1
    return {way: count / (len(bursts) + 1) for way, count in ways.items()}


def _shares(name: str, changed: str) -> bool:
    changed = changed.strip()
    return bool(changed) and (name in changed or (len(changed) > 1 and changed in name))
