"""The gap in pictures: SVG that can be read on a light and on a dark page.

The two sides differ in lightness, in line and in mark, not in hue alone (colours after Okabe and
Ito, "Color Universal Design").
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from foretrace_models.gap import curves
from foretrace_models.gap.comparing import Gap
from foretrace_models.gap.curves import Transition
from foretrace_models.gap.intervals import Estimate
from foretrace_models.gap.words import is_clear
from foretrace_server.analysing.report import Picture

_REAL = {"color": "#0a84c6", "linestyle": "-", "marker": "o", "label": "real"}
_SIMULATED = {"color": "#e0821e", "linestyle": "--", "marker": "s", "label": "simulated"}
_INK = "#7d7d7d"  # as far from white as from black
_STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "foretrace",
    "font.family": "sans-serif",
    "font.size": 11,
    "text.color": _INK,
    "axes.labelcolor": _INK,
    "axes.edgecolor": _INK,
    "axes.titlesize": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "grid.color": _INK,
    "grid.alpha": 0.25,
    "legend.frameon": False,
    "lines.linewidth": 2,
    "lines.markersize": 5,
}
_TRANSITIONS = 10
_LONGEST_NAME = 26


def draw(gap: Gap, folder: Path) -> list[Picture]:
    """Draw all pictures into a folder, the one at a glance first.

    Raises:
        OSError: they cannot be written.
    """
    drawn = []
    with mpl.rc_context(_STYLE):
        for name, title, of in (
            ("glance", "At a glance", _glance),
            ("runs", "Events in a row", _runs),
            ("gaps", "Gaps between events", _gaps),
            ("sessions", "Sessions", _sessions),
            ("transitions", "From one event to the next", _transitions),
        ):
            figure = Figure(layout="constrained")
            words = of(gap, figure)
            figure.savefig(
                folder / f"{name}.svg",
                transparent=True,
                metadata={"Date": None, "Title": title, "Description": words},
            )
            drawn.append(Picture(f"{name}.svg", title, words))
    return drawn


def _glance(gap: Gap, figure: Figure) -> str:
    own = list(gap.measures)[::-1]
    figure.set_size_inches(8, 0.28 * len(own) + 1.2)
    axes = figure.add_subplot()
    for at, each in enumerate(own):
        sure = is_clear(each)
        axes.plot([0, each.shift], [at, at], color=_INK, linewidth=1.2, alpha=0.6)
        axes.plot(
            each.shift,
            at,
            marker="s",
            markersize=7,
            color=_SIMULATED["color"],
            markerfacecolor=_SIMULATED["color"] if sure else "none",
        )
    axes.axvline(0, color=_REAL["color"])
    axes.set_yticks(range(len(own)), [each.name for each in own])
    axes.set_xlim(-1.05, 1.05)
    axes.set_xlabel("← simulated people have less  |  shift  |  they have more →")
    axes.grid(axis="x")
    most = sorted((each for each in own if is_clear(each)), key=lambda each: -abs(each.shift))[:3]
    told = ", ".join(f"{each.name} {each.shift:+.2f}" for each in most) or "none"
    return (
        "How far simulated people are shifted from real ones, measure by measure, from -1 to 1; "
        f"hollow where no difference is sure. The largest: {told}."
    )


def _runs(gap: Gap, figure: Figure) -> str:
    figure.set_size_inches(8, 3.4)
    entropy, covered = figure.subplots(1, 2)
    last: dict[str, float] = {}
    for side, people in ((_REAL, gap.real), (_SIMULATED, gap.simulated)):
        found = curves.entropies(people, gap.seed)
        lengths = [each.n for each in found]
        _with_intervals(entropy, lengths, [each.last for each in found], side)
        last[str(side["label"])] = found[-1].last.value
    entropy.set_ylabel("bits to foretell the next event")
    entropy.set_xlabel("events that are known before it")
    entropy.set_xticks(range(1, 5), ["none", "1", "2", "3"])
    ways: tuple[tuple[dict[str, Any], str], ...] = (
        ({**_REAL, "label": "real, by other real people"}, "real_by_real"),
        ({**_SIMULATED, "label": "real, by simulated people"}, "real_by_simulated"),
        (
            {"color": _INK, "linestyle": ":", "marker": "^", "label": "simulated, by real people"},
            "simulated_by_real",
        ),
    )
    for look, way in ways:
        values = [(each.n, getattr(each, way)) for each in gap.coverage]
        known = [(n, value) for n, value in values if value is not None]
        if known:
            _with_intervals(covered, [n for n, _ in known], [value for _, value in known], look)
    covered.set_ylabel("share of runs that the others have")
    covered.set_xlabel("events in a row")
    covered.set_xticks(range(1, 5))
    covered.set_ylim(0, 1.03)
    for axes in (entropy, covered):
        axes.grid()
        if axes.lines:  # nobody is covered by others where there is one person
            axes.legend()
    entropy.set_ylim(bottom=0)
    return (
        "Left: bits that the next event takes when up to three before it are known; with three "
        f"{last['real']:.2f} for real people, {last['simulated']:.2f} for simulated ones. "
        "Right: which share of the runs of one to four events others have, too."
    )


def _with_intervals(
    axes: Any, lengths: Sequence[int], values: Sequence[Estimate], look: dict[str, Any]
) -> None:
    axes.plot(lengths, [each.value for each in values], **look)
    lows = [each.value if each.low is None else each.low for each in values]
    highs = [each.value if each.high is None else each.high for each in values]
    axes.fill_between(lengths, lows, highs, color=look["color"], alpha=0.2, linewidth=0)


def _gaps(gap: Gap, figure: Figure) -> str:
    figure.set_size_inches(8, 3.6)
    axes = figure.add_subplot()
    tails = _tails(axes, gap, curves.gaps_s, "gap of at least so many seconds", "share of gaps")
    for seconds, name in ((60, "1 min"), (3600, "1 h"), (86400, "1 day")):
        axes.axvline(seconds, color=_INK, linewidth=0.8, linestyle=":")
        axes.text(seconds, 1.15, name, ha="center", fontsize=9)
    axes.legend(loc="lower left")
    minute = {name: _share_from(values, 60) for name, values in tails.items()}
    return (
        "Share of gaps that are at least so long, on logarithmic scales. A minute or more have "
        f"{minute['real']:.1%} of the gaps of real people, {minute['simulated']:.1%} of simulated."
    )


def _sessions(gap: Gap, figure: Figure) -> str:
    figure.set_size_inches(8, 3.4)
    left, right = figure.subplots(1, 2)
    events = _tails(
        left, gap, curves.session_events, "at least so many events", "share of sessions"
    )
    _tails(right, gap, curves.session_minutes, "at least so many minutes", "")
    left.legend(loc="lower left")
    thousand = {name: _share_from(values, 1000) for name, values in events.items()}
    return (
        "Share of sessions with at least so many events (left) and minutes (right), on logarithmic "
        f"scales. A thousand events or more have {thousand['real']:.1%} of the sessions of real "
        f"people and {thousand['simulated']:.1%} of those of simulated ones."
    )


def _tails(
    axes: Any, gap: Gap, of: Callable[[Any], Sequence[float]], across: str, up: str
) -> dict[str, Sequence[float]]:
    """Draw the share that reaches each value, and return the values of both sides."""
    values = {}
    for side, people in ((_REAL, gap.real), (_SIMULATED, gap.simulated)):
        values[str(side["label"])] = of(people)
        points = [point for point in curves.reaching(of(people)) if point[1]]
        if points:
            axes.plot(*zip(*points, strict=True), **{**side, "marker": ""})
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel(across)
    axes.set_ylabel(up)
    axes.grid()
    return values


def _share_from(values: Sequence[float], least: float) -> float:
    return sum(value >= least for value in values) / max(1, len(values))


def _transitions(gap: Gap, figure: Figure) -> str:
    lacking, beyond = curves.transitions(gap.real, gap.simulated, _TRANSITIONS)
    shown = sorted([*lacking, *beyond], key=lambda each: each.doublings)
    figure.set_size_inches(8, 0.28 * max(4, len(shown)) + 1.2)
    axes = figure.add_subplot()
    for at, each in enumerate(shown):
        color = _SIMULATED["color"] if each.doublings > 0 else _REAL["color"]
        hatch = "" if each.doublings > 0 else "////"
        axes.barh(
            at, each.doublings, 0.65, color="none" if hatch else color, edgecolor=color, hatch=hatch
        )
    axes.axvline(0, color=_INK, linewidth=1)
    axes.set_yticks(range(len(shown)), [_name(each) for each in shown], fontsize=9)
    axes.set_xlabel("← too rare  |  doublings  |  too frequent →")
    axes.grid(axis="x")
    parts = [
        f"{how}: {_name(own[0])}"
        for how, own in (("too rare is above all", lacking), ("too frequent", beyond))
        if own
    ]
    return (
        "Transitions that simulated people make too rarely or too often; " + ", ".join(parts) + "."
    )


def _name(each: Transition) -> str:
    return f"{_short(each.before)} → {_short(each.after)}"


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else f"…{name[1 - _LONGEST_NAME :]}"
