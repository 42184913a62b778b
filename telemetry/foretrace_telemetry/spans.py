"""Parts of a text, as spans of code points: what secrets take up, and what an edit does to that."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen


@frozen(order=True)
class Span:
    """Part of a text, in code points; `end` is the first that is not in it."""

    start: int
    end: int

    def touches(self, other: Span) -> bool:
        """Return whether there is nothing between two spans."""
        return self.start <= other.end and other.start <= self.end


def clipped(spans: Iterable[Span], start: int, end: int | None = None) -> list[Span]:
    """Return what of the spans lies between two offsets; without an end, up to the text's."""
    parts = (
        Span(max(span.start, start), span.end if end is None else min(span.end, end))
        for span in spans
    )
    return [part for part in parts if part.start < part.end]


def moved(spans: Iterable[Span], by: int) -> list[Span]:
    """Return the spans so many code points further on."""
    return [Span(span.start + by, span.end + by) for span in spans]


def united(spans: Iterable[Span]) -> list[Span]:
    """Return spans in their order that cover the same, with something between any two."""
    result: list[Span] = []
    for span in sorted(spans):
        if result and result[-1].touches(span):
            result[-1] = Span(result[-1].start, max(result[-1].end, span.end))
        else:
            result.append(span)
    return result


def without(spans: Iterable[Span], others: Iterable[Span]) -> list[Span]:
    """Return what of the spans none of the others covers."""
    left = list(spans)
    for other in others:
        left = [*clipped(left, 0, other.start), *clipped(left, other.end)]
    return sorted(left)
