"""Keywords: misspelt, missing, or of another language."""

from __future__ import annotations

import itertools
import keyword
import re
from collections.abc import Iterator

from rapidfuzz.distance import OSA

from foretrace_models.repair.edits import TextEdit
from foretrace_models.repair.rules.candidate import Candidate
from foretrace_models.repair.rules.syntax.broken import Broken, at, one

_FIRST = (
    *("def", "return", "while", "for", "if", "elif", "else", "import", "print", "class", "from"),
    *("break", "continue", "try", "except", "finally", "with", "pass", "global"),
)
_INNER = ("in", "not", "and", "or", "is", "True", "False", "None", "range", "if", "else", "lambda")
_TYPES = r"(?:int|float|double|string|str|char|bool|boolean|var|let|const|long|auto)"


def misspelt(broken: Broken) -> Iterator[Candidate]:
    """A misspelt keyword, one with capitals, one with a space or the next word stuck to it."""
    for line in broken.near():
        row = broken.on(line)
        for number, token in enumerate(row):
            word = token.text
            if token.kind not in ("identifier", "ERROR") or keyword.iskeyword(word):
                continue
            if number and row[number - 1].text == ".":
                continue
            for right in _FIRST if number == 0 else _INNER:
                if word.lower() == right.lower() and word != right:
                    yield one(token.start, token.end, right, "misspelt keyword", 0.3)
                elif word != right and OSA.distance(word, right) == 1 and len(word) > 1:
                    # A name that is used elsewhere is hardly a misspelt keyword.
                    cost = 0.8 + 1.5 * (broken.names[word] > 1) + (len(right) == 2)
                    yield one(token.start, token.end, right, "misspelt keyword", cost)
                elif len(right) > 3 and OSA.distance(word, right) == 2:
                    yield one(token.start, token.end, right, "misspelt keyword", 2.0)
            stuck = (r for r in ("for", "if", "while", "elif", "return", "def", "print", "import"))
            for right in stuck if number == 0 else ():
                if word.startswith(right) and len(word) > len(right):
                    end = token.start + len(right)
                    yield one(end, end, " ", "missing space", 1.5)
        if split := re.match(
            r"^\s*(?:el\s+if|whi\s+le|ret\s+urn|d\s+ef|pri\s+nt|el\s+se)\b", broken.lines[line]
        ):
            new = split[0].lstrip()
            begin = broken.starts[line] + len(broken.indent(line))
            joined = "".join(new.split())
            yield one(begin, begin + len(new), joined, "misspelt keyword", 0.5)


def foreign(broken: Broken) -> Iterator[Candidate]:
    """`else if`, `function`, a type before a name: words of other languages."""
    for line in broken.near():
        start, text = broken.starts[line], broken.lines[line]
        for match in re.finditer(
            r"\b(?:else\s+if|else\s*:\s*if|elseif|elsif|elf|ifelse|elseIf)\b", text
        ):
            yield at(start, match, "elif", "word", 0.4)
        for match in re.finditer(
            r"\b(?:function|func|fun|define|sub|void|public)\s+(?=\w+\s*\()", text
        ):
            yield at(start, match, "def ", "word", 0.5)
        if typed := re.match(rf"^\s*({_TYPES}\s+)(?=[A-Za-z_]\w*\s*(?:=|$|,))", text):
            yield one(start + typed.start(1), start + typed.end(1), "", "type of a name", 0.6)
        for match in re.finditer(rf"(?<=[(,])\s*{_TYPES}\s+(?=[A-Za-z_]\w*\s*[,)=])", text):
            yield at(start, match, "", "type of a name", 1.0)
        if other := re.match(r"^\s*(?:switch|foreach|unless|until)\b", text):
            new = {"foreach": "for", "unless": "if not", "until": "while not"}.get(other[0].strip())
            if new:
                begin = start + len(broken.indent(line))
                yield one(begin, start + other.end(), new, "word", 1.0)
        if condition := re.match(r"^\s*else\s+(?=[^:\s])", text):
            begin = start + len(broken.indent(line))
            yield one(begin, start + condition.end(), "elif ", "else with a condition", 0.9)
            if text.rstrip().endswith(":"):
                end = broken.end(line) - 1
                yield one(begin + 4, end, "", "else with a condition", 1.5)
        if bare := re.match(r"^\s*elif\s*(?=:)", text):
            begin = start + len(broken.indent(line))
            yield one(begin, start + bare.end(), "else", "elif without a condition", 0.8)


