"""Indentation: a line was moved in or out, and the one below it stands where it stood."""

from __future__ import annotations

from collections.abc import Iterator

from foretrace_models.next_edit.line_changes import LineChange
from foretrace_models.next_edit.lines import indentation
from foretrace_models.next_edit.proposal import Pattern, Proposal
from foretrace_models.next_edit.scene import Scene
from foretrace_models.repair.edits import TextEdit, trimmed
from foretrace_telemetry.language import t


def indent(scene: Scene) -> Iterator[Proposal]:
    """Propose to move the next line that is not blank as far as the last one was."""
    moved = _moved(scene.changes[-1]) if scene.changes else None
    if moved is None:
        return
    old, new = moved
    contents = scene.lines.contents
    below = range(scene.changes[-1].line + 1, len(contents))
    line = next((number for number in below if contents[number].strip()), None)
    if line is None or not contents[line].startswith(old):
        return
    if not old and indentation(contents[line]):
        return  # where nothing stood before, whatever is further in stays so
    examples = sum(_moved(change) == moved for change in scene.changes)
    grade = "once" if examples == 1 else "often"
    depth = "deeper" if len(indentation(contents[line])) > len(old) else "as deep"
    becomes = new + contents[line][len(old) :]
    start = scene.lines.starts[line]
    edit = trimmed(scene.text, TextEdit(start, scene.lines.ends[line], becomes))
    yield Proposal(Pattern.INDENT, f"{grade}, {depth}", (edit,), t("as far in as the line above"))


def _moved(change: LineChange) -> tuple[str, str] | None:
    """Return the indentation before and after a change that did nothing else."""
    if change.old is None or change.new is None or not change.new.strip():
        return None
    if change.old.strip() != change.new.strip():
        return None
    old, new = indentation(change.old), indentation(change.new)
    return (old, new) if old != new else None
