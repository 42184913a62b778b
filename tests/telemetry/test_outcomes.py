"""What became of suggestions that came by themselves, from their events."""

from __future__ import annotations

from pathlib import Path

from foretrace_telemetry.events import Actor, Copied, Event, SuggestionMoved, SuggestionStage
from foretrace_telemetry.home import Home
from foretrace_telemetry.outcomes import Outcome, outcomes
from foretrace_telemetry.store import SessionInfo, Store

OFFERED, ACCEPTED, DISMISSED, SUPERSEDED, WITHHELD = SuggestionStage


def offered(name: str, trigger: str = "pause", propensity: float = 1.0) -> SuggestionMoved:
    return SuggestionMoved(name, OFFERED, trigger=trigger, propensity=propensity, probability=0.25)


def test_what_was_shown_by_itself_and_decided_counts_and_nothing_else() -> None:
    moves = [
        offered("taken"),
        SuggestionMoved("taken", ACCEPTED),
        offered("asked for", trigger="request"),
        SuggestionMoved("asked for", ACCEPTED),
        offered("neither"),
        SuggestionMoved("neither", SUPERSEDED),
        SuggestionMoved("never shown", WITHHELD, propensity=0.0, silence="snoozed"),
        SuggestionMoved("from before there were decisions", OFFERED),
        SuggestionMoved("from before there were decisions", DISMISSED),
        offered("by chance", trigger="save", propensity=0.05),
        SuggestionMoved("by chance", DISMISSED),
    ]
    assert outcomes(moves) == [Outcome(True, 0.25, 1.0), Outcome(False, 0.25, 0.05)]


def test_what_was_taken_and_undone_was_turned_down() -> None:
    moves = [offered("a"), SuggestionMoved("a", ACCEPTED), SuggestionMoved("a", DISMISSED)]
    assert outcomes(moves) == [Outcome(False, 0.25, 1.0)]


def test_what_was_shown_by_itself_and_then_asked_for_does_not_count() -> None:
    asked = offered("a", trigger="request")
    assert outcomes([offered("a"), asked, SuggestionMoved("a", ACCEPTED)]) == []


def test_the_newest_events_of_a_kind_come_from_own_sessions_in_their_order(tmp_path: Path) -> None:
    store = Store.create(Home(tmp_path / "home"))
    try:
        for name, subject in (("one", None), ("imported", "ada"), ("two", None), ("now", None)):
            source = "elsewhere" if subject else None
            writer = store.begin_session(SessionInfo(name, 1, "0", subject=subject, source=source))
            bodies = [offered(f"{name} {number}") for number in range(2)]
            writer.append([Event(1, 1, Actor.TOOL, body) for body in (*bodies, Copied(3))])
        found = [event.body for event in store.newest_of("suggestion", 3, but="now")]
    finally:
        store.close()
    assert found == [offered("one 1"), offered("two 0"), offered("two 1")]
