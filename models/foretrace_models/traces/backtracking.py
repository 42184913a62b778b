"""Goal backtracking: how often a coder moves away from where they end.

As "Modeling Student Learning with 3.8 Million Program Traces" has it, and as we count it. There it
is a share of states, and those that follow each other are compared by their characters; the first
of them cannot move away and the last is left out, so a trace of one step can never have any. Here
it is a share of steps, and what is compared are tokens.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import pairwise

from foretrace_models.repair.edits import distance

_TOKEN = re.compile(r"\w+|[^\w\s]")


def backtracking_ratio(states: Sequence[str]) -> float:
    """Return the paper's ratio of the states of a trace; 0 where there is one or none.

    It is the number of states before the last that are further from it than the one before them,
    for each state before the last.
    """
    distances = [character_distance(state, states[-1]) for state in states[:-1]]
    if not distances:
        return 0.0
    return sum(after > before for before, after in pairwise(distances)) / len(distances)


def steps_away(states: Sequence[str]) -> list[bool]:
    """Return for each step of a trace whether it leads away from the last state, in tokens."""
    if not states:
        return []
    goal = tokens_of(states[-1])
    distances = [distance(tokens_of(state), goal) for state in states]
    return [after > before for before, after in pairwise(distances)]


def character_distance(a: str, b: str) -> int:
    """Return the paper's distance of two programs, in characters.

    It is what difflib does not match of the longer one. Where a text is long, difflib leaves
    frequent characters out, so that the distance can differ with the order of the two.
    """
    return int(max(len(a), len(b)) * (1 - SequenceMatcher(None, a, b).ratio()))


def tokens_of(text: str) -> list[str]:
    """Return the words, numbers and signs of a program in any language."""
    return _TOKEN.findall(text)
