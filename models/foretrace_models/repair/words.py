"""Words: what a change does and where a problem lies, said so that a person can follow it."""

from __future__ import annotations

from collections.abc import Sequence

from foretrace_models.repair.edits import TextEdit
from foretrace_telemetry.language import t

_LONGEST_CODE = 40
_LONGEST_TITLE = 100


def title_of(text: str, edits: Sequence[TextEdit]) -> str:
    """Return what some edits of a text do, in one line that begins with a verb."""
    described = [_describe(text, edit) for edit in sorted(edits)]
    if len(described) == 1:
        return described[0]
    joined = t("{n} changes: {all}", n=len(described), all="; ".join(described))
    return joined if len(joined) <= _LONGEST_TITLE else joined[: _LONGEST_TITLE - 1] + "…"


def _describe(text: str, edit: TextEdit) -> str:
    old, new = text[edit.start : edit.end], edit.new_text
    line = text.count("\n", 0, edit.start) + 1
    if not old.strip() and not new.strip():
        return _describe_space(text, edit, line)
    start, end = _whole_words(text, edit)
    inside_a_word = start < edit.start or edit.end < end
    if not inside_a_word and not old.strip():
        if not (new.endswith("\n") or (not old and new.startswith("\n"))):
            return t("add {code} in line {n}", code=_code(new), n=line)
        above = line - 1 if new.endswith("\n") else line
        if above == 0:
            return t("add {code} at the top", code=_code(new))
        return t("add {code} after line {n}", code=_code(new), n=above)
    if not inside_a_word and not new.strip():
        last = line + old.strip("\n").count("\n")
        if last > line:
            return t("remove lines {first} to {last}", first=line, last=last)
        return t("remove {code} in line {n}", code=_code(old), n=line)
    before, after = text[start : edit.start], text[edit.end : end]
    was, becomes = _code(before + old + after), _code(before + new + after)
    return t("change {was} to {becomes} in line {n}", was=was, becomes=becomes, n=line)


def _describe_space(text: str, edit: TextEdit, line: int) -> str:
    old, new = text[edit.start : edit.end], edit.new_text
    if "\n" in old or "\n" in new:
        return t("change the line breaks at line {n}", n=line)
    if text[: edit.start].rpartition("\n")[2].strip():
        return t("change the space in line {n}", n=line)
    if len(new) > len(old):
        return t("indent line {n} more", n=line)
    return t("indent line {n} less", n=line)


def _whole_words(text: str, edit: TextEdit) -> tuple[int, int]:
    """Return the place of an edit, widened where it begins or ends inside a word or operator."""
    changed = text[edit.start : edit.end], edit.new_text
    start, end = edit.start, edit.end
    for belongs in (_in_word, _in_operator):
        splits = belongs(text[start - 1 : start]) and belongs(text[end : end + 1])
        if splits or any(belongs(part[:1]) for part in changed):
            while start > 0 and belongs(text[start - 1]):
                start -= 1
        if splits or any(belongs(part[-1:]) for part in changed):
            while end < len(text) and belongs(text[end]):
                end += 1
    return start, end


def _in_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _in_operator(character: str) -> bool:
    # Not those that may stand right beside another one, such as a sign.
    return character != "" and character in "=!<>*/"


def _code(code: str) -> str:
    flat = " ".join(code.split())
    return f"`{flat if len(flat) <= _LONGEST_CODE else flat[: _LONGEST_CODE - 1] + '…'}`"
