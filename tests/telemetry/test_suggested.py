"""What became of suggestions, told to the person whom they were made to."""

from __future__ import annotations

import pytest

from foretrace_telemetry.events import Actor, Event, Recorded, SuggestionMoved, SuggestionStage
from foretrace_telemetry.suggested import suggested

OFFERED, ACCEPTED, DISMISSED, SUPERSEDED, WITHHELD = SuggestionStage


def became(*stages: SuggestionStage, session: str = "s") -> list[SuggestionStage]:
    events = [
        Recorded(session, n, Event(n, n, Actor.USER, SuggestionMoved("a", stage), "file:///a.py"))
        for n, stage in enumerate(stages, start=1)
    ]
    return [each.became for each in suggested(events)]


@pytest.mark.parametrize(
    ("stages", "last"),
    [
        ((OFFERED,), OFFERED),
        ((OFFERED, ACCEPTED, SUPERSEDED), ACCEPTED),
        ((OFFERED, ACCEPTED, DISMISSED), DISMISSED),
        ((OFFERED, SUPERSEDED), SUPERSEDED),
        ((WITHHELD, OFFERED), OFFERED),
        ((OFFERED, WITHHELD), OFFERED),
        ((WITHHELD,), WITHHELD),
    ],
)
def test_what_a_person_did_with_it_has_most_weight(
    stages: tuple[SuggestionStage, ...], last: SuggestionStage
) -> None:
    assert became(*stages) == [last]


def test_a_suggestion_is_told_with_where_when_how_much_and_why_it_was_withheld() -> None:
    body = SuggestionMoved(
        "a", WITHHELD, "rules", 3, 1, "fix", trigger="pause", propensity=0.0, silence="snoozed"
    )
    events = [
        Recorded(session, 1, Event(5, 5, Actor.TOOL, body, "file:///a.py"))
        for session in ("one", "two")
    ]
    first, second = suggested(events)
    assert (first.session, second.session) == ("one", "two")
    assert (first.wall_us, first.document, first.level) == (5, "file:///a.py", "fix")
    assert (first.inserted_characters, first.removed_characters) == (3, 1)
    assert (first.trigger, first.silence) == ("pause", "snoozed")
