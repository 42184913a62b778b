"""A text as it stands: what is equal for as long as it does, and for as long as some lines do.

Both are made once, however often the text is run, saved or tested: a class has long files in it,
and texts that somebody made long on purpose.
"""

from __future__ import annotations

from array import array
from functools import cached_property
from hashlib import blake2b

from attrs import define, field

_LINES_AROUND = 2


@define
class Standing:
    """A text that stands, until another one does."""

    text: str
    _around: dict[int, str] = field(factory=dict, init=False)

    @cached_property
    def digest(self) -> str:
        """What is equal for equal texts, and short."""
        return _digest_of(self.text)

    def around(self, line: int | None) -> str:
        """Return what is equal for equal lines around one, which counts from 1; "" for None."""
        if line is None:
            return ""
        if line not in self._around:
            self._around[line] = _digest_of(self._lines_around(line))
        return self._around[line]

    def _lines_around(self, line: int) -> str:
        starts = self._starts
        first = max(0, line - 1 - _LINES_AROUND)
        after = min(line + _LINES_AROUND, len(starts) - 1)
        return self.text[starts[first] : starts[after] - 1] if first < after else ""

    @cached_property
    def _starts(self) -> array[int]:
        """Where each line begins, and where one after the last would, in code points."""
        starts = array("q", [0])
        while end := self.text.find("\n", starts[-1]) + 1:
            starts.append(end)
        starts.append(len(self.text) + 1)
        return starts


def _digest_of(text: str) -> str:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
