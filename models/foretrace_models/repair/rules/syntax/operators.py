"""Operators: of another language, torn apart, one for another."""

from __future__ import annotations

import re
from collections.abc import Iterator

from foretrace_models.repair.rules.candidate import Candidate
from foretrace_models.repair.rules.syntax.broken import Broken, at, one

_CONDITION = re.compile(r"^\s*(?:if|elif|while|assert|return)\b")
_FOREIGN = (
    *(("&&", "and", 0.5), ("||", "or", 0.5), ("=>", ">=", 0.8), ("=<", "<=", 0.8)),
    *(("<>", "!=", 0.5), ("=!", "!=", 0.8), ("===", "==", 0.5), ("!==", "!=", 0.5)),
    *(("//", "#", 2.0), ("++", " += 1", 0.8), ("--", " -= 1", 0.8), (":=", "=", 1.0)),
    *(("=+", "+=", 1.5), ("=-", "-=", 1.5), ("->", ".", 2.0)),
)
_SPLIT = re.compile(r"(?<![<>=!+\-*/%|&^])([<>=!+\-*/%|&^]|//|\*\*)\s+(=)(?!=)")


def equals(broken: Broken) -> Iterator[Candidate]:
    """`=` where a comparison or `+` is meant, and the other way round."""
    for line in broken.near():
        depth = 0
        row = broken.on(line)
        for number, token in enumerate(row):
            depth += (token.text in "([{") - (token.text in ")]}")
            if token.text == "=":
                cost = 0.5 if _CONDITION.match(broken.lines[line]) else 1.5
                yield one(token.start, token.end, "==", "one equals sign", cost)
                if depth > 0:
                    # The same key without shift, and its neighbour.
                    yield one(token.start, token.end, "+", "= for +", 1.8)
                    yield one(token.start, token.end, "-", "= for -", 2.5)
                if number + 1 < len(row) and row[number + 1].text == "=":
                    end = row[number + 1].end
                    yield one(token.start, end, "==", "operator in two parts", 0.3)
            elif token.text == "==":
                yield one(token.start, token.end, "=", "two equals signs", 1.5)


def foreign(broken: Broken) -> Iterator[Candidate]:
    """`&&`, `||`, `!`, `i++`, `=>`, `::`, `? :`: operators of other languages."""
    for line in broken.near():
        start, text = broken.starts[line], broken.lines[line]
        for match in re.finditer(r"!(?!=)\s*", text):
            yield at(start, match, "not ", "word", 1.0)
        for old, new, cost in _FOREIGN:
            for match in re.finditer(re.escape(old), text):
                yield at(start, match, new, "operator", cost)
        for match in re.finditer(r"(?<=[\w)\]])\s*\?\s*([^:]+?)\s*:\s*([^:]+)$", text.rstrip()):
            yield at(start, match, f" and {match[1]} or {match[2]}", "operator", 3.0)


def split(broken: Broken) -> Iterator[Candidate]:
    """An operator in two parts: `! =`, `// =`, `< =`."""
    for line in broken.near():
        text = broken.lines[line]
        for match in _SPLIT.finditer(text):
            yield at(broken.starts[line], match, match[1] + match[2], "operator in two parts", 0.3)
        for match in re.finditer(r"/\s+/|\*\s+\*", text):
            joined = "".join(match[0].split())
            yield at(broken.starts[line], match, joined, "operator in two parts", 0.8)


def repeated(broken: Broken) -> Iterator[Candidate]:
    """An operator with a sign too many: `***`, `=+=`, `+ +`."""
    for line in broken.near():
        start, text = broken.starts[line], broken.lines[line]
        for match in re.finditer(r"\*{3,}", text):
            yield at(start, match, "**", "operator too long", 0.6)
            yield at(start, match, "*", "operator too long", 1.6)
        for match in re.finditer(r"/{3,}", text):
            yield at(start, match, "//", "operator too long", 0.6)
        for match in re.finditer(r"=\s*([+\-*/%])=", text):
            yield at(start, match, f"{match[1]}=", "operator too long", 0.6)
        for match in re.finditer(r"([+*/%]|and|or)\s*([+*/%]|and|or)(?!\w)", text):
            if match[0] not in ("**", "//"):
                for kept in (1, 2):
                    yield at(start, match, match[kept], "operator too many", 2.0)
        for match in re.finditer(r"([<>=!]=?)\s*([<>=!]=)|<\s*>|>\s*<", text):
            if match[2]:
                yield at(start, match, match[2], "operator too many", 1.5)
                yield at(start, match, match[1], "operator too many", 2.0)
