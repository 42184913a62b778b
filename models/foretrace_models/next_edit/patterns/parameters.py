"""Parameter: a function got or lost one, and its calls, or the fields set from it, follow."""

from __future__ import annotations

import re
from collections.abc import Iterator

from attrs import frozen

from foretrace_models.next_edit.calls import Call, calls_in, has_default, parameter_name
from foretrace_models.next_edit.line_changes import LineChange
from foretrace_models.next_edit.lines import indentation
from foretrace_models.next_edit.proposal import Pattern, Proposal
from foretrace_models.next_edit.scene import Scene, is_header
from foretrace_models.repair.edits import TextEdit
from foretrace_telemetry.language import t

_FIELD = re.compile(r"\s*(?:self|this)(?:\.|->)_?(\w+)\s*=\s*(\w+)\s*;?\s*$")
_RECEIVERS = ("self", "cls")


@frozen
class _Changed:
    """What became of the parameters of a function: the place of the one that came or went."""

    name: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    came: bool
    index: int


def parameter(scene: Scene) -> Iterator[Proposal]:
    """Propose a field for a new parameter, or the same change at the next call."""
    changed = _changed(scene.changes[-1]) if scene.changes else None
    if changed is None:
        return
    line = scene.changes[-1].line
    if changed.came:
        yield from _field(scene, changed, line)
    yield from _call(scene, changed, line)


def _changed(change: LineChange) -> _Changed | None:
    if change.old is None or change.new is None or not is_header(change.new):
        return None
    before, after = next(calls_in(change.old), None), next(calls_in(change.new), None)
    if before is None or after is None or before.name != after.name:
        return None
    came = len(after.arguments) == len(before.arguments) + 1
    longer, shorter = (after, before) if came else (before, after)
    if len(longer.arguments) != len(shorter.arguments) + 1:
        return None
    for index in range(len(longer.arguments)):
        rest = longer.arguments[:index] + longer.arguments[index + 1 :]
        if rest == shorter.arguments:
            return _Changed(after.name, before.arguments, after.arguments, came, index)
    return None


def _field(scene: Scene, changed: _Changed, header: int) -> Iterator[Proposal]:
    """Propose to set a field from the new parameter, after those set from the others."""
    new = parameter_name(changed.after[changed.index])
    names = {parameter_name(each) for each in changed.before}
    contents = scene.lines.contents
    block = scene.block_of(header)
    if new is None or any(
        re.search(rf"(?<!\w){re.escape(new)}(?!\w)", contents[line]) for line in block[1:]
    ):
        return
    last = None
    for line in block[1:]:
        found = _FIELD.match(contents[line])
        if found and found[2] in names and found[1] == found[2]:
            last = line
    if last is None:
        return
    known = _FIELD.match(contents[last])
    assert known is not None
    written = re.sub(rf"{re.escape(known[2])}\b", new, contents[last])
    edit = TextEdit(scene.lines.ends[last], scene.lines.ends[last], scene.lines.newline + written)
    yield Proposal(
        Pattern.PARAMETER, "field", (edit,), t("keep the new parameter {name}", name=new)
    )


def _call(scene: Scene, changed: _Changed, header: int) -> Iterator[Proposal]:
    longer = changed.after if changed.came else changed.before
    which = longer[changed.index]
    if which in _RECEIVERS:
        return
    index = sum(each not in _RECEIVERS for each in longer[: changed.index])
    count = sum(each not in _RECEIVERS for each in changed.before)
    name = changed.name
    if name in ("__init__", "constructor"):
        found = _class_around(scene, header)
        if found is None:
            return
        name = found
    if changed.came and has_default(which):
        return
    value = parameter_name(which)
    if value is None:
        return
    for line in scene.outward(header, range(len(scene.lines))):
        content = scene.lines.contents[line]
        if name not in content or is_header(content):
            continue
        for call in calls_in(content):
            start = scene.lines.starts[line]
            if call.name != name or len(call.arguments) != count:
                continue
            if scene.in_quiet(start + call.open):
                continue
            if not changed.came:
                edit = without_argument(call, index, start)
                yield Proposal(
                    Pattern.PARAMETER, "call, went", (edit,), t("{value} is gone", value=value)
                )
                return
            if _visible(scene, value, line):
                edit = with_argument(call, index, start, value)
                yield Proposal(
                    Pattern.PARAMETER,
                    "call, came",
                    (edit,),
                    t("{name} needs {value}", name=name, value=value),
                )
                return


def with_argument(call: Call, index: int, line_start: int, value: str) -> TextEdit:
    """Return the edit that puts an argument before the one with an index, or after them all."""
    if not call.arguments:
        return TextEdit(line_start + call.open + 1, line_start + call.close, value)
    if index >= len(call.arguments):
        end = line_start + call.close
        return TextEdit(end, end, f", {value}")
    at = line_start + call.spans[index][1] - len(call.arguments[index])
    return TextEdit(at, at, f"{value}, ")


def without_argument(call: Call, index: int, line_start: int) -> TextEdit:
    """Return the edit that takes the argument with an index out of a call."""
    start, end = call.spans[index]
    if index > 0:
        return TextEdit(line_start + call.spans[index - 1][1], line_start + end, "")
    if len(call.spans) == 1:
        return TextEdit(line_start + start, line_start + end, "")
    following = call.spans[1][1] - len(call.arguments[1])
    return TextEdit(line_start + start, line_start + following, "")


def _class_around(scene: Scene, line: int) -> str | None:
    depth = len(indentation(scene.lines.contents[line]))
    for number in range(line - 1, -1, -1):
        content = scene.lines.contents[number]
        if content.strip() and len(indentation(content)) < depth:
            found = re.search(r"\bclass\s+(\w+)", content)
            return found.group(1) if found else None
    return None


def _visible(scene: Scene, name: str, line: int) -> bool:
    """Return whether a name occurs in the function around a line, or above it at the top level."""
    header = scene.header_above(line)
    word = re.compile(rf"(?<![\w.]){re.escape(name)}(?!\w)")
    contents = scene.lines.contents
    if header is not None:
        return any(word.search(contents[number]) for number in scene.block_of(header))
    return any(
        word.search(content) and not content[:1].isspace() and not is_header(content)
        for content in contents[:line]
    )
