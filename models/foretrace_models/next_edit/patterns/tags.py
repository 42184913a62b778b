"""Tag: one end of an element of markup was renamed, and its other end follows."""

from __future__ import annotations

import re
from collections.abc import Iterator

from foretrace_models.next_edit.lexing import MARKUP
from foretrace_models.next_edit.line_changes import LineChange
from foretrace_models.next_edit.proposal import Pattern, Proposal
from foretrace_models.next_edit.scene import Scene
from foretrace_models.repair.edits import TextEdit
from foretrace_telemetry.language import t

_TAG = re.compile(r"<(/?)([a-zA-Z][\w:.-]*)")


def closing_tag(scene: Scene) -> Iterator[Proposal]:
    """Propose for the end tag what its start tag became."""
    if scene.language not in MARKUP or not scene.changes:
        return
    change = scene.changes[-1]
    renamed = _renamed(change)
    if renamed is None:
        return
    old, new, column = renamed
    depth = 0
    tag = re.compile(rf"<(/?){re.escape(old)}(?![\w:.-])([^<>]*)")
    for found in tag.finditer(scene.text, scene.lines.starts[change.line] + column):
        if found.group(2).endswith("/"):
            continue
        if not found.group(1):
            depth += 1
        elif depth:
            depth -= 1
        else:
            start = found.start() + 2
            edit = TextEdit(start, start + len(old), new)
            yield Proposal(Pattern.TAG, "end", (edit,), t("the end of <{tag}>", tag=new))
            return


def _renamed(change: LineChange) -> tuple[str, str, int] | None:
    """Return a start tag's old name, new name and the column after it."""
    if change.old is None or change.new is None:
        return None
    before, after = list(_TAG.finditer(change.old)), list(_TAG.finditer(change.new))
    if len(before) != len(after):
        return None
    pairs = [(a, b) for a, b in zip(before, after, strict=True) if a.group() != b.group()]
    if len(pairs) != 1 or pairs[0][0].group(1) or pairs[0][1].group(1):
        return None
    old, new = pairs[0]
    return old.group(2), new.group(2), new.end()
