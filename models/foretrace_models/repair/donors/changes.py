"""Small changes of a program's lines, and the text with some of them made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from attrs import evolve, frozen
from rapidfuzz.distance import Levenshtein

from foretrace_models.repair.donors.listing import Line, Listing, Token

# What a token that is moved counts for.
_MOVED = 0.25


@frozen
class Written:
    """Tokens with the white space before each."""

    words: tuple[str, ...]
    spaces: tuple[str, ...]

    def part(self, first: int, last: int) -> Written:
        """Return some of the tokens."""
        return Written(self.words[first:last], self.spaces[first:last])

    def __str__(self) -> str:
        return "".join(s + w for s, w in zip(self.spaces, self.words, strict=True))


@frozen
class Replaced:
    """Other tokens in the place of some of a line's; `after` is the space that follows them."""

    line: int
    first: int
    last: int
    written: Written
    after: str

    @property
    def size(self) -> float:
        """How many tokens change."""
        return max(self.last - self.first, len(self.written.words))


@frozen
class Moved:
    """A line at another depth."""

    line: int
    depth: int
    tokens: int

    @property
    def size(self) -> float:
        """No token changes, but what it does may."""
        return 0.5 + _MOVED * self.tokens


@frozen
class Dropped:
    """A line that goes."""

    line: int
    tokens: int

    @property
    def size(self) -> float:
        """How many tokens change."""
        return self.tokens


@frozen
class Added:
    """A line that comes behind another, or at the top behind line -1; `order` is among those."""

    line: int
    order: int
    depth: int
    written: Written

    @property
    def size(self) -> float:
        """How many tokens change."""
        return len(self.written.words)


Change = Replaced | Moved | Dropped | Added
# Changes that are made together or not at all.
Patch = tuple[Change, ...]


def size(patches: Iterable[Patch]) -> float:
    """Return about how many tokens some patches change."""
    return sum(change.size for patch in patches for change in patch)


def compatible(patches: Iterable[Patch]) -> bool:
    """Return whether no two changes are of the same thing, so that all can be made."""
    changed: set[tuple[int, object]] = set()
    for patch in patches:
        for change in patch:
            if isinstance(change, Replaced):
                # From the token before to the one after: what touches is changed together.
                places: list[object] = list(range(change.first, change.last + 1))
            elif isinstance(change, Added):
                places = [change.written.words]
            elif isinstance(change, Moved):
                places = ["depth"]
            else:
                tokens = range(change.tokens + 1)
                places = ["depth", *tokens]
            if any((change.line, place) in changed for place in places):
                return False
            changed.update((change.line, place) for place in places)
    return True


def changes_of_line(
    line: int, words: tuple[str, ...], written: Written, depth: int, new_depth: int
) -> list[Change]:
    """Return what makes one line out of another."""
    found: list[Change] = []
    if depth != new_depth:
        found.append(Moved(line, new_depth, len(words)))
    blocks: list[tuple[int, int, int, int]] = []
    for block in Levenshtein.opcodes(words, written.words):
        if block.tag == "equal":
            continue
        first, last = block.src_start, block.src_end
        new_first, new_last = block.dest_start, block.dest_end
        if blocks and blocks[-1][1] == first and blocks[-1][3] == new_first:
            first, _, new_first, _ = blocks.pop()
        blocks.append((first, last, new_first, new_last))
    for first, last, new_first, new_last in blocks:
        after = (*written.spaces, "")[new_last]
        found.append(Replaced(line, first, last, written.part(new_first, new_last), after))
    return found


def patches_of(changes: Sequence[Change]) -> list[Patch]:
    """Group changes, in the order of the lines: those of one line, and runs of one kind."""
    runs: list[list[Change]] = []
    for change in changes:
        last = runs[-1][-1] if runs else None
        together = type(last) is type(change) and last is not None and _continues(last, change)
        if together:
            runs[-1].append(change)
        else:
            runs.append([change])
    return [tuple(run) for run in runs]


def _continues(last: Change, change: Change) -> bool:
    if isinstance(last, Replaced):
        return last.line == change.line
    if isinstance(last, Added):
        return last.line == change.line
    return last.line + 1 == change.line


@frozen
class _Item:
    """A line of the new program: an old one, with what changes in it, or a new one."""

    old: int | None
    depth: int
    replaced: tuple[Replaced, ...] = ()
    added: Added | None = None
    moved: bool = False


def render(listing: Listing, patches: Iterable[Patch]) -> str:
    """Return the text of a program with some patches made; all else stays as it was written."""
    items = _settled(listing, _items(listing, [change for patch in patches for change in patch]))
    out: list[str] = []
    before: int | None = -1
    for position, item in enumerate(items):
        if item.old is None:
            assert item.added is not None
            _end_line(out, listing)
            code = str(item.added.written).lstrip()
            out.append(_indent(listing, items, position) + code + listing.newline)
            before = None
            continue
        line = listing.lines[item.old]
        goes_on = line.is_inline and before == item.old - 1 and not item.moved
        code = _code(listing.text, line, item.replaced)
        start = line.tokens[0].start
        if goes_on:
            out.append(listing.text[line.start : start] + code)
        else:
            _end_line(out, listing)
            lead = "" if line.is_inline else listing.text[line.start : start]
            above = lead[: lead.rfind("\n") + 1]
            indent = lead[len(above) :]
            if line.is_inline or item.moved:
                indent = _indent(listing, items, position)
            out.append(above + indent + code)
        before = item.old
    if listing.tail:
        _end_line(out, listing)
    out.append(listing.tail)
    return "".join(out)


