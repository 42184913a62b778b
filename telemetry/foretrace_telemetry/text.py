r"""The text of an open document, kept in step with the editor one change at a time.

The Language Server Protocol names places by line and column, in units that depend on the
negotiated encoding, and never says what a change removed. A `Document` is the shadow copy that
turns such a change into an offset, the text removed and the text inserted.

Lines end with ``\\n``, ``\\r\\n`` or ``\\r`` and with nothing else (LSP 3.18, "Text Documents");
`str.splitlines` knows seven more line ends and must not be used here.
"""

from __future__ import annotations

import io
from bisect import bisect_left
from enum import Enum

from attrs import define, field, frozen


class PositionEncoding(str, Enum):
    """The unit in which a client counts the columns of a line."""

    UTF8 = "utf-8"
    UTF16 = "utf-16"
    UTF32 = "utf-32"


@frozen
class Position:
    """A place between two characters; `character` counts units of the document's encoding."""

    line: int
    character: int


@frozen
class Replacement:
    """What a change did: at `offset` code points, `removed` gave way to `inserted`."""

    offset: int
    removed: str
    inserted: str


class OutOfStepError(ValueError):
    """A change names a place that this copy of the text does not have."""


def split_lines(text: str) -> list[str]:
    """Split `text` into lines that keep their ends; the last line may be empty and has none."""
    lines = list(io.StringIO(text, newline=""))
    if not lines or lines[-1].endswith(("\n", "\r")):
        lines.append("")
    return lines


def canonical_bytes(text: str) -> bytes:
    """Return the bytes by which two texts are compared.

    UTF-16, as editors hold it: a surrogate pair that arrived in two halves equals the whole
    character, though Python keeps the halves apart.
    """
    return text.encode("utf-16-le", "surrogatepass")


def width(text: str, encoding: PositionEncoding) -> int:
    """Return how many units of `encoding` the text takes."""
    if encoding is PositionEncoding.UTF32 or text.isascii():
        return len(text)
    if encoding is PositionEncoding.UTF16:
        return len(text.encode("utf-16-le", "surrogatepass")) // 2
    return len(text.encode("utf-8", "surrogatepass"))


def _content_length(line: str) -> int:
    """Return the length of a line without its end, in code points."""
    if line.endswith("\r\n"):
        return len(line) - 2
    return len(line) - 1 if line.endswith(("\n", "\r")) else len(line)


@define
class _Column:
    """A column of a line in code points, with the halves of a character that it cuts in two."""

    index: int
    before: str = ""
    after: str = ""


def _find_column(line: str, units: int, encoding: PositionEncoding) -> _Column:
    """Return the code point index of a column given in units; beyond the line means its end.

    Raises:
        OutOfStepError: the column lies inside a character that cannot be cut.
    """
    content = line[: _content_length(line)]
    if encoding is PositionEncoding.UTF32 or content.isascii():
        return _Column(min(units, len(content)))
    if units >= width(content, encoding):
        return _Column(len(content))
    prefixes = range(len(content) + 1)
    index = bisect_left(prefixes, units, key=lambda end: width(content[:end], encoding))
    if width(content[:index], encoding) == units:
        return _Column(index)
    if encoding is PositionEncoding.UTF8:
        raise OutOfStepError(f"column {units} lies inside a character")
    halves = content[index - 1].encode("utf-16-le")
    return _Column(
        index - 1,
        before=halves[:2].decode("utf-16-le", "surrogatepass"),
        after=halves[2:].decode("utf-16-le", "surrogatepass"),
    )


