"""What does not belong: a token, the prompt of a shell, words without the mark of a comment."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from foretrace_models.repair.edits import TextEdit
from foretrace_models.repair.rules.candidate import Candidate
from foretrace_models.repair.rules.syntax.broken import Broken, ends_value, one

_PROMPT = re.compile(r"^[ \t]*(?:>>>+[ \t]?|\.\.\.(?:[ \t]|$)|In \[\d+\]:[ \t]?)", re.MULTILINE)
_NUMBER = re.compile(r"^[ \t]*\d+[.:)]?[ \t]+(?=[A-Za-z_#])", re.MULTILINE)
_PROSE = re.compile(r"[A-Za-z][A-Za-z']+")
_COST_OF_TOKEN = 0.4


def tokens(broken: Broken) -> Iterator[Candidate]:
    """A token too many."""
    place = broken.starts[broken.line] + broken.column
    row = broken.on(broken.line)
    for number, token in enumerate(row):
        if token.start <= place <= token.end:
            near = row[max(0, number - 1) : number + 2]
            for other in near:
                yield one(other.start, other.end, "", "token too many", 2.5)
                if other.kind == "ERROR" or not re.search(r"[\w\"']", other.text):
                    yield one(other.start, other.end, "", "token too many", 1.8)
    for line in broken.near():
        code = broken.code(line)
        if code.endswith((";", ",", "\\", ".", ":", "+", "-", "*", "/", "=", "==", "}")):
            end = broken.end(line)
            cut = 2 if code.endswith("==") else 1
            yield one(end - cut, end, "", "token too many", 1.6)
        for match in re.finditer(r"[$?@;`!]|\\(?!\s*$)", code):
            start = broken.starts[line] + match.start()
            yield one(start, start + 1, "", "token too many", 2.0)
        if re.match(r"^\s*[{}]\s*$", code):
            start = broken.starts[line]
            yield one(start, broken.starts[line + 1], "", "brace of a block", 0.8)


def prompts(broken: Broken) -> Iterator[Candidate]:
    """What a shell or a page of a book puts before each line: `>>>`, a number."""
    for pattern in (_PROMPT, _NUMBER):
        found = list(pattern.finditer(broken.text))
        if found:
            edits = tuple(
                TextEdit(match.end() - len(match[0].lstrip(" \t")), match.end(), "")
                for match in found
            )
            yield Candidate(edits, "prompt", 0.4 if pattern is _PROMPT else 1.5)


def comments(broken: Broken) -> Iterator[Candidate]:
    """Words without the mark of a comment, or with that of another language; a line too many."""
    for line in broken.near():
        code = broken.code(line)
        if not code:
            continue
        start, indent = broken.starts[line], len(broken.indent(line))
        begin, row = start + indent, broken.on(line)
        lost = _COST_OF_TOKEN * len(row)
        prose = len(_PROSE.findall(code)) > 2 and not re.search(r"[=()\[\]\"]", code)
        yield one(begin, begin, "# ", "comment", 1.5 if prose else 4.0 + lost)
        yield one(start, broken.starts[line + 1], "", "line too many", 6.0 + 2 * lost)
        if marked := re.match(r"^\s*(?:/\*+|\*+/|\*|<!--|--|;|%)\s?", code):
            yield one(begin, start + marked.end(), "# ", "comment", 0.8)
        for number, (left, right) in enumerate(itertools.pairwise(row)):
            rest = broken.text[right.start : broken.end(line)]
            words = len(_PROSE.findall(rest))
            if words > 1 and (ends_value(left) or left.text == ":") and number:
                closed = not re.search(r"[=()\[\]\"]", rest)
                yield one(right.start, right.start, "# ", "comment", 2.5 if closed else 6.0)
    yield from _long_comments(broken)


def _long_comments(broken: Broken) -> Iterator[Candidate]:
    """Yield the candidates for `/* … */`, and for words on several lines."""
    for match in re.finditer(r"/\*.*?\*/", broken.text, re.DOTALL):
        first, last = broken.line_of(match.start()), broken.line_of(match.end())
        edits = [
            TextEdit(place, place, "# ")
            for line in range(first, last + 1)
            for place in [broken.starts[line] + len(broken.indent(line))]
            if broken.lines[line].strip()
        ]
        if broken.text[broken.starts[first] : match.start()].strip():
            edits[0] = TextEdit(match.start(), match.start(), "# ")
        yield Candidate(tuple(edits), "comment", 0.6)
    run = []
    for line in range(broken.line, len(broken.lines)):
        code = broken.code(line)
        if not code or re.search(r"[=()\[\]]", code) or len(_PROSE.findall(code)) < 2:
            break
        run.append(line)
    if len(run) > 1:
        places = [broken.starts[line] + len(broken.indent(line)) for line in run]
        edits_ = tuple(TextEdit(place, place, "# ") for place in places)
        yield Candidate(edits_, "comment", 2.0)
