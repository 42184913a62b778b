"""A text in lines: where each begins, and in which an offset lies. Lines count from 0."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property
from itertools import accumulate
from operator import add

_END = re.compile(r"\r\n|\n|\r")


class Lines:
    """The lines of a text, without their ends; an empty text has one.

    Offsets count code points. Lines end with the three line ends of the protocol and no others.
    """

    def __init__(self, text: str) -> None:
        """Find where the lines of a text begin and end."""
        self.text = text
        if "\r" in text:
            ends = [found.span() for found in _END.finditer(text)]
            self.starts = [0, *(end for _, end in ends)]
            self.ends = [*(start for start, _ in ends), len(text)]
            pairs = zip(self.starts, self.ends, strict=True)
            self.contents = [text[start:end] for start, end in pairs]
        else:  # much sooner done
            self.contents = text.split("\n")
            lengths = list(map(len, self.contents))
            self.starts = list(accumulate((length + 1 for length in lengths[:-1]), initial=0))
            self.ends = list(map(add, self.starts, lengths))

    def __len__(self) -> int:
        """Return how many lines there are."""
        return len(self.starts)

    def at(self, offset: int) -> int:
        """Return the line of an offset."""
        return bisect_right(self.starts, offset) - 1

    @cached_property
    def newline(self) -> str:
        """The line end that the text uses; a line feed where it has none."""
        if len(self.starts) == 1:
            return "\n"
        return self.text[self.ends[0] : self.starts[1]]


def line_at(text: str, offset: int) -> int:
    """Return the line of one offset, sooner than `Lines` does."""
    if "\r" not in text:
        return text.count("\n", 0, offset)
    return Lines(text).at(offset)


def indentation(line: str) -> str:
    """Return the white space at the start of a line."""
    return line[: len(line) - len(line.lstrip())]