@define(eq=False)
class Document:
    """The text of one open document.

    Kept as a list of lines, so that a key press costs the length of its line and not of the file.
    """

    encoding: PositionEncoding
    _lines: list[str]
    _joined: str | None = None
    # The start of one line in code points: edits come close together, so the next start that is
    # asked for is counted from here and not from the top.
    _anchor: tuple[int, int] = field(default=(0, 0))

    @classmethod
    def of(cls, text: str, encoding: PositionEncoding = PositionEncoding.UTF16) -> Document:
        """Return a document that holds `text`."""
        return cls(encoding, split_lines(text), text)

    @property
    def text(self) -> str:
        """The whole text."""
        if self._joined is None:
            self._joined = "".join(self._lines)
        return self._joined

    @property
    def line_count(self) -> int:
        """The number of lines; an empty document has one."""
        return len(self._lines)

    def offset_at(self, position: Position) -> int:
        """Return the offset of a place in code points.

        Raises:
            OutOfStepError: the document has no such place.
        """
        line, column = self._locate(position)
        return self._line_start(line) + column.index

    def position_at(self, offset: int) -> Position:
        """Return the place of an offset in code points; beyond the text means its end."""
        line, start = 0, 0
        while line < len(self._lines) - 1 and start + len(self._lines[line]) <= offset:
            start += len(self._lines[line])
            line += 1
        return Position(line, width(self._lines[line][: offset - start], self.encoding))

    def offset_near(self, position: Position) -> int:
        """Return the offset of a place or, where the document has no such place, the nearest."""
        try:
            return self.offset_at(position)
        except OutOfStepError:
            return self.offset_at(self.clamp(position))

    def line_end(self, line: int) -> Position:
        """Return the place before the end of a line; beyond the last line means the last."""
        line = min(line, len(self._lines) - 1)
        content = self._lines[line][: _content_length(self._lines[line])]
        return Position(line, width(content, self.encoding))

    def replace(self, start: Position, end: Position, inserted: str) -> Replacement:
        """Replace what lies between two places and return what that did.

        A column in the middle of a surrogate pair keeps the half that the change leaves: the
        whole character counts as removed and that half as inserted.

        Raises:
            OutOfStepError: the document has no such place; it is left as it was.
        """
        if (end.line, end.character) < (start.line, start.character):
            start, end = end, start
        first, start_column = self._locate(start)
        # Most changes insert something at one place.
        last, end_column = (first, start_column) if end == start else self._locate(end)
        inserted = start_column.before + inserted + end_column.after
        end_index = end_column.index + (1 if end_column.after else 0)

        offset = self._line_start(first) + start_column.index
        if first == last:
            removed = self._lines[first][start_column.index : end_index]
        else:
            removed = "".join(
                (
                    self._lines[first][start_column.index :],
                    *self._lines[first + 1 : last],
                    self._lines[last][:end_index],
                )
            )
        self._splice(
            first,
            last,
            self._lines[first][: start_column.index] + inserted + self._lines[last][end_index:],
        )
        return Replacement(offset, removed, inserted)

    def reset(self, text: str) -> Replacement:
        """Replace the whole text and return what that did."""
        removed = self.text
        self._lines, self._joined, self._anchor = split_lines(text), text, (0, 0)
        return Replacement(0, removed, text)

    def clamp(self, position: Position) -> Position:
        """Return the nearest place that the document has."""
        if position.line >= len(self._lines):
            return self.position_at(len(self.text))
        line, column = max(position.line, 0), max(position.character, 0)
        try:
            _find_column(self._lines[line], column, self.encoding)
        except OutOfStepError:
            return Position(line, 0)
        return Position(line, column)

    def _locate(self, position: Position) -> tuple[int, _Column]:
        count = len(self._lines)
        if position.line < 0 or position.character < 0:
            raise OutOfStepError(f"line {position.line}, column {position.character} is negative")
        # Editors write "to the end" as the start of the line after the last one.
        if position.line == count and position.character == 0:
            return count - 1, _Column(len(self._lines[-1]))
        if position.line >= count:
            raise OutOfStepError(f"line {position.line} is beyond the last line, {count - 1}")
        return position.line, _find_column(
            self._lines[position.line], position.character, self.encoding
        )

    def _line_start(self, line: int) -> int:
        anchor, offset = self._anchor
        if line >= anchor:
            offset += sum(map(len, self._lines[anchor:line]))
        else:
            offset -= sum(map(len, self._lines[line:anchor]))
        self._anchor = (line, offset)
        return offset

    def _splice(self, first: int, last: int, text: str) -> None:
        # A carriage return and a line feed that become neighbours become one line end.
        if first > 0 and self._lines[first - 1].endswith("\r"):
            first -= 1
            text = self._lines[first] + text
        if text.endswith("\r") and last < len(self._lines) - 1:
            last += 1
            text += self._lines[last]
        lines = split_lines(text)
        if last < len(self._lines) - 1 and lines[-1] == "":
            lines.pop()
        self._line_start(first)
        self._lines[first : last + 1] = lines
        self._joined = None
