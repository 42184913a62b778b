"""Edit prompts to measure with: short programs of our own, and an edit that has begun in them."""

from __future__ import annotations

import random
import re

from attrs import frozen

from foretrace_models.prompts import correcting

_PROGRAMS = (
    '''\
def mean(numbers):
    """Return the arithmetic mean of a list of numbers."""
    total = 0
    for number in numbers:
        total = total + number
    return total / len(numbers)
''',
    """\
def is_palindrome(word):
    left = 0
    right = len(word) - 1
    while left < right:
        if word[left] != word[right]:
            return False
        left = left + 1
        right = right - 1
    return True
""",
    """\
class Account:
    def __init__(self, owner, balance=0):
        self.owner = owner
        self.balance = balance

    def deposit(self, amount):
        if amount <= 0:
            raise ValueError("a deposit must be more than nothing")
        self.balance += amount

    def withdraw(self, amount):
        if amount > self.balance:
            raise ValueError("there is not enough money")
        self.balance -= amount
""",
    """\
def count_words(path):
    counts = {}
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            for word in line.lower().split():
                word = word.strip(".,;:!?")
                counts[word] = counts.get(word, 0) + 1
    return counts
""",
    '''\
def binary_search(items, wanted):
    """Return the index of wanted in a sorted list, or -1."""
    low, high = 0, len(items) - 1
    while low <= high:
        middle = (low + high) // 2
        if items[middle] == wanted:
            return middle
        if items[middle] < wanted:
            low = middle + 1
        else:
            high = middle - 1
    return -1
''',
    """\
import csv


def totals_by_month(path):
    totals = {}
    with open(path, newline="") as file:
        for row in csv.DictReader(file):
            month = row["date"][:7]
            amount = float(row["amount"])
            if month not in totals:
                totals[month] = 0.0
            totals[month] += amount
    for month in sorted(totals):
        print(month, round(totals[month], 2))
    return totals
""",
    """\
def transpose(matrix):
    rows = len(matrix)
    columns = len(matrix[0])
    result = []
    for column in range(columns):
        line = []
        for row in range(rows):
            line.append(matrix[row][column])
        result.append(line)
    return result
""",
    """\
def grade(points, maximum):
    share = points / maximum
    if share >= 0.9:
        return "A"
    elif share >= 0.8:
        return "B"
    elif share >= 0.7:
        return "C"
    elif share >= 0.5:
        return "D"
    else:
        return "F"
""",
)
# For each program: how a line of it is made wrong, and which name is to become another one.
_EDITS = (
    (("total = 0", "total = 1"), ("total", "result")),
    (("len(word) - 1", "len(word)"), ("left", "first")),
    (("balance=0", "balance=1"), ("amount", "value")),
    (("counts = {}", "counts = []"), ("counts", "found")),
    (("len(items) - 1", "len(items)"), ("middle", "center")),
    (("totals = {}", "totals = []"), ("totals", "sums")),
    (("len(matrix[0])", "len(matrix)"), ("result", "turned")),
    (("points / maximum", "points * maximum"), ("share", "part")),
)


@frozen
class EditPrompt:
    """A prompt whose answer mostly copies, and what would be the perfect answer."""

    text: str
    perfect: str


def edit_prompts(count: int, seed: int) -> list[EditPrompt]:
    """Return so many prompts, none twice before all had their turn, in an order of the seed's.

    The first line of the edit is made already: a mistake was corrected, or a name changed; what
    follows is to be copied, with the other occurrences of the name changed.
    """
    prompts = []
    for program, (mistake, names) in zip(_PROGRAMS, _EDITS, strict=True):
        right, wrong = mistake
        old, new = names
        prompts.append(_begun(program.replace(right, wrong, 1), program))
        prompts.append(_begun(program, re.sub(rf"\b{old}\b", new, program)))
    random.Random(seed).shuffle(prompts)  # noqa: S311 (not for secrets)
    return [prompts[number % len(prompts)] for number in range(count)]


def _begun(before: str, after: str) -> EditPrompt:
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    first = next(number for number, line in enumerate(old) if line != new[number])
    begun = "".join(new[: first + 1])
    return EditPrompt(correcting(before, begun), "\n" + "".join(new[first + 1 :]))
