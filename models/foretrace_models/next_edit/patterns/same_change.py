"""The same change: a line was changed in a way that fits others of the same shape."""

from __future__ import annotations

from collections.abc import Iterator

from foretrace_models.next_edit.lexing import shape
from foretrace_models.next_edit.proposal import Pattern, Proposal
from foretrace_models.next_edit.scene import Scene
from foretrace_models.next_edit.templates import Template, template_of
from foretrace_models.repair.edits import TextEdit, trimmed

_REACH_LINES = 40
_NEAR_LINES = 2
# With one example, so much of a line must have stayed, and so many of its words be the same.
_LEAST_KEPT = 0.5
_LEAST_ALIKE = 0.3
_LEAST_TOKENS = 3


def same_change(scene: Scene) -> Iterator[Proposal]:
    """Propose the change of the last line at the nearest other line that it fits."""
    if not scene.changes:
        return
    last = scene.changes[-1]
    if last.new is None or last.old is None:
        return
    template = template_of(last.old, last.new)
    if template is None:
        return
    examples = 1 + sum(
        _is_example(template, change.old, change.new) for change in scene.changes[:-1]
    )
    if examples == 1 and (template.kept < _LEAST_KEPT or len(template.shape) < _LEAST_TOKENS):
        return
    first, end = max(0, last.line - _REACH_LINES), min(len(scene.lines), last.line + _REACH_LINES)
    for line in scene.outward(last.line, range(first, end)):
        content = scene.lines.contents[line]
        if shape(content) != template.shape:
            continue
        fit = template.fit(content)
        if fit is None or (examples == 1 and fit.alike < _LEAST_ALIKE):
            continue
        near = "near" if abs(line - last.line) <= _NEAR_LINES else "far"
        grade = f"{min(examples, 3)}, {near}"
        start = scene.lines.starts[line]
        edit = trimmed(scene.text, TextEdit(start, scene.lines.ends[line], fit.becomes))
        yield Proposal(Pattern.SAME_CHANGE, grade, (edit,), "the same change in a line like it")
        return


def _is_example(template: Template, old: str | None, new: str | None) -> bool:
    if old is None or new is None:
        return False
    fit = template.fit(old)
    return fit is not None and fit.becomes == new.rstrip()
