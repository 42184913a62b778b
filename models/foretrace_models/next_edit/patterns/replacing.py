"""Replacement: a piece gave way to another, twice, and stands elsewhere with the same around it."""

from __future__ import annotations

from collections.abc import Iterator

from foretrace_models.next_edit.line_changes import LineChange
from foretrace_models.next_edit.proposal import Pattern, Proposal
from foretrace_models.next_edit.scene import Scene
from foretrace_models.next_edit.templates import Piece, template_of
from foretrace_models.repair.edits import TextEdit, trimmed

_REACH_LINES = 60


def replacement(scene: Scene) -> Iterator[Proposal]:
    """Propose the replacement at the nearest other line that has the piece, whatever its shape."""
    if len(scene.changes) < 2:
        return
    last = scene.changes[-1]
    piece = _piece(last)
    if piece is None:
        return
    examples = len({change.line for change in scene.changes if _is_example(piece, change)})
    if examples < 2:
        return
    done = {change.line for change in scene.changes}
    first = max(0, last.line - _REACH_LINES)
    end = min(len(scene.lines), last.line + _REACH_LINES)
    for line in scene.outward(last.line, range(first, end)):
        becomes = piece.fit(scene.lines.contents[line])
        if becomes is not None and line not in done:
            start = scene.lines.starts[line]
            edit = trimmed(scene.text, TextEdit(start, scene.lines.ends[line], becomes))
            words = "the same replacement here"
            yield Proposal(Pattern.REPLACEMENT, f"{min(examples, 3)} times", (edit,), words)
            return


def _piece(change: LineChange) -> Piece | None:
    if change.old is None or change.new is None:
        return None
    template = template_of(change.old, change.new)
    return template.piece() if template else None


def _is_example(piece: Piece, change: LineChange) -> bool:
    return change.old is not None and piece.fit(change.old) == change.new
