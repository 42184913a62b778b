"""Programs that do not parse: a missing colon, a bracket left open, a line too far to the right.

Each rule looks near the place where Python gave up, which is often just after the fault.
"""

from __future__ import annotations

import difflib
import itertools
import keyword
import re
from collections.abc import Callable, Iterator

from attrs import frozen

from foretrace_models.repair.edits import TextEdit
from foretrace_models.repair.rules.candidate import Candidate
from foretrace_models.repair.tokens import Token, tokens
from foretrace_telemetry.text import split_lines

_OPENERS = r"(?:async\s+)?(?:if|elif|else|for|while|def|class|try|except|finally|with)\b"
_HEADER = re.compile(rf"^\s*{_OPENERS}")
_CONDITION = re.compile(r"^\s*(?:if|elif|while)\b")
_PAIRS = {"(": ")", "[": "]", "{": "}"}
_TYPOGRAPHY = {
    "“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "，": ",", "（": "(", "）": ")",
    "：": ":", "；": ";", "【": "[", "】": "]", "−": "-", "–": "-", "—": "-", "×": "*",
    "÷": "/", "≤": "<=", "≥": ">=", "≠": "!=", "\u00a0": " ", "\u3000": " ", "\u200b": "",
}  # fmt: skip
_OPERATORS = (
    *(("&&", "and"), ("||", "or"), ("=>", ">="), ("=<", "<="), ("<>", "!="), ("=!", "!=")),
    *(("===", "=="), ("!==", "!="), ("//", "#"), ("++", " += 1"), ("--", " -= 1"), (":=", "=")),
)
_KEYWORDS = (
    *("def", "return", "while", "for", "if", "elif", "else", "import", "print", "in", "not"),
    *("and", "or", "True", "False", "None", "break", "continue", "class", "from", "range"),
)


@frozen
class Broken:
    """A program that does not parse, and what Python says of it; lines count from 0."""

    text: str
    lines: list[str]
    starts: list[int]
    tokens: list[Token]
    message: str
    line: int
    column: int

    @classmethod
    def of(cls, text: str, error: SyntaxError) -> Broken:
        """Return what is known of a program from the error that it gave."""
        lines = split_lines(text)
        starts = [0]
        for each in lines:
            starts.append(starts[-1] + len(each))
        line = min(max((error.lineno or 1) - 1, 0), len(lines) - 1)
        column = min(max((error.offset or 1) - 1, 0), len(lines[line]))
        return cls(text, lines, starts, tokens(text), error.msg or "", line, column)

    def near(self) -> list[int]:
        """Return the lines to look at, the likeliest first: the one named, and some before it."""
        before = [n for n in range(self.line - 1, -1, -1) if self.lines[n].strip()][:2]
        return [self.line, *before]

    def code(self, line: int) -> str:
        """Return a line without its comment, its end and white space at its end."""
        text = self.lines[line]
        start = self.starts[line]
        for token in self.tokens:
            if token.kind == "comment" and start <= token.start < start + len(text):
                text = text[: token.start - start]
        return text.rstrip()

    def indent(self, line: int) -> str:
        """Return the white space at the start of a line."""
        text = self.lines[line]
        return text[: len(text) - len(text.lstrip(" \t"))]

    def step(self) -> str:
        """Return one step of indentation, as the program has it."""
        depths = sorted({len(self.indent(n)) for n in range(len(self.lines)) if self.code(n)})
        if any("\t" in self.indent(n) for n in range(len(self.lines))):
            return "\t"
        return " " * next((depth for depth in depths if depth), 4)

    def on(self, line: int) -> list[Token]:
        """Return the tokens that start on a line."""
        start, end = self.starts[line], self.starts[line + 1]
        return [token for token in self.tokens if start <= token.start < end]


def colons(broken: Broken) -> Iterator[Candidate]:
    """A line that opens a block lacks its colon, or has something else in its place."""
    for line in broken.near():
        code = broken.code(line)
        end = broken.starts[line] + len(code)
        if not _HEADER.match(code) or code.endswith(":"):
            continue
        yield _one(end, end, ":", "missing colon", 0.5)
        if code.endswith((";", ",", ".", "=")):
            yield _one(end - 1, end, ":", "missing colon", 0.4)
        if code.endswith(("{", "then", "do")):
            word = re.search(r"\s*(?:\{|then|do)$", code)
            if word:
                yield _one(broken.starts[line] + word.start(), end, ":", "missing colon", 0.4)