def python_2(broken: Broken) -> Iterator[Candidate]:
    """`print x`, `except E, e`, `raise E, x`: Python 2."""
    printing = re.compile(r"^(\s*(?:.*[:;]\s*)?)(print|exec)(?:\s+(?!=)|(?=[\"']))(.+)$")
    matches = {n: printing.match(broken.code(n)) for n in range(len(broken.lines))}
    rows = {n: m for n, m in matches.items() if m and not re.match(r"\(.*\)$", m[3])}
    made = {
        n: TextEdit(broken.starts[n], broken.end(n), f"{m[1]}{m[2]}({m[3].rstrip(' ;')})")
        for n, m in rows.items()
    }
    for line in broken.near():
        if line in made:
            yield Candidate((made[line],), "print", 0.5)
            if len(made) > 1:
                yield Candidate(tuple(made.values()), "print", 0.4)
        start, text = broken.starts[line], broken.lines[line]
        if caught := re.match(r"^(\s*except\s+[\w.]+)\s*,\s*(?=\w+\s*:)", text):
            yield one(start + len(caught[1]), start + caught.end(), " as ", "except", 0.4)
        if raised := re.match(r"^(\s*raise\s+[\w.]+)\s*,\s*(.+)$", broken.code(line)):
            new = f"{raised[1]}({raised[2]})"
            yield one(start, broken.end(line), new, "raise", 0.4)


def missing(broken: Broken) -> Iterator[Candidate]:
    """A `for` without `in`, a function without `def` or its parentheses, `global` with a value."""
    for line in broken.near():
        start, text = broken.starts[line], broken.lines[line]
        begin = start + len(broken.indent(line))
        if loop := re.match(r"^\s*for\s+\w+(?:\s*,\s*\w+)*\s+(?!in\b|,)(?=\w)", text):
            place = start + loop.end()
            yield one(place, place, "in ", "missing word", 0.8)
        if loop := re.match(r"^\s*for\s+\w+\s*(=|:|==)\s*(?=\w)", text):
            yield one(start + loop.start(1), start + loop.end(), " in ", "missing word", 1.0)
        if head := re.match(r"^\s*def\s+\w+(?=\s*:)", text):
            yield one(start + head.end(), start + head.end(), "()", "missing parentheses", 0.5)
        if head := re.match(r"^\s*def\s+\w+(\s+)(\w+(?:\s*,\s*\w+)*)\s*(?=:)", text):
            new = f"({head[2]})"
            yield one(start + head.start(1), start + head.end(), new, "missing parentheses", 0.8)
        if re.match(r"^\s*\w+\s*\([\w\s,=]*\)\s*:", text):
            yield one(begin, begin, "def ", "missing word", 1.0)
        if re.match(r"^\s*[^#:]*[<>=!]=?[^:]*:\s*$", text) and not broken.opens_block(line):
            yield one(begin, begin, "if ", "missing word", 2.0)
            yield one(begin, begin, "while ", "missing word", 2.8)
        if told := re.match(r"^\s*global\s+(?=\w+\s*=)", text):
            yield one(begin, start + told.end(), "", "global with a value", 1.0)
        if called := re.match(r"^\s*(?:from\s+\w+\s+)?(?:imports|include|using)\b", text):
            yield one(begin, start + called.end(), "import", "word", 0.8)
        row = broken.on(line)
        for left, right in itertools.pairwise(row):
            if left.text in ("if", "elif", "while", "and", "or") and right.text in ("=", "=="):
                yield one(left.end, right.end, "", "token too many", 2.5)
