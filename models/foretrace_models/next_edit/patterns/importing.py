"""Import: a module of Python's own library was used that is not imported yet."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence

from foretrace_models.next_edit.proposal import Pattern, Proposal
from foretrace_models.next_edit.scene import Scene
from foretrace_models.repair.edits import TextEdit

_USED = re.compile(r"(?<![\w.])([a-z]\w*)\.[^\W\d]\w*")
_IMPORT = re.compile(r"(?:import|from)\s+[\w.]+")
_MODULES = frozenset(name for name in sys.stdlib_module_names if not name.startswith("_"))


def missing_import(scene: Scene) -> Iterator[Proposal]:
    """Propose the import of a module that the last burst began to use."""
    last = scene.last
    if scene.language != "python" or last is None:
        return
    before = set(_used(last.before_lines))
    for name in _used(last.after_lines):
        if name in before or name not in _MODULES or _bound(scene.text, name):
            continue
        edit = _import(scene, f"import {name}")
        yield Proposal(Pattern.IMPORT, "module", (edit,), f"{name} is not imported yet")
        return


def _used(lines: Sequence[str]) -> list[str]:
    return _USED.findall("\n".join(line for line in lines if not _IMPORT.match(line.strip())))


def _bound(text: str, name: str) -> bool:
    word = rf"(?<![\w.]){name}(?!\w)"
    bound = (
        rf"import\s[^\n]*{word}|\bas\s+{name}\b|{word}\s*[=:,)\]]|\bfor\b[^\n]*{word}[^\n]*\bin\b"
    )
    return re.search(bound, text) is not None


def _import(scene: Scene, line: str) -> TextEdit:
    """Return the edit that puts an import after the last one at the top, or else first.

    A docstring or comment that begins the text stays before it.
    """
    contents, newline = scene.lines.contents, scene.lines.newline
    last = None
    for number, content in enumerate(contents):
        if _IMPORT.match(content):
            last = number
        elif content.strip() and not content.startswith(("#", '"', "'")) and last is not None:
            break
    if last is not None:
        end = scene.lines.ends[last]
        return TextEdit(end, end, newline + line)
    number = 0
    while number < len(contents) - 1 and contents[number].startswith("#"):
        number += 1
    quote = contents[number][:3]
    if quote in ('"""', "'''"):
        end = scene.text.find(quote, scene.lines.starts[number] + 3)
        if end >= 0:
            end = scene.lines.ends[scene.lines.at(end)]
            return TextEdit(end, end, newline + newline + line)
    start = scene.lines.starts[number]
    return TextEdit(start, start, line + newline + newline)
