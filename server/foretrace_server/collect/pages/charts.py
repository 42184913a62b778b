"""Charts as SVG, without a style or a colour of their own: those are the style sheet's.

Each stands beside the figures that it draws, so it says nothing to a screen reader.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

_WIDTH = 160
_HEIGHT = 10
_DAYS_WIDTH = 640
_DAYS_HEIGHT = 72
_BAR_GAP = 0.25
# Fewer would be as wide as boards.
_FEWEST_COLUMNS = 28

_SVG = Markup(
    '<svg class="{}" viewBox="0 0 {} {}" preserveAspectRatio="none" aria-hidden="true" '
    'focusable="false">{}</svg>'
)
_RECTANGLE = Markup('<rect class="{}" x="{:.2f}" y="{:.2f}" width="{:.2f}" height="{:.2f}"/>')


def bar(value: float, most: float) -> Markup:
    """Return a bar as long as a value is of the most that there is."""
    length = 0.0 if most <= 0 else _WIDTH * max(0.0, min(1.0, value / most))
    drawn = _RECTANGLE.format("rest", 0, 0, _WIDTH, _HEIGHT)
    drawn += _RECTANGLE.format("value", 0, 0, length, _HEIGHT)
    return _SVG.format("bar", _WIDTH, _HEIGHT, drawn)


def parts(values: Sequence[tuple[str, float]]) -> Markup:
    """Return a bar that shows how a whole is shared out; each part has a class of its own."""
    whole = sum(value for _, value in values) or 1
    drawn, left = Markup(""), 0.0
    for kind, value in values:
        length = _WIDTH * value / whole
        drawn += _RECTANGLE.format(kind, left, 0, length, _HEIGHT)
        left += length
    return _SVG.format("bar", _WIDTH, _HEIGHT, drawn)


def columns(values: Sequence[float]) -> Markup:
    """Return a column for each value, the highest as high as the chart."""
    most, wide = max(values, default=0) or 1, _DAYS_WIDTH / max(len(values), _FEWEST_COLUMNS)
    drawn = Markup("")
    for place, value in enumerate(values):
        high = _DAYS_HEIGHT * value / most
        drawn += _RECTANGLE.format(
            "value",
            (place + _BAR_GAP / 2) * wide,
            _DAYS_HEIGHT - high,
            wide * (1 - _BAR_GAP),
            high,
        )
    return _SVG.format("columns", _DAYS_WIDTH, _DAYS_HEIGHT, drawn)
