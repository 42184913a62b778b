"""What edits cost trace models, in lines for people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def cost_lines(figures: dict[str, Any]) -> Iterator[str]:
    """Yield the figures of a run, line by line."""
    yield (
        f"{figures['dataset']}: {figures['n']:,} edits of {figures['coders']} coders who are new "
        f"to the model, seed {figures['seed']}; intervals of 95 % by coder"
    )
    yield ""
    yield "bits per edit byte, by what the model is told"
    for context, bits in figures["bits_per_edit_byte"].items():
        yield f"  {context:24} {bits:.3f} {_between(figures['intervals'][context])}"
    yield ""
    yield "what is won by telling more (below 0), on the same edits"
    for name, won in figures["differences"].items():
        yield f"  {name:24} {won['difference']:+.3f} {_between(won['interval'])}"
    if figures["adaptation"]:
        yield ""
        yield "what is won by traces of the coder that are known"
    for count, won in figures["adaptation"].items():
        yield (
            f"  {count:>2} known, {won['n']:>5,} edits of {won['coders']:>3} coders  "
            f"{won['difference']:+.3f} {_between(won['interval'])}"
        )
    yield from _variants(figures)
    for question, told in figures["probes"].items():
        yield ""
        yield f"{question}, {told['n']:,} moments of {told['coders']} coders"
        for feature, says in told.items():
            if isinstance(says, dict):
                auc = says.get("auc")
                yield (
                    f"  {feature:24} accuracy {says['accuracy']:.3f}, {says['bits']:.3f} bits"
                    + ("" if auc is None else f", auc {auc:.3f}")
                )
    yield from _recovery(figures["recovery"])


def _recovery(told: dict[str, Any] | None) -> Iterator[str]:
    if told is None:
        return
    yield ""
    yield f"recovery from {told['n']:,} broken states of {told['coders']} coders, share of tries"
    for arm, figures in told["arms"].items():
        share = figures["recovered"]
        yield (
            f"  {arm:24} {share['value']:.3f} {_between(share['interval'])}, "
            f"{figures['seconds']:.1f} s a state"
        )


def _variants(figures: dict[str, Any]) -> Iterator[str]:
    if len(figures["variants"]) < 2:
        return
    yield ""
    yield f"bits per edit byte by variant, on the {figures['variants_n']:,} edits that all have"
    for variant, told in figures["variants"].items():
        cells = (f"{name} {bits:.3f}" for name, bits in told["bits_per_edit_byte"].items())
        yield f"  {variant:24} {', '.join(cells)}"
    first, *others = figures["variants"].items()
    yield ""
    yield f"what others cost more than {first[0]} (below 0: less), told the trace"
    for variant, told in others:
        won = told["against_first"]
        yield f"  {variant:24} {won['difference']:+.3f} {_between(won['interval'])}"


def _between(interval: list[float] | None) -> str:
    return "" if interval is None else f"({interval[0]:+.3f} to {interval[1]:+.3f})"
