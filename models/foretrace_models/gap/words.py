"""The gap in sentences, for somebody who knows no statistics."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from foretrace_models.gap.comparing import Compared, Gap
from foretrace_models.gap.measures import MEASURES, Group
from foretrace_models.gap.telling_apart import Told
from foretrace_models.gap.windows import WINDOW

_MOST_OF_A_GROUP = 3
# Of one person there are no intervals: what differs by less, in parts of the larger, is not told.
_LARGE = 0.2
_BY = {measure.name: measure for measure in MEASURES}
_ABOUT = {
    Group.DIVERSITY: "What they do",
    Group.TIME: "When they do it",
    Group.EXPLORATION: "How they explore",
}
# How often a real window scores above a simulated one, at least, and how one says that.
_HOW_OFTEN = (
    (0.95, "almost always"),
    (0.8, "mostly"),
    (0.6, "more often than not"),
    (0.0, "hardly ever"),
)


def is_clear(compared: Compared) -> bool:
    """Return whether the interval of the difference is on one side of zero."""
    low, high = compared.difference.low, compared.difference.high
    return low is not None and high is not None and (low > 0 or high < 0)


def summary(gap: Gap) -> list[str]:
    """Return the sentences, the most telling first."""
    lines = (
        [_overall(gap.told)] if gap.told else [f"Nothing learned to tell them apart: {gap.untold}."]
    )
    lines += [line for group in Group if (line := _of_group(gap, group))]
    lines += [_coverage(gap), _alike(gap), _same(gap)]
    return [line for line in lines if line]


def number(value: float) -> str:
    """Return a number with as many digits as say something."""
    value = round(value, 2) + 0.0  # no minus before nothing
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def _overall(told: Sequence[Told]) -> str:
    by = {each.seen: each.auc.value for each in told}
    value = told[-1].auc.value
    how = next(words for least, words in _HOW_OFTEN if value >= least)
    return (
        f"A simple model that is shown {WINDOW} events of somebody new can {how} say whether they "
        f"are real or simulated: an AUC of {value:.2f}, where 0.5 is a coin tossed and 1 is always "
        f"right. From the events alone it has {by['events']:.2f}, from the times alone "
        f"{by['times']:.2f}."
    )


def _of_group(gap: Gap, group: Group) -> str:
    is_told = _is_large if _is_of_one(gap) else is_clear
    clear = [each for each in gap.measures if each.group is group and is_told(each)]
    clear.sort(key=lambda each: -abs(each.shift))
    if not clear:
        return ""
    told = []
    for each in clear[:_MOST_OF_A_GROUP]:
        words = _BY[each.name].more if each.difference.value > 0 else _BY[each.name].less
        unit = f" {each.unit}" if each.unit in ("bits", "s", "min") else ""
        told.append(
            f"{words} ({each.name}: {number(each.simulated.value)}{unit}, real people "
            f"{number(each.real.value)}{unit})"
        )
    return f"{_ABOUT[group]}: simulated people {_listed(told)}."


def _coverage(gap: Gap) -> str:
    longest = gap.coverage[-1]
    if longest.real_by_simulated is None or longest.simulated_by_real is None:
        return ""
    among = (
        ""
        if longest.real_by_real is None
        else f"; of other real people, {longest.real_by_real.value:.0%}"
    )
    return (
        f"Of {longest.n} events in a row of a real person, {longest.real_by_simulated.value:.0%} "
        f"are found among those of simulated people{among}. Of what the simulated do, "
        f"{longest.simulated_by_real.value:.0%} are found with real people."
    )


def _is_of_one(gap: Gap) -> bool:
    return min(len(gap.real), len(gap.simulated)) < 2


def _is_large(compared: Compared) -> bool:
    larger = max(abs(compared.real.value), abs(compared.simulated.value))
    return abs(compared.difference.value) > _LARGE * larger


def _alike(gap: Gap) -> str:
    ratios = [each.simulated_spread / each.real_spread for each in gap.measures if each.real_spread]
    if _is_of_one(gap) or not ratios:
        return ""
    ratio = median(ratios)
    words = "as alike as"
    if not 0.8 <= ratio <= 1.25:
        words = "more alike than" if ratio < 1 else "more unlike than"
    return (
        f"Simulated people are {words} real ones: they differ from each other {ratio:.2f} times as "
        "much, for the measure in the middle."
    )


def _same(gap: Gap) -> str:
    if _is_of_one(gap):
        return "One person says nothing of others: what is told here may be chance."
    same = [each.name for each in gap.measures if not is_clear(each)]
    return f"No difference is sure for: {', '.join(same)}." if same else ""


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{'; '.join(parts[:-1])}; and {parts[-1]}"
