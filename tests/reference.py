"""A text as editors hold it, to check ours against: written apart from it, simply and slowly."""

from __future__ import annotations

from typing import Any

_CARRIAGE_RETURN, _LINE_FEED = 13, 10


class ReferenceText:
    """A list of UTF-16 code units, and the changes that an editor makes to it and tells of."""

    def __init__(self, text: str, encoding: str) -> None:
        self.units = units_of(text)
        self._encoding = encoding

    @property
    def text(self) -> str:
        """The whole text."""
        return text_of(self.units)

    def replace(self, start: int, end: int, text: str) -> dict[str, Any]:
        """Replace the units between two; return the change as the protocol tells it."""
        places = {"start": self.place(start), "end": self.place(end)}
        self.units[start:end] = units_of(text)
        return {"range": places, "text": text}

    def place(self, index: int) -> dict[str, int]:
        """Return the line and column of a unit, in the units of the negotiated encoding."""
        line = start = 0
        for n in range(index):
            if self._ends_a_line(n):
                line, start = line + 1, n + 1
        return {"line": line, "character": self._width(self.units[start:index])}

    def index(self, line: int, character: int) -> int | None:
        """Return the unit at a line and column; beyond the end of a line means its end.

        None where the text has no such place, or where it lies within a character.
        """
        starts = [0, *(n + 1 for n in range(len(self.units)) if self._ends_a_line(n))]
        if (line, character) == (len(starts), 0):
            return len(self.units)
        if not 0 <= line < len(starts) or character < 0:
            return None
        start = end = starts[line]
        while end < len(self.units) and self.units[end] not in (_CARRIAGE_RETURN, _LINE_FEED):
            end += 1
        for index in range(start, end + 1):
            if self._encoding != "utf-16" and self._is_between_halves(index):
                continue
            if (width := self._width(self.units[start:index])) >= character:
                return index if width == character else None
        return end

    def _is_between_halves(self, index: int) -> bool:
        around = self.units[max(0, index - 1) : index + 1]
        return len(around) == 2 and len(text_of(around)) == 1

    def _ends_a_line(self, n: int) -> bool:
        if self.units[n] == _LINE_FEED:
            return True
        return self.units[n] == _CARRIAGE_RETURN and self.units[n + 1 : n + 2] != [_LINE_FEED]

    def _width(self, units: list[int]) -> int:
        if self._encoding == "utf-16":
            return len(units)
        text = text_of(units)
        return len(text) if self._encoding == "utf-32" else len(text.encode())


def place_of(text: str, offset: int, encoding: str) -> dict[str, int]:
    """Return the place of an offset in code points of a text whose lines end in line feeds."""
    start = text.rfind("\n", 0, offset) + 1
    width = len(text[start:offset].encode(f"{encoding}-le" if encoding != "utf-8" else encoding))
    return {
        "line": text.count("\n", 0, offset),
        "character": width // {"utf-8": 1, "utf-16": 2, "utf-32": 4}[encoding],
    }


def units_of(text: str) -> list[int]:
    """Return the UTF-16 code units of a text."""
    raw = text.encode("utf-16-le", "surrogatepass")
    return [raw[n] | raw[n + 1] << 8 for n in range(0, len(raw), 2)]


def text_of(units: list[int]) -> str:
    """Return the text of UTF-16 code units, the halves of a character put together."""
    raw = b"".join(unit.to_bytes(2, "little") for unit in units)
    return raw.decode("utf-16-le", "surrogatepass")
