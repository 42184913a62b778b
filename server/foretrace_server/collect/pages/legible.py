"""Text of others as HTML: escaped, in its lines, and with a sign for what has none.

What turns around the direction of text, commands a terminal or takes no room stands there as its
number, so that a reader sees what there is. `static/replay.js` does the same in the browser.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from attrs import frozen
from markupsafe import Markup, escape

MOST_LINES = 1000
MOST_LINE_CHARACTERS = 1000
MOST_NAME_CHARACTERS = 120
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff"
    "\U000e0000-\U000e0fff]"
)
_LINE_END = re.compile("\r\n|\n|\r")


@frozen
class Line:
    """A line of a text, counted from 1; `is_changed` where the last step changed it."""

    number: int
    html: Markup
    is_changed: bool


def legible(text: str) -> Markup:
    """Return a text as HTML in which every character can be seen."""
    parts, end = [], 0
    for found in _HIDDEN.finditer(text):
        parts.append(escape(text[end : found.start()]))
        parts.append(_sign(found[0]))
        end = found.end()
    parts.append(escape(text[end:]))
    return Markup("").join(parts)


def name(text: str) -> Markup:
    """Return a name as HTML on one line, apart from the direction of the text around it."""
    flat = " ".join(_LINE_END.split(text))
    more = "…" if len(flat) > MOST_NAME_CHARACTERS else ""
    return Markup("<bdi>{}</bdi>").format(legible(flat[:MOST_NAME_CHARACTERS]) + more)


def words(text: str) -> Markup:
    """Return what somebody said as HTML on one line, apart from the direction around it."""
    return Markup("<bdi>{}</bdi>").format(legible(" ".join(_LINE_END.split(text))))


def lines_around(text: str, changed: tuple[int, int] | None) -> Iterator[Line]:
    """Iterate over the lines of a text, up to `MOST_LINES` of them around what was changed.

    `changed` has the first and the last line that the step changed, counted from 1.
    """
    lines = _LINE_END.split(text)
    first, last = changed or (0, -1)
    start = max(0, min(first - MOST_LINES // 2, len(lines) - MOST_LINES))
    for number, line in enumerate(lines[start : start + MOST_LINES], start + 1):
        html = legible(line[:MOST_LINE_CHARACTERS])
        if (beyond := len(line) - MOST_LINE_CHARACTERS) > 0:
            html += Markup('<span class="cut">… {} more</span>').format(f"{beyond:,}")
        yield Line(number, html, first <= number <= last)


def line_at(text: str, offset: int) -> int:
    """Return the number of the line, from 1, in which a character stands."""
    return len(_LINE_END.split(text[:offset]))


def _sign(character: str) -> Markup:
    return Markup('<span class="sign">{}</span>').format(f"U+{ord(character):04X}")
