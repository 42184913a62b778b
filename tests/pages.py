"""The pages of the documentation, as tests read them: sections, and what stands in fences."""

from __future__ import annotations

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