def _settled(listing: Listing, items: Iterable[_Item]) -> list[_Item]:
    """Return the lines of a program with none deeper than the lines before it let it be.

    What a block held follows its head to where that has gone.
    """
    settled: list[_Item] = []
    # Of each block that is too deep: how deep it was, and by how much too deep.
    shifts: list[tuple[int, int]] = []
    deepest = 0
    for item in items:
        while shifts and item.depth < shifts[-1][0]:
            shifts.pop()
        depth = item.depth - sum(by for _, by in shifts)
        if depth > deepest:
            shifts.append((item.depth, depth - deepest))
            depth = deepest
        moved = item.moved or depth != item.depth
        settled.append(evolve(item, depth=depth, moved=moved))
        deepest = depth + _opens_block(listing, item)
    return settled


def _opens_block(listing: Listing, item: _Item) -> bool:
    if item.added is not None:
        return item.added.written.words[-1] == ":"
    assert item.old is not None
    line = listing.lines[item.old]
    last = item.replaced[-1] if item.replaced else None
    if last is not None and last.last == len(line.words):
        return last.written.words[-1:] == (":",)
    return line.opens_block


def words_of(listing: Listing, patches: Iterable[Patch]) -> Iterator[str]:
    """Yield the tokens of a program with some patches made."""
    for item in _items(listing, [change for patch in patches for change in patch]):
        if item.old is None:
            assert item.added is not None
            yield from item.added.written.words
            continue
        at = 0
        words = listing.lines[item.old].words
        for change in item.replaced:
            yield from words[at : change.first]
            yield from change.written.words
            at = change.last
        yield from words[at:]


def _items(listing: Listing, changes: Sequence[Change]) -> Iterator[_Item]:
    dropped = {change.line for change in changes if isinstance(change, Dropped)}
    depths = {change.line: change.depth for change in changes if isinstance(change, Moved)}
    by_line = groupby(
        sorted((c for c in changes if isinstance(c, Replaced)), key=lambda c: (c.line, c.first)),
        key=lambda c: c.line,
    )
    replaced = {line: tuple(group) for line, group in by_line}
    added: dict[int, list[Added]] = {}
    for change in changes:
        if isinstance(change, Added):
            added.setdefault(change.line, []).append(change)
    for number in range(-1, len(listing.lines)):
        if number >= 0 and number not in dropped:
            line = listing.lines[number]
            depth = depths.get(number, line.depth)
            yield _Item(number, depth, replaced.get(number, ()), moved=number in depths)
        for change in sorted(added.get(number, ()), key=lambda c: c.order):
            yield _Item(None, change.depth, added=change)


def _code(text: str, line: Line, replaced: Iterable[Replaced]) -> str:
    """Return what a line says from its first token on, with some tokens replaced.

    What stays keeps its white space, and what is replaced hands it on.
    """
    tokens = line.tokens
    parts: list[str] = []
    at = 0
    for change in replaced:
        if at < change.first:
            parts += _joined(parts, "", text[tokens[at].start : tokens[change.first - 1].end])
        words = change.written.words
        if words:
            space = _space_before(text, tokens, change.first)
            if change.first == change.last:
                space = change.written.spaces[0]
            parts += _joined(parts, space, str(change.written).lstrip())
        at = change.last
        if at < len(tokens):
            space = _space_before(text, tokens, at)
            if change.first == change.last:
                space = change.after
            elif not words:
                space = min(space, _space_before(text, tokens, change.first), key=len)
            parts += _joined(parts, space, tokens[at].text)
            at += 1
    if at < len(tokens):
        parts.append(text[tokens[at - 1].end if at else tokens[0].start : tokens[-1].end])
    return "".join(parts) + text[tokens[-1].end : line.end]


def _space_before(text: str, tokens: Sequence[Token], number: int) -> str:
    return text[tokens[number - 1].end : tokens[number].start] if 0 < number < len(tokens) else ""


def _joined(parts: list[str], space: str, code: str) -> tuple[str, str]:
    before = parts[-1][-1:] if parts else ""
    needs_space = _in_word(before) and (_in_word(code[:1]) or code[:1] in ("'", '"'))
    return (" " if needs_space and not space else space) if parts else "", code


def _in_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _end_line(out: list[str], listing: Listing) -> None:
    if out and not out[-1].endswith("\n"):
        out.append(listing.newline)


def _indent(listing: Listing, items: Sequence[_Item], position: int) -> str:
    """Return the white space before a line: that of its block, or a step more than its head's."""
    depth = items[position].depth
    if depth == 0:
        return ""
    for direction in (range(position + 1, len(items)), range(position - 1, -1, -1)):
        for other in direction:
            item = items[other]
            if item.depth < depth:
                break
            if item.depth == depth and item.old is not None and not item.moved:
                line = listing.lines[item.old]
                if not line.is_inline:
                    return listing.indent_of(line)
    head = next((n for n in range(position - 1, -1, -1) if items[n].depth < depth), None)
    if head is None:
        return listing.step * depth
    item = items[head]
    if item.old is not None and not item.moved and not listing.lines[item.old].is_inline:
        outer = listing.indent_of(listing.lines[item.old])
    else:
        outer = _indent(listing, items, head)
    return outer + listing.step * (depth - item.depth)
