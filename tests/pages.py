"""The pages of the documentation, as tests read them: sections, tables, and what is in fences."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.DOTALL | re.MULTILINE)


def section(text: str, heading: str) -> str:
    """Return what stands under a heading, to the next one of its level or above."""
    start = re.search(rf"^(#+) {re.escape(heading)}$", text, re.MULTILINE)
    assert start is not None, heading
    rest = text[start.end() :]
    end = re.search(rf"^#{{1,{len(start[1])}}} ", rest, re.MULTILINE)
    return rest[: end.start()] if end else rest


def fences(page: Path, *languages: str) -> Iterator[str]:
    """Iterate over the fenced blocks of a page in some languages."""
    for language, block in FENCE.findall(page.read_text(encoding="utf-8")):
        if language in languages:
            yield block


def configuration(editor: str, language: str) -> str:
    """Return the first fenced block under an editor's heading in the page about editors."""
    text = section((DOCS / "editors.md").read_text(encoding="utf-8"), editor)
    blocks: list[tuple[str, str]] = FENCE.findall(text)
    return next(block for name, block in blocks if name == language)


def text_of(name: str) -> str:
    """Return the text of a page of the documentation."""
    return (DOCS / name).read_text(encoding="utf-8")


def rows(text: str, heading: str) -> list[list[str]]:
    """Return the cells of the tables under a heading, up to the next heading of any level."""
    own = re.split(r"^#", section(text, heading), maxsplit=1, flags=re.MULTILINE)[0]
    lines = [line for line in own.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    pairs = itertools.pairwise([*cells, [""]])
    return [row for row, below in pairs if not _is_rule(row) and not _is_rule(below)]


def _is_rule(row: list[str]) -> bool:
    """Return whether a row is the line between the head of a table and its body."""
    return all(re.fullmatch(r":?-+:?", cell) for cell in row)


def names(text: str) -> set[str]:
    """Return what stands in backticks."""
    return set(re.findall(r"`([^`]+)`", FENCE.sub("", text)))


def first_column(text: str, heading: str) -> set[str]:
    """Return what stands in backticks in the first column of the tables under a heading."""
    return {name for row in rows(text, heading) for name in names(row[0])}