def words(broken: Broken) -> Iterator[Candidate]:
    """Words of other languages, and misspelt keywords."""
    for line in broken.near():
        start, text = broken.starts[line], broken.lines[line]
        for match in re.finditer(r"\b(?:else\s+if|elseif|elsif|elf|ifelse)\b", text):
            yield _at(start, match, "elif", "word", 0.4)
        for match in re.finditer(r"\b(?:function|func|fun|define|sub)\s+(?=\w+\s*\()", text):
            yield _at(start, match, "def ", "word", 0.5)
        for match in re.finditer(r"!(?!=)\s*", text):
            yield _at(start, match, "not ", "word", 1.0)
        for old, new in _OPERATORS:
            for match in re.finditer(re.escape(old), text):
                yield _at(start, match, new, "operator", 1.0)
        if printed := re.match(r"^(\s*)print\s+(?!=)(.+)$", broken.code(line)):
            call = f"{printed[1]}print({printed[2]})"
            yield _one(start, start + len(broken.code(line)), call, "print", 0.5)
        for token in broken.on(line):
            if token.kind not in ("identifier", "ERROR") or keyword.iskeyword(token.text):
                continue
            close = difflib.get_close_matches(token.text, _KEYWORDS, n=2, cutoff=0.6)
            for rank, word in enumerate(close):
                if word != token.text:
                    cost = 1.0 + rank + (0.0 if len(token.text) > 2 else 1.5)
                    yield _one(token.start, token.end, word, "misspelt keyword", cost)
        if loop := re.match(r"^\s*for\s+\w+\s+(?!in\b)(?=\w)", text):
            place = start + loop.end()
            yield _one(place, place, "in ", "missing word", 0.8)
        if head := re.match(r"^\s*def\s+\w+(?=\s*:)", text):
            place = start + head.end()
            yield _one(place, place, "()", "missing parentheses", 0.5)
        if re.match(r"^\s*\w+\s*\([\w\s,=]*\)\s*:", text):
            place = start + len(broken.indent(line))
            yield _one(place, place, "def ", "missing word", 1.0)


def equals(broken: Broken) -> Iterator[Candidate]:
    """`=` where a comparison is meant, and the other way round."""
    for line in broken.near():
        for token in broken.on(line):
            if token.text == "=":
                cost = 0.5 if _CONDITION.match(broken.lines[line]) else 1.5
                yield _one(token.start, token.end, "==", "one equals sign", cost)
            elif token.text == "==":
                yield _one(token.start, token.end, "=", "two equals signs", 2.0)


def brackets(broken: Broken) -> Iterator[Candidate]:
    """A bracket that is missing, too many, or of another shape."""
    opened: list[Token] = []
    for token in broken.tokens:
        if token.text in _PAIRS:
            opened.append(token)
        elif token.text in _PAIRS.values():
            if opened and _PAIRS[opened[-1].text] == token.text:
                opened.pop()
                continue
            yield _one(token.start, token.end, "", "bracket too many", 1.0)
            if opened:
                wanted = _PAIRS[opened[-1].text]
                yield _one(token.start, token.end, wanted, "bracket of another shape", 1.0)
                yield _one(token.start, token.start, wanted, "missing bracket", 1.2)
                opened.pop()
    for token in opened[-3:]:
        closer = _PAIRS[token.text]
        yield _one(token.start, token.end, "", "bracket too many", 2.0)
        line = _line_of(broken, token.start)
        for place, cost in _closing_places(broken, line, token):
            yield _one(place, place, closer, "missing bracket", cost)
    for line in broken.near():
        code = broken.code(line)
        end = broken.starts[line] + len(code)
        lacking = code.count(")") - code.count("(")
        if lacking > 0 and (match := re.match(r"^\s*(?:\w+\s*=\s*)?\w+", code)):
            place = broken.starts[line] + match.end()
            yield _one(place, place, "(", "missing bracket", 1.5)
        if code.count("(") > code.count(")"):
            before_colon = end - 1 if code.endswith(":") else end
            yield _one(before_colon, before_colon, ")", "missing bracket", 0.6)


