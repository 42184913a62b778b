"""Reversing: the ways in which a proposal can take back what the person just did."""

from __future__ import annotations

from foretrace_models.next_edit.lines import Lines
from foretrace_models.next_edit.proposal import Proposal, Quiet
from foretrace_models.next_edit.scene import Scene
from foretrace_models.repair.edits import apply_edits, distance


def returns_to_a_text(scene: Scene, proposal: Proposal) -> Quiet | None:
    """It makes a text that was there before one of the last bursts."""
    after = apply_edits(scene.text, proposal.edits)
    before = scene.text
    for burst in reversed(scene.bursts):
        end = burst.offset + len(burst.inserted)
        before = before[: burst.offset] + burst.removed + before[end:]
        if after == before:
            return Quiet.UNDOES
    return None


def brings_back_a_line(scene: Scene, proposal: Proposal) -> Quiet | None:
    """It writes a line that one of the last bursts removed or changed, wherever that was."""
    gone = {
        line.strip()
        for burst in scene.bursts
        for line in burst.before_lines
        if line not in burst.after_lines and line.strip()
    }
    return Quiet.UNDOES if any(line.strip() in gone for line in _written(scene, proposal)) else None


def inverts_a_burst(scene: Scene, proposal: Proposal) -> Quiet | None:
    """It replaces what a burst wrote by what that burst removed, wherever that is."""
    inverse = {(burst.inserted, burst.removed) for burst in scene.bursts if burst.removed}
    pairs = ((scene.text[edit.start : edit.end], edit.new_text) for edit in proposal.edits)
    return Quiet.UNDOES if any(pair in inverse for pair in pairs) else None


def goes_part_of_the_way(scene: Scene, proposal: Proposal) -> Quiet | None:
    """It makes a line more like what it was before one of the last bursts."""
    first, last = scene.touched(proposal.edits)
    written = Lines(apply_edits(scene.text, proposal.edits))
    if first != last or len(written) != len(scene.lines):
        return None
    new, now = written.contents[first], scene.lines.contents[first]
    for burst in scene.bursts:
        if burst.one_line and burst.line_now == first:
            was = burst.before_lines[0]
            if distance(new, was) < distance(now, was):
                return Quiet.UNDOES
    return None


def _written(scene: Scene, proposal: Proposal) -> set[str]:
    """Return the lines that a proposal writes and that did not stand in their place before."""
    first, last = scene.touched(proposal.edits)
    new = Lines(apply_edits(scene.text, proposal.edits)).contents
    after_last = len(scene.lines) - 1 - last
    return {*new[first : len(new) - after_last]} - {*scene.lines.contents[first : last + 1]}
