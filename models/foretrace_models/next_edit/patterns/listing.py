"""Listing: lines go through the parameters of their function, one after the other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from foretrace_models.next_edit.calls import calls_in, parameter_name
from foretrace_models.next_edit.proposal import Pattern, Proposal
from foretrace_models.next_edit.scene import Scene
from foretrace_models.repair.edits import TextEdit
from foretrace_telemetry.language import t


def next_of_list(scene: Scene) -> Iterator[Proposal]:
    """Propose for the next parameter the line that was just written for one."""
    if not scene.changes or scene.changes[-1].new is None:
        return
    change = scene.changes[-1]
    if change.line >= len(scene.lines) or not scene.lines.contents[change.line].strip():
        return
    header = scene.header_above(change.line)
    if header is None:
        return
    call = next(calls_in(scene.lines.contents[header]), None)
    if call is None:
        return
    listed = [parameter_name(each) for each in call.arguments if each not in ("self", "cls")]
    parameters = [name for name in listed if name is not None]
    content = scene.lines.contents[change.line]
    block = scene.block_of(header)
    for name, following in pairwise(parameters):
        line = _written_for(content, name, following)
        if line is None or _uses(scene, block[1:], following):
            continue
        before = parameters[: parameters.index(name)]
        above = scene.lines.contents[change.line - 1]
        examples = 2 if before and _written_for(above, before[-1], name) == content else 1
        end = scene.lines.ends[change.line]
        edit = TextEdit(end, end, scene.lines.newline + line)
        words = t("the same for {name}", name=following)
        yield Proposal(Pattern.LISTING, f"{examples} lines", (edit,), words)
        return


def _written_for(line: str, name: str, other: str) -> str | None:
    """Return a line that has a name twice or more, as it would be for another name."""
    written, count = re.subn(rf"(?<![a-zA-Z0-9]){re.escape(name)}(?![a-zA-Z0-9])", other, line)
    return written if count > 1 else None


def _uses(scene: Scene, lines: range, name: str) -> bool:
    word = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
    return any(word.search(scene.lines.contents[line]) for line in lines)