def quotes(broken: Broken) -> Iterator[Candidate]:
    """A string that is not closed, or closed by another kind of quote."""
    for line in broken.near():
        code = broken.lines[line].rstrip("\r\n")
        start = broken.starts[line]
        for quote in "\"'":
            if code.count(quote) % 2 == 0:
                continue
            stripped = code.rstrip()
            ends = {len(stripped)}
            tail = re.search(r"[\s)\]}:,]+$", stripped)
            if tail:
                ends.update(range(tail.start(), len(stripped)))
            for rank, end in enumerate(sorted(ends)):
                yield _one(start + end, start + end, quote, "missing quote", 1.0 + 0.2 * rank)
            last = code.rfind(quote)
            yield _one(start + last, start + last + 1, "", "quote too many", 2.0)
            other = "'" if quote == '"' else '"'
            if code.count(other) % 2:
                at = code.rfind(other)
                yield _one(start + at, start + at + 1, quote, "quotes that differ", 0.8)
    if "triple-quoted" in broken.message:
        for quotes_ in ('"""', "'''"):
            end = len(broken.text.rstrip())
            yield _one(end, end, "\n" + quotes_, "missing quote", 2.0)
            yield _one(end, end, quotes_, "missing quote", 2.2)


def typography(broken: Broken) -> Iterator[Candidate]:
    """Characters that a word processor or a web page put in the place of plain ones."""
    edits = tuple(
        TextEdit(index, index + 1, _TYPOGRAPHY[character])
        for index, character in enumerate(broken.text)
        if character in _TYPOGRAPHY
    )
    if edits:
        yield Candidate(edits, "typographic characters", 0.2)
        near = tuple(edit for edit in edits if _line_of(broken, edit.start) == broken.line)
        if near and near != edits:
            yield Candidate(near, "typographic characters", 0.3)
    nulls = tuple(TextEdit(i, i + 1, "") for i, c in enumerate(broken.text) if c == "\0")
    if nulls:
        yield Candidate(nulls, "null bytes", 0.1)


def indentation(broken: Broken) -> Iterator[Candidate]:
    """A line, or a block from it on, further to the left or right."""
    step = broken.step()
    depths = {broken.indent(n) for n in range(len(broken.lines)) if broken.code(n)}
    for line in broken.near()[:2]:
        if not broken.lines[line].strip():
            continue
        own = broken.indent(line)
        above = next((n for n in range(line - 1, -1, -1) if broken.code(n)), None)
        wanted: dict[str, float] = {}
        if above is not None:
            before = broken.indent(above)
            opens = broken.code(above).endswith(":")
            wanted[before + step if opens else before] = 0.6
            wanted.setdefault(before, 1.5)
            wanted.setdefault(before + step, 1.8)
            if before.endswith(step):
                wanted.setdefault(before[: -len(step)], 1.6)
        for depth in depths:
            wanted.setdefault(depth, 2.0)
        wanted.setdefault("", 2.0)
        for indent, cost in wanted.items():
            if indent == own:
                continue
            start = broken.starts[line]
            yield _one(start, start + len(own), indent, "indentation", cost)
            block = _block(broken, line, len(own))
            if len(block) > 1:
                yield Candidate(
                    tuple(
                        TextEdit(
                            broken.starts[n],
                            broken.starts[n] + len(own),
                            indent,
                        )
                        for n in block
                        if broken.lines[n].startswith(own)
                    ),
                    "indentation",
                    cost + 0.1,
                )
    if any("\t" in broken.indent(n) for n in range(len(broken.lines))):
        for width in (4, 8):
            edits = tuple(
                TextEdit(
                    broken.starts[n],
                    broken.starts[n] + len(broken.indent(n)),
                    broken.indent(n).expandtabs(width),
                )
                for n in range(len(broken.lines))
                if "\t" in broken.indent(n)
            )
            yield Candidate(edits, "tabs and spaces", 1.0)


def bodies(broken: Broken) -> Iterator[Candidate]:
    """A block with nothing in it."""
    for line in broken.near():
        if _HEADER.match(broken.code(line)) and broken.code(line).endswith(":"):
            indent = broken.indent(line) + broken.step()
            end = broken.starts[line + 1]
            newline = "" if broken.lines[line].endswith("\n") else "\n"
            yield _one(end, end, f"{newline}{indent}pass\n", "empty block", 2.5)


