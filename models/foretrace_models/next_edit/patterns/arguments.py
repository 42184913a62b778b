"""Argument: a call got or lost one, and other calls of the same function follow."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen

from foretrace_models.next_edit.calls import calls_in
from foretrace_models.next_edit.line_changes import LineChange
from foretrace_models.next_edit.patterns.parameters import with_argument, without_argument
from foretrace_models.next_edit.proposal import Pattern, Proposal
from foretrace_models.next_edit.scene import Scene, is_header
from foretrace_telemetry.language import t


@frozen
class _Changed:
    name: str
    count: int
    index: int
    value: str
    came: bool


def same_argument(scene: Scene) -> Iterator[Proposal]:
    """Propose at the next call of the same function what was done to one."""
    changed = _changed(scene.changes[-1]) if scene.changes else None
    if changed is None:
        return
    again = any(_changed(change) == changed for change in scene.changes[:-1])
    grade = f"{'came' if changed.came else 'went'}, {'again' if again else 'once'}"
    line = scene.changes[-1].line
    for place in scene.outward(line, range(len(scene.lines))):
        content = scene.lines.contents[place]
        if changed.name not in content or is_header(content):
            continue
        start = scene.lines.starts[place]
        for call in calls_in(content):
            if call.name != changed.name or len(call.arguments) != changed.count:
                continue
            if changed.came:
                edit = with_argument(call, changed.index, start, changed.value)
            elif call.arguments[changed.index] == changed.value:
                edit = without_argument(call, changed.index, start)
            else:
                continue
            words = (
                t("{name} with {value}", name=changed.name, value=changed.value)
                if changed.came
                else t("{name} without {value}", name=changed.name, value=changed.value)
            )
            yield Proposal(Pattern.ARGUMENT, grade, (edit,), words)
            return


def _changed(change: LineChange) -> _Changed | None:
    """Return what came or went in the one call that changed, None if something else did."""
    if change.old is None or change.new is None or is_header(change.new):
        return None
    before, after = list(calls_in(change.old)), list(calls_in(change.new))
    if [call.name for call in before] != [call.name for call in after]:
        return None
    # An outer call changes with an inner one: the innermost comes last.
    pairs = [
        (a, b) for a, b in zip(before, after, strict=True) if len(a.arguments) != len(b.arguments)
    ]
    if len(pairs) != 1:
        return None
    old, new = pairs[0]
    came = len(new.arguments) == len(old.arguments) + 1
    longer, shorter = (new, old) if came else (old, new)
    for index, value in enumerate(longer.arguments):
        if longer.arguments[:index] + longer.arguments[index + 1 :] == shorter.arguments:
            return _Changed(old.name, len(old.arguments), index, value, came)
    return None
