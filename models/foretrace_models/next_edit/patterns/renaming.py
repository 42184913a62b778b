"""Rename: a name was changed at one place, and still stands at others of its scope."""

from __future__ import annotations

import re
from collections.abc import Iterator

from attrs import frozen

from foretrace_models.next_edit.lexing import Token, is_code, is_name, lex, looks_like_code
from foretrace_models.next_edit.line_changes import LineChange
from foretrace_models.next_edit.proposal import Pattern, Proposal
from foretrace_models.next_edit.scene import Scene, is_header
from foretrace_models.repair.edits import TextEdit
from foretrace_telemetry.language import t

_DEFINES = frozenset(
    [
        "def",
        "class",
        "function",
        "let",
        "const",
        "var",
        "fn",
        "func",
        "fun",
        "type",
        "interface",
        "struct",
        "enum",
        "for",
        "final",
    ]
)


@frozen
class _Renamed:
    """One name that gave way to another in a line, and its first place there."""

    old: str
    new: str
    index: int
    tokens: tuple[Token, ...]


def rename(scene: Scene) -> Iterator[Proposal]:
    """Propose the new name at the next line of its scope that has the old one."""
    renamed = _renamed(scene.changes[-1]) if scene.changes else None
    if renamed is None:
        return
    old, new, line = renamed.old, renamed.new, scene.changes[-1].line
    earlier = [_renamed(change) for change in scene.changes[:-1]]
    again = any(each and (each.old, each.new) == (old, new) for each in earlier)
    if not (again or is_code(scene.language) or looks_like_code(old)):
        return
    dotted = _dotted(renamed.tokens, renamed.index)
    role = "again" if again else "definition" if _defines(renamed) else "use"
    renamed_lines = {
        change.line
        for change, each in zip(scene.changes, [*earlier, renamed], strict=True)
        if each and each.new == new
    }
    word = re.compile(rf"(?<!\w){re.escape(new)}(?!\w)")
    known = any(
        scene.lines.at(found.start()) not in renamed_lines for found in word.finditer(scene.text)
    )
    grade = f"{role}, known" if known else role
    method = role == "definition" and _is_function(renamed) and scene.header_above(line) is None
    for place in scene.outward(line, _scope(scene, renamed, line, dotted)):
        edits = tuple(_occurrences(scene, place, old, new, dotted, either=method))
        if edits:
            yield Proposal(
                Pattern.RENAME,
                grade,
                edits,
                t("{old} is now {new}, here as well", old=old, new=new),
            )
            return


def _renamed(change: LineChange) -> _Renamed | None:
    if change.old is None or change.new is None:
        return None
    before, after = lex(change.old), lex(change.new)
    if len(before) != len(after):
        return None
    differing = [
        index for index, (a, b) in enumerate(zip(before, after, strict=True)) if a.text != b.text
    ]
    pairs = {(before[index].text, after[index].text) for index in differing}
    if len(pairs) != 1:
        return None
    ((old, new),) = pairs
    if not (is_name(old) and is_name(new)):
        return None
    return _Renamed(old, new, differing[0], tuple(after))


def _dotted(tokens: tuple[Token, ...], index: int) -> bool:
    """Return whether a name belongs to a value before it: ``.name`` or ``->name``."""
    before = "".join(token.text for token in tokens[max(0, index - 2) : index])
    return before.endswith("->") or (before.endswith(".") and index > 1)


def _is_function(renamed: _Renamed) -> bool:
    after = renamed.index + 1
    return after < len(renamed.tokens) and renamed.tokens[after].text == "("


def _defines(renamed: _Renamed) -> bool:
    texts = [token.text for token in renamed.tokens]
    at = renamed.index
    if at > 0 and texts[at - 1] in _DEFINES:
        return True
    following = texts[at + 1 : at + 3]
    if following[:1] == ["="] and following[1:] != ["="]:
        return True
    return following[:1] == [":"] or _is_parameter(renamed)


def _is_parameter(renamed: _Renamed) -> bool:
    texts = [token.text for token in renamed.tokens]
    return texts[0] in ("def", "function", "async") and "(" in texts[: renamed.index]


def _scope(scene: Scene, renamed: _Renamed, line: int, dotted: bool) -> range:
    """Return the lines in which a name means the same: its function, or else the whole text."""
    everywhere = range(len(scene.lines))
    if dotted:
        return everywhere
    content = scene.lines.contents[line]
    if is_header(content):
        name_ends = content.find("(")
        inside = name_ends >= 0 and renamed.tokens[renamed.index].start > name_ends
        return scene.block_of(line) if inside else everywhere
    header = scene.header_above(line)
    if header is None:
        return everywhere
    block = scene.block_of(header)
    word = re.compile(rf"(?<!\w){re.escape(renamed.old)}(?!\w)")
    inside = any(word.search(scene.lines.contents[number]) for number in block)
    return block if inside or _defines(renamed) else everywhere


def _occurrences(
    scene: Scene, line: int, old: str, new: str, dotted: bool, either: bool
) -> Iterator[TextEdit]:
    content, start = scene.lines.contents[line], scene.lines.starts[line]
    if old not in content:
        return
    for found in re.finditer(rf"(?<!\w){re.escape(old)}(?!\w)", content):
        before = content[: found.start()].rstrip()
        follows_dot = before.endswith((".", "->"))
        if (follows_dot != dotted and not either) or scene.in_quiet(start + found.start()):
            continue
        yield TextEdit(start + found.start(), start + found.end(), new)
