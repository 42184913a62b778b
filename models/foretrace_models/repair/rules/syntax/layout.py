"""Lines and blocks: colons, indentation, empty bodies, two statements on one line."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from foretrace_models.repair.edits import TextEdit
from foretrace_models.repair.rules.candidate import Candidate
from foretrace_models.repair.rules.syntax.broken import Broken, ends_value, one
from foretrace_models.repair.tokens import Token

_CLAUSES = {
    "else": ("if", "elif", "for", "while", "try", "except"),
    "elif": ("if", "elif"),
    "except": ("try", "except"),
    "finally": ("try", "except", "else"),
}
_FIRST_WORD = re.compile(r"\s*(\w+)")
_MOST_LINES = 8


def colons(broken: Broken) -> Iterator[Candidate]:
    """A line that opens a block lacks its colon, or has something else in its place."""
    for line in broken.near():
        code = broken.code(line)
        start, end = broken.starts[line], broken.end(line)
        if not broken.opens_block(line):
            continue
        if not code.endswith(":"):
            yield one(end, end, ":", "missing colon", 0.5)
            if code.endswith((";", ",", ".", "=", "-", ">")):
                yield one(end - 1, end, ":", "missing colon", 0.4)
            if word := re.search(r"\s*(?:\{|\bthen|\bdo)$", code):
                yield one(start + word.start(), end, ":", "missing colon", 0.4)
        row = broken.on(line)
        alone = len(row) > 1 and row[0].text in ("else", "try", "finally")
        if alone and row[1].text != ":":
            yield one(row[0].end, row[0].end, ":", "missing colon", 1.0)
        for left, right in itertools.pairwise(row[1:]):
            if ends_value(left) and (right.kind in ("identifier", "return", "break", "continue")):
                yield one(left.end, left.end, ":", "missing colon", 1.6)
        if row and row[-1].text == ":" and len(row) > 2 and row[-2].text in (":", ";", ","):
            yield one(row[-2].start, row[-2].end, "", "token too many", 0.6)


def indentation(broken: Broken) -> Iterator[Candidate]:
    """A line, or those from it on, too far to the left or right."""
    for line in broken.near()[:2]:
        above = broken.above(line)
        if not broken.lines[line].strip() or above is None:
            if broken.lines[line].strip() and broken.indent(line):
                yield from _moved(broken, line, "", 0.6)
            continue
        wanted = _wanted(broken, line, above)
        for indent, cost in wanted.items():
            if indent != broken.indent(line):
                yield from _moved(broken, line, indent, cost)


def functions(broken: Broken) -> Iterator[Candidate]:
    """The end of a function's body, or of a loop's, that is not indented."""
    if "outside" not in broken.message and "not in loop" not in broken.message:
        return
    words = ("for", "while") if "loop" in broken.message else ("def", "async")
    line = broken.line
    for head in range(line - 1, -1, -1):
        word = _FIRST_WORD.match(broken.code(head))
        if (
            word is None
            or word[1] not in words
            or len(broken.indent(head)) > len(broken.indent(line))
        ):
            continue
        depth = len(broken.indent(head))
        outside = [
            n
            for n in range(head + 1, line + 1)
            if broken.code(n) and len(broken.indent(n)) <= depth
        ]
        block = [n for n in _block(broken, outside[0], depth) if outside[0] <= n]
        later = (n for n in block if n > line and _FIRST_WORD.match(broken.code(n)))
        stop = next(
            (n for n in later if broken.code(n).lstrip().startswith(("def", "class"))), None
        )
        for last in (block[-1] + 1 if stop is None else stop, line + 1):
            edits = tuple(
                TextEdit(broken.starts[n], broken.starts[n], broken.step) for n in block if n < last
            )
            yield Candidate(edits, "indentation", 0.8 + (last == line + 1) * 0.3)
        break


def clauses(broken: Broken) -> Iterator[Candidate]:
    """An `else` or `except` that stands under nothing that it belongs to."""
    for line in broken.near()[:2]:
        word = _FIRST_WORD.match(broken.code(line))
        if word is None or word[1] not in _CLAUSES:
            continue
        seen: list[str] = []
        for before in range(line - 1, -1, -1):
            head = _FIRST_WORD.match(broken.code(before))
            if head is None or head[1] not in _CLAUSES[word[1]] or broken.indent(before) in seen:
                continue
            seen.append(broken.indent(before))
            if broken.indent(before) != broken.indent(line):
                yield from _moved(broken, line, broken.indent(before), 0.4 + 0.5 * len(seen))
            # What stands between its block and the clause belongs to the block.
            between = [n for n in range(before + 1, line) if broken.code(n)]
            outside = [n for n in between if len(broken.indent(n)) <= len(broken.indent(before))]
            if (
                outside
                and len(outside) <= _MOST_LINES
                and broken.indent(before) == broken.indent(line)
            ):
                new = broken.indent(before) + broken.step
                own = broken.indent(outside[0])
                last = range(outside[0], line)
                edits = tuple(
                    TextEdit(broken.starts[n], broken.starts[n] + len(own), new)
                    for n in last
                    if broken.code(n) and broken.lines[n].startswith(own)
                )
                yield Candidate(edits, "indentation", 0.8 + 0.2 * len(outside))


def tabs(broken: Broken) -> Iterator[Candidate]:
    """Tabs among spaces."""
    tabbed = [n for n in range(len(broken.lines)) if "\t" in broken.indent(n)]
    for width in (4, 8, 2) if tabbed else ():
        edits = tuple(
            TextEdit(
                broken.starts[n],
                broken.starts[n] + len(broken.indent(n)),
                broken.indent(n).expandtabs(width),
            )
            for n in tabbed
        )
        likely = "tab" in broken.message.lower() or "indent" in broken.message
        yield Candidate(edits, "tabs and spaces", (0.6 if likely else 2.0) + 0.1 * (width != 4))


def bodies(broken: Broken) -> Iterator[Candidate]:
    """A block with nothing in it."""
    for line in broken.near():
        if broken.opens_block(line) and broken.code(line).endswith(":"):
            indent = broken.indent(line) + broken.step
            end = broken.starts[line + 1]
            newline = "" if broken.lines[line].endswith("\n") else "\n"
            yield one(end, end, f"{newline}{indent}pass\n", "empty block", 2.5)


def lines(broken: Broken) -> Iterator[Candidate]:
    """Two statements on one line, and one statement on two lines."""
    for line in broken.near():
        row = broken.on(line)
        newline = "\n" + broken.indent(line)
        for number, (left, right) in enumerate(itertools.pairwise(row)):
            starts = right.kind == "identifier" or right.text in (
                *("print", "if", "for", "while", "return", "break", "continue", "def", "import"),
            )
            if not (ends_value(left) and starts):
                continue
            next_ = row[number + 2].text if number + 2 < len(row) else ""
            likely = next_ in ("=", "(", "+=") or right.kind != "identifier"
            cost = 1.6 if likely and _depth(row[: number + 1]) == 0 else 3.5
            yield one(left.end, right.start, newline, "two statements on a line", cost)
        code = broken.code(line)
        if line + 1 < len(broken.lines) and re.search(r"[=+\-*/,(.]$|\b(?:and|or|not|in)$", code):
            begin = broken.starts[line + 1] + len(broken.indent(line + 1))
            yield one(broken.end(line), begin, " ", "one statement on two lines", 2.0)
        if code.endswith("\\"):
            yield one(broken.end(line) - 1, broken.end(line), "", "token too many", 1.0)


def _wanted(broken: Broken, line: int, above: int) -> dict[str, float]:
    """Return the indentations that a line may be meant to have, with what each costs."""
    own, before, step = broken.indent(line), broken.indent(above), broken.step
    opens = broken.code(above).endswith(":") and broken.opens_block(above)
    open_blocks = _open_blocks(broken, line)
    wanted: dict[str, float] = {}
    if opens:
        wanted[before + step] = 0.6
    elif "unindent" in broken.message or len(own) < len(before):
        # Whoever goes to the left means to leave a block, and hardly the one they land outside of.
        outer = [indent for indent in open_blocks if len(indent) < len(own)]
        inner = [indent for indent in open_blocks if len(own) < len(indent) < len(before)]
        for rank, indent in enumerate((*outer[:1], *inner, *outer[1:])):
            wanted.setdefault(indent, 0.6 + 0.6 * rank)
        near = abs(len(before) - len(own)) == 1
        wanted.setdefault(before, 0.5 if near else 1.5)
    else:
        wanted[before] = 0.6
    wanted.setdefault(before, 1.5)
    if not opens:
        wanted.setdefault(before + step, 2.2)
    for rank, indent in enumerate(open_blocks):
        wanted.setdefault(indent, 1.6 + 0.3 * rank)
    wanted.setdefault("", 2.2)
    return wanted


def _open_blocks(broken: Broken, line: int) -> list[str]:
    """Return the indentations of the blocks that are open before a line, the innermost first."""
    found: list[str] = []
    for before in range(line - 1, -1, -1):
        if broken.code(before):
            indent = broken.indent(before)
            if not found or len(indent) < len(found[-1]):
                found.append(indent)
            if not indent:
                break
    return found


def _moved(broken: Broken, line: int, indent: str, cost: float) -> Iterator[Candidate]:
    """Yield the candidates that give a line another indentation, and more or less after it too."""
    own = broken.indent(line)
    block = _block(broken, line, len(own))
    deeper = next(
        (n for n, at_ in enumerate(block[1:], 1) if len(broken.indent(at_)) <= len(own)), len(block)
    )
    # After a block, what stands beside it was mostly meant to stay beside it.
    # So was the body of a function, or what ends where the lines around it go to the left.
    above = broken.above(line)
    head = _FIRST_WORD.match(broken.code(above)) if above is not None else None
    whole = deeper > 1 or (head is not None and head[1] in ("def", "class"))
    if (
        head is not None
        and head[1] in ("for", "while", "else")
        and block[-1] + 1 < len(broken.lines)
    ):
        whole = whole or any(broken.code(n) for n in range(block[-1] + 1, len(broken.lines)))
    extents = {deeper: 0.3 if whole else 0.0}
    if deeper > 1:
        extents.setdefault(1, 0.8)
    for extent in range(deeper + 1, min(len(block), deeper + _MOST_LINES) + 1):
        ends_here = extent == len(block)
        blank = not ends_here and any(
            not broken.lines[n].strip() for n in range(block[extent - 1] + 1, block[extent])
        )
        extents[extent] = (0.0 if whole else 0.3) if ends_here else 0.5 if blank else 0.9
    extents.setdefault(len(block), 0.5)
    for extent, more in extents.items():
        edits = tuple(
            TextEdit(broken.starts[n], broken.starts[n] + len(own), indent)
            for n in block[:extent]
            if broken.lines[n].startswith(own)
        )
        yield Candidate(edits, "indentation", cost + more)


def _block(broken: Broken, line: int, depth: int) -> list[int]:
    """Return a line and those after it that are at least as far to the right."""
    block = [line]
    for n in range(line + 1, len(broken.lines)):
        if broken.code(n) and len(broken.indent(n)) < depth:
            break
        if broken.code(n):
            block.append(n)
    return block


def _depth(row: list[Token]) -> int:
    texts = [token.text for token in row]
    return sum(text in "([{" for text in texts) - sum(text in ")]}" for text in texts)
