"""The same change: a line was changed in a way that fits others of the same shape."""

from __future__ import annotations

from collections.abc import Iterator

from foretrace_models.next_edit.lexing import is_code, open_brackets, shape
from foretrace_models.next_edit.line_changes import LineChange
from foretrace_models.next_edit.proposal import Pattern, Proposal
from foretrace_models.next_edit.scene import Scene
from foretrace_models.next_edit.templates import Template, template_of
from foretrace_models.repair.edits import TextEdit, trimmed
from foretrace_telemetry.language import t

_REACH_LINES = 40
_NEAR_LINES = 2
_BACK = 3
# With one example, so much of a line must have stayed, and so many of its words be the same.
_LEAST_KEPT = 0.5
_LEAST_ALIKE = 0.3
_LEAST_SHAPE = 3


def same_change(scene: Scene) -> Iterator[Proposal]:
    """Propose the last change that fits another line at the nearest one."""
    for back, change in enumerate(reversed(scene.changes[-_BACK:])):
        proposal = _again(scene, change, back)
        if proposal is not None:
            yield proposal
            return


def _again(scene: Scene, change: LineChange, back: int) -> Proposal | None:
    template = template_of(change.old, change.new) if change.old and change.new else None
    if template is None or template.renames:  # which `rename` knows better: names have scopes
        return None
    examples = 1 + len(
        {each.line for each in scene.changes if _is_example(template, each)} - {change.line}
    )
    if examples == 1 and (back or not _tells_by_itself(template, scene.language)):
        return None
    at = scene.changes[-1].line
    reach = 1 if template.comments else _REACH_LINES
    first, end = max(0, at - reach), min(len(scene.lines), at + reach + 1)
    for line in scene.outward(at, range(first, end)):
        content = scene.lines.contents[line]
        if line == change.line or shape(content) != template.shape:
            continue
        fit = template.fit(content)
        if fit is None or (examples == 1 and fit.alike < _LEAST_ALIKE):
            continue
        grade = f"{examples} times" if examples < 3 else "often"
        if examples == 1:
            near = "near" if abs(line - at) <= _NEAR_LINES else "far"
            grade = f"once, {'same line' if fit.alike == 1 else 'line like it'}, {near}"
        if back:
            grade += ", earlier"
        start = scene.lines.starts[line]
        edit = trimmed(scene.text, TextEdit(start, scene.lines.ends[line], fit.becomes))
        return Proposal(Pattern.SAME_CHANGE, grade, (edit,), t("the same change in a line like it"))
    return None


def _tells_by_itself(template: Template, language: str) -> bool:
    """Return whether one example is enough to think of others.

    It is not in prose, while a line is not finished, or where only a value was changed.
    """
    return (
        is_code(language)
        and template.kept >= _LEAST_KEPT
        and len(template.shape) >= _LEAST_SHAPE
        and not (template.only_values or template.comments)
        and open_brackets(template.old) == open_brackets(template.new)
    )


def _is_example(template: Template, change: LineChange) -> bool:
    if change.old is None or change.new is None:
        return False
    fit = template.fit(change.old)
    return fit is not None and fit.becomes == change.new.rstrip()
