"""A gap as one JSON object, as lines for the terminal, and as a page in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from attrs import asdict, frozen

from foretrace_models.gap.comparing import Compared, Gap
from foretrace_models.gap.intervals import Estimate
from foretrace_models.gap.measures import Group
from foretrace_models.gap.words import number, summary


@frozen
class Picture:
    """A picture that was drawn: its file's name, its title, and what it shows, in words."""

    file: str
    title: str
    words: str


def to_json(gap: Gap, sources: tuple[str, str]) -> dict[str, Any]:
    """Return everything that was measured, and of people only how many they are."""
    found = asdict(gap, recurse=False)
    sides = zip(
        ("real", "simulated"), sources, (gap.real, gap.simulated), gap.left_out, strict=True
    )
    for side, source, people, left_out in sides:
        found[side] = {"dataset": source, "people": len(people), "left_out": left_out}
    del found["left_out"]
    for name in ("measures", "coverage", "distances"):
        found[name] = [asdict(each) for each in found[name]]
    found["told_apart"] = [asdict(each) for each in found.pop("told") or ()]
    found["summary"] = summary(gap)
    return found


def lines(gap: Gap, sources: tuple[str, str]) -> Iterator[str]:
    """Iterate over what a person reads in a terminal."""
    yield f"{_heads(gap, sources)}\n"
    for sentence in summary(gap):
        yield f"- {sentence}"
    for group in Group:
        own = [each for each in gap.measures if each.group is group]
        yield f"\n{group.value:40}{'real':>26}{'simulated':>26}{'difference':>28}"
        for each in own:
            yield (
                f"{_name(each):40}{_told(each.real):>26}{_told(each.simulated):>26}"
                f"{_told(each.difference, signed=True):>28}"
            )


def page(gap: Gap, sources: tuple[str, str], pictures: Sequence[Picture]) -> str:
    """Return the report as a page, with pictures that lie beside it."""
    parts = ["# Real against simulated", _heads(gap, sources)]
    parts.append("\n".join(f"- {sentence}" for sentence in summary(gap)))
    parts += [f"![{each.words}]({each.file})" for each in pictures[:1]]
    parts.append(_about(gap))
    for group in Group:
        own = [each for each in gap.measures if each.group is group]
        parts.append(f"## {group.value.capitalize()}")
        parts.append(
            _table(
                (
                    "Measure",
                    "Real",
                    "Simulated",
                    "Difference",
                    "Shift",
                    "Spread, real and simulated",
                ),
                (
                    (
                        _name(each),
                        _told(each.real),
                        _told(each.simulated),
                        _told(each.difference, signed=True),
                        f"{each.shift:+.2f}",
                        f"{number(each.real_spread)}, {number(each.simulated_spread)}",
                    )
                    for each in own
                ),
            )
        )
    parts += ["## What one side has of the other", _coverage(gap)]
    parts += ["## How far apart", _distances(gap)]
    if gap.told:
        parts += ["## Told apart", _apart(gap)]
    if len(pictures) > 1:
        parts.append("## Pictures")
        parts += [f"### {each.title}\n\n![{each.words}]({each.file})" for each in pictures[1:]]
    return "\n\n".join(parts) + "\n"


def _heads(gap: Gap, sources: tuple[str, str]) -> str:
    pairs = "each simulated one for a real one" if gap.paired else "not the same"
    told = (
        f"Real: {sources[0]}, {_people(len(gap.real))}. Simulated: {sources[1]}, "
        f"{_people(len(gap.simulated))}, {pairs}. {gap.events:,} events of each, in whole "
        f"sessions; seed {gap.seed}."
    )
    if any(gap.left_out):
        real, simulated = gap.left_out
        told += f" Left out, with fewer or without a counterpart: {real} and {simulated}."
    return told


def _about(gap: Gap) -> str:
    return (
        f"A session ends where nothing happens for {gap.rest_s // 60} minutes. Figures are means "
        "over people, or medians where a few would decide a mean, with intervals of 95 % by "
        "drawing people again. The shift is how often somebody simulated has more than somebody "
        "real, less how often they have less: 0 is no gap, 1 or -1 as large as can be. The spread "
        "is the standard deviation between people."
    )


def _coverage(gap: Gap) -> str:
    head = ("Events in a row", "Of the real, simulated have", "Of the simulated, real have")
    return _table(
        (*head, "Of the real, others of them have"),
        (
            (
                str(each.n),
                *map(_share, (each.real_by_simulated, each.simulated_by_real, each.real_by_real)),
            )
            for each in gap.coverage
        ),
    )


def _distances(gap: Gap) -> str:
    return _table(
        ("Distance, 0 to 1", "Real to simulated", "Real to other real people"),
        (
            (
                each.name,
                f"{each.simulated:.3f}",
                "" if each.real is None else f"{each.real:.3f}",
            )
            for each in gap.distances
        ),
    )


def _apart(gap: Gap) -> str:
    return _table(
        (
            "Shown",
            "AUC",
            "What tells most, with the AUC of it alone; below 0.5 simulated have more",
        ),
        (
            (
                each.seen,
                _told(each.auc),
                ", ".join(f"{sign.name} {sign.auc:.2f}" for sign in each.signs),
            )
            for each in gap.told or ()
        ),
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    rule = [" --- ", *(" ---: " for _ in head[1:])]
    told = [f"| {' | '.join(cells)} |" for cells in (head, *rows)]
    return "\n".join([told[0], f"|{'|'.join(rule)}|", *told[1:]])


def _name(each: Compared) -> str:
    return f"{each.name}, {each.unit}" if each.unit else each.name


def _told(each: Estimate, signed: bool = False) -> str:
    sign = "+" if signed and each.value > 0 else ""
    if each.low is None or each.high is None:
        return f"{sign}{number(each.value)}"
    return f"{sign}{number(each.value)} ({number(each.low)} to {number(each.high)})"


def _share(each: Estimate | None) -> str:
    if each is None:
        return ""
    if each.low is None or each.high is None:
        return f"{each.value:.1%}"
    return f"{each.value:.1%} ({each.low:.1%} to {each.high:.1%})"


def _people(count: int) -> str:
    return "1 person" if count == 1 else f"{count:,} people"
