"""Quotes: missing, too many, of two kinds; braces in an f-string."""

from __future__ import annotations

import re
from collections.abc import Iterator

from foretrace_models.repair.edits import TextEdit
from foretrace_models.repair.rules.candidate import Candidate
from foretrace_models.repair.rules.syntax.broken import Broken, at, one

_MOST_PLACES = 12


def unclosed(broken: Broken) -> Iterator[Candidate]:
    """A string that is not closed, or not opened, or closed by another kind of quote."""
    for line in broken.near():
        code = broken.lines[line].rstrip()
        start = broken.starts[line]
        for quote, other in ("\"'", "'\""):
            places = [m.start() for m in re.finditer(rf"(?<!\\){quote}", code)]
            if len(places) % 2 == 0:
                continue
            for place in places:
                inside = re.match(r"\w", code[place - 1 : place]) and re.match(
                    r"\w", code[place + 1 : place + 2]
                )
                if quote == "'" and inside:
                    yield one(start + place, start + place, "\\", "quote within a string", 0.7)
            for rank, end in enumerate(_ends(code, places[-1])):
                cost = 0.9 + 0.15 * rank
                yield one(start + end, start + end, quote, "missing quote", cost)
            tail = code[places[-1] + 1 :]
            if "(" in code[: places[-1]] and not tail.rstrip().endswith(")"):
                end = start + len(code)
                yield one(end, end, f"{quote})", "missing quote", 1.2)
            for rank, end in enumerate(_inner_places(code, places)):
                cost = 1.4 + 0.05 * rank
                yield one(start + end, start + end, quote, "missing quote", cost)
            for place in places:
                word = re.match(r"\w+", code[place + 1 :])
                # What stands after it is a name of the program, and no text.
                known = word is not None and broken.names[word[0]] > 1
                cost = 0.8 if known and place == places[-1] else 2.0
                yield one(start + place, start + place + 1, "", "quote too many", cost)
            others = [m.start() for m in re.finditer(rf"(?<!\\){other}", code)]
            if len(others) % 2:
                for wrong, right in ((others[-1], quote), (others[0], quote), (places[0], other)):
                    begin = start + wrong
                    yield one(begin, begin + 1, right, "quotes that differ", 0.8)
            yield from _over_two_lines(broken, line, quote)
    if "triple-quoted" in broken.message:
        for marks in ('"""', "'''"):
            end = len(broken.text.rstrip())
            yield one(end, end, "\n" + marks, "missing quote", 2.0)
            yield one(end, end, marks, "missing quote", 2.2)
            begin = broken.text.rfind(marks)
            for later in range(broken.line, min(broken.line + _MOST_PLACES, len(broken.lines))):
                if begin >= 0 and broken.lines[later].strip():
                    end = broken.starts[later] + len(broken.lines[later].rstrip())
                    cost = 1.8 + 0.2 * (later - broken.line)
                    yield one(end, end, marks, "missing quote", cost)


def missing(broken: Broken) -> Iterator[Candidate]:
    """Words where a string was meant: `input(your name?)`, `split(,)`."""
    for line in broken.near():
        start, code = broken.starts[line], broken.code(line)
        quote = "'" if broken.text.count("'") > broken.text.count('"') else '"'
        for match in re.finditer(r"(?<=\()([^()\"'=]+)(?=\))", code):
            if not re.search(r"\w", match[0]):
                yield at(start, match, f"{quote}{match[0]}{quote}", "missing quotes", 0.6)
            elif re.search(r"[A-Za-z]\s+[A-Za-z]|[?!]", match[0]):
                yield at(start, match, f"{quote}{match[0]}{quote}", "missing quotes", 1.4)
        for match in re.finditer(r"([\"'])([.!?:,]+)(?=\s*[)+])", code):
            yield at(start, match, match[2] + match[1], "sign after its quote", 1.0)
        for match in re.finditer(r"(?<=[(,=])\s*([A-Za-z][\w ]*[?!:]?)\s*(?=[,)]|$)", code):
            if re.search(r"[A-Za-z]\s+[A-Za-z]", match[1]):
                span = start + match.start(1), start + match.end(1)
                yield one(*span, f"{quote}{match[1]}{quote}", "missing quotes", 2.0)


def formatted(broken: Broken) -> Iterator[Candidate]:
    """An f-string whose braces hold no expression."""
    if not broken.message.startswith("f-string"):
        return
    for match in re.finditer(r"(?<!\w)[fF](?=[\"'])", broken.text):
        yield one(match.start(), match.end(), "", "not to be formatted", 1.0)
    for match in re.finditer(r"\{\}", broken.text):
        yield one(match.start(), match.end(), "{{}}", "braces", 2.0)
    for match in re.finditer(r"\{([^{}\"']*)(?=[\"'])", broken.text):
        yield one(match.end(), match.end(), "}", "missing brace", 1.2)
    for match in re.finditer(r"(?<=[\w)\]])\}\}|\{\{(?=\w)", broken.text):
        yield one(match.start(), match.end(), match[0][0], "brace too many", 1.2)


def _ends(code: str, opening: int) -> list[int]:
    """Return where a string that is not closed may end, the likeliest first.

    That is before the brackets, comma or colon that end the line; a full stop is still text.
    """
    tail = re.search(r"[\s)\]},:;]*$", code[opening + 1 :])
    assert tail is not None
    first = opening + 1 + tail.start()
    places = [first, *range(first + 1, len(code) + 1)]
    return places[:_MOST_PLACES]


def _inner_places(code: str, quotes: list[int]) -> list[int]:
    """Return where within a line a quote may be missing: at a comma, an operator, a word."""
    places = [
        match.start()
        for match in re.finditer(r"\s*[,+%]\s*(?=[A-Za-z_(\"'])|\.format\(|(?=\s*\))", code)
        if match.start() > 0
    ]
    starts = [match.end() for match in re.finditer(r"[(,+=]\s*(?=[A-Za-z_.])", code)]
    return [place for place in (*places, *starts) if place not in quotes][: 2 * _MOST_PLACES]


def _over_two_lines(broken: Broken, line: int, quote: str) -> Iterator[Candidate]:
    """Join a line with the next where a string runs on there."""
    if line + 1 >= len(broken.lines):
        return
    after = broken.lines[line + 1]
    if after.count(quote) % 2:
        end = broken.starts[line] + len(broken.lines[line].rstrip())
        begin = broken.starts[line + 1] + len(broken.indent(line + 1))
        yield Candidate((TextEdit(end, begin, " "),), "string over two lines", 1.5)
        yield Candidate((TextEdit(end, begin, "\\n"),), "string over two lines", 2.0)