def commas(broken: Broken) -> Iterator[Candidate]:
    """Something is missing between two values: a comma, an operator, a point."""
    for line in broken.near():
        row = broken.on(line)
        for left, right in itertools.pairwise(row):
            if not (_ends_value(left) and _starts_value(right)):
                continue
            yield _one(left.end, left.end, ",", "missing comma", 1.5)
            for symbol, cost in (("+", 3.0), ("*", 2.5), (".", 3.5), ("==", 3.5), ("=", 3.0)):
                spaced = f" {symbol} " if symbol in ("==", "=", "+") else symbol
                yield _one(left.end, right.start, spaced, "missing operator", cost)
        for match in re.finditer(r"(?<![\w.])(\d+)(?=[A-Za-z_])", broken.lines[line]):
            place = broken.starts[line] + match.end()
            yield _one(place, place, "*", "missing operator", 1.5)
        for match in re.finditer(r"(?<![\w.])0+(?=\d)", broken.lines[line]):
            yield _at(broken.starts[line], match, "", "leading zero", 0.5)


def leftovers(broken: Broken) -> Iterator[Candidate]:
    """A token or a whole line that does not belong, or a comment without its mark."""
    place = broken.starts[broken.line] + broken.column
    around = [token for token in broken.on(broken.line) if token.start <= place <= token.end]
    for token in around[:2]:
        yield _one(token.start, token.end, "", "token too many", 2.5)
    for line in broken.near():
        code = broken.code(line)
        if not code:
            continue
        start, indent = broken.starts[line], len(broken.indent(line))
        wordy = len(re.findall(r"[A-Za-z]+", code)) > 3 and not re.search(r"[=()\[\]]", code)
        yield _one(start + indent, start + indent, "# ", "comment", 2.0 if wordy else 5.0)
        if code.endswith((";", ",", "\\", ".", ":", "+", "-", "*", "/", "=", "==")):
            end = start + len(code)
            cut = 2 if code.endswith("==") else 1
            yield _one(end - cut, end, "", "token too many", 2.0)
        yield _one(start, broken.starts[line + 1], "", "line too many", 6.0)


RULES: tuple[Callable[[Broken], Iterator[Candidate]], ...] = (
    typography,
    colons,
    words,
    equals,
    brackets,
    quotes,
    indentation,
    commas,
    bodies,
    leftovers,
)


def candidates(text: str, error: SyntaxError) -> list[Candidate]:
    """Return what the rules propose for a program that does not parse, the likeliest first."""
    broken = Broken.of(text, error)
    found = [candidate for rule in RULES for candidate in rule(broken)]
    return sorted(found, key=lambda candidate: candidate.cost)


def _one(start: int, end: int, new: str, rule: str, cost: float) -> Candidate:
    return Candidate((TextEdit(start, end, new),), rule, cost)


def _at(start: int, match: re.Match[str], new: str, rule: str, cost: float) -> Candidate:
    return _one(start + match.start(), start + match.end(), new, rule, cost)


def _line_of(broken: Broken, offset: int) -> int:
    return max(n for n in range(len(broken.lines)) if broken.starts[n] <= offset)


def _closing_places(broken: Broken, line: int, opener: Token) -> Iterator[tuple[int, float]]:
    """Return where the closer of a bracket may go: after each token on its line."""
    row = [token for token in broken.on(line) if token.start > opener.start]
    for token in row:
        if token.text != ":" and _ends_value(token):
            last = token is row[-1] or row[row.index(token) + 1].text in (":", ")", "]", "}")
            yield token.end, 0.8 if last else 2.0
    if not row:
        yield opener.end, 1.0


def _block(broken: Broken, line: int, depth: int) -> list[int]:
    """Return a line and those after it that are at least as far to the right."""
    block = [line]
    for n in range(line + 1, len(broken.lines)):
        if broken.code(n) and len(broken.indent(n)) < depth:
            break
        if broken.code(n):
            block.append(n)
    return block


def _ends_value(token: Token) -> bool:
    if token.kind in ("identifier", "integer", "float", "string_end"):
        return True
    return token.text in (")", "]", "}", "True", "False", "None")


def _starts_value(token: Token) -> bool:
    if token.kind in ("identifier", "integer", "float", "string_start"):
        return True
    return token.text in ("(", "[", "{", "True", "False", "None")
