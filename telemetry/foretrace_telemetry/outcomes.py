"""Outcomes: what a person did with the suggestions of ours that came by themselves."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import evolve, frozen

from foretrace_telemetry.events import SuggestionMoved, SuggestionStage


@frozen
class Outcome:
    """One that was shown and then taken or turned down.

    `probability` is how likely other people were to take it, `propensity` how likely it was to be
    shown.
    """

    taken: bool
    probability: float
    propensity: float


def outcomes(moves: Iterable[SuggestionMoved]) -> list[Outcome]:
    """Return what became of suggestions, in the order in which they were shown.

    What a person asked for is left out, and what they neither took nor turned down: nobody knows
    whether they saw it. One that was taken and undone was turned down.
    """
    found: dict[str, Outcome | None] = {}
    shown: dict[str, Outcome] = {}
    for move in moves:
        name = move.suggestion_id
        if move.stage is SuggestionStage.OFFERED:
            shown.pop(name, None)
            if move.trigger != "request" and move.propensity and move.probability is not None:
                shown[name] = Outcome(False, move.probability, move.propensity)
                found.setdefault(name, None)
        elif move.stage in (SuggestionStage.ACCEPTED, SuggestionStage.DISMISSED) and name in shown:
            found[name] = evolve(shown[name], taken=move.stage is SuggestionStage.ACCEPTED)
    return [outcome for outcome in found.values() if outcome is not None]
