"""Single characters in the place of others: those of a word processor, of the wrong key."""

from __future__ import annotations

import re
from collections.abc import Iterator

from foretrace_models.repair.edits import TextEdit
from foretrace_models.repair.rules.candidate import Candidate
from foretrace_models.repair.rules.syntax.broken import Broken, at

_TYPOGRAPHY = {
    "“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "，": ",", "（": "(", "）": ")",
    "：": ":", "；": ";", "【": "[", "】": "]", "−": "-", "–": "-", "—": "-", "×": "*",
    "÷": "/", "≤": "<=", "≥": ">=", "≠": "!=", "\u00a0": " ", "\u3000": " ", "\u200b": "",
}  # fmt: skip
# As mathematics has it: 4ac.
_MOST_FACTORS = 3
_LOOKALIKES = str.maketrans("105", "loS")


def typography(broken: Broken) -> Iterator[Candidate]:
    """Quotes, dashes and spaces of a word processor or a web page; null bytes."""
    edits = tuple(
        TextEdit(index, index + 1, _TYPOGRAPHY[character])
        for index, character in enumerate(broken.text)
        if character in _TYPOGRAPHY
    )
    if edits:
        yield Candidate(edits, "typographic characters", 0.2)
        near = tuple(edit for edit in edits if broken.line_of(edit.start) == broken.line)
        if near and near != edits:
            yield Candidate(near, "typographic characters", 0.3)
    nulls = tuple(TextEdit(i, i + 1, "") for i, c in enumerate(broken.text) if c == "\0")
    if nulls:
        yield Candidate(nulls, "null bytes", 0.1)


def digits(broken: Broken) -> Iterator[Candidate]:
    """A name that begins with a digit, a leading zero, 9 and 0 for the brackets on their keys."""
    for line in broken.near():
        start, text = broken.starts[line], broken.lines[line]
        for match in re.finditer(r"(?<![\w.])\d+[A-Za-z_]\w*", text):
            yield from _names_with_digits(broken, match[0])
        for match in re.finditer(r"(?<![\w.])0+(?=\d)", text):
            yield at(start, match, "", "leading zero", 0.5)
        for match in re.finditer(r"(?<=[A-Za-z_])9(?=[A-Za-z_\"'])", text):
            yield at(start, match, "(", "9 for a bracket", 2.0)
        for match in re.finditer(r"(?<=[\w\"')])0+(?=\s*$|[).])", text):
            yield at(start, match, ")" * len(match[0]), "0 for a bracket", 2.0)


def _names_with_digits(broken: Broken, name: str) -> Iterator[Candidate]:
    places = [
        match.start() for match in re.finditer(rf"(?<![\w.]){re.escape(name)}(?!\w)", broken.text)
    ]
    looks_like = name[0].translate(_LOOKALIKES) + name[1:]
    number, letters = re.match(r"(\d+)(.*)", name).groups()  # type: ignore[union-attr]
    turned = letters + number
    for new, cost in ((looks_like, 1.0), (turned, 2.0), (f"_{name}", 2.5)):
        if new.isidentifier():
            edits = tuple(TextEdit(place, place + len(name), new) for place in places)
            known = 0.0 if new in broken.names else 0.5
            yield Candidate(edits, "name that begins with a digit", cost + known)
    for factors, cost in (((letters,), 1.5), (tuple(letters), 1.0)):
        known = all(re.search(rf"(?<!\w){factor}\b", broken.text) for factor in factors)
        if known and len(factors) <= _MOST_FACTORS:
            product = "*".join((number, *factors))
            edits = tuple(TextEdit(place, place + len(name), product) for place in places)
            yield Candidate(edits, "missing operator", cost)
