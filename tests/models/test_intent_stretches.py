"""Stretches: what is known of each suggestion, from CUPS and from recorded events alike."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foretrace_models.intent.activities import OF_CUPS, Activity
from foretrace_models.intent.of_cups import labelled
from foretrace_models.intent.of_cups import stretches_of as of_cups
from foretrace_models.intent.own_answers import OwnAnswers
from foretrace_models.intent.recorded import stretches_of
from foretrace_models.intent.shipping import beside_suggestions, hidden
from foretrace_models.intent.stretches import Outcome, Shown, features
from foretrace_models.intent.symbols import Context, Symbol, of_command, symbols_of_commands
from foretrace_telemetry.events import (
    Actor,
    Body,
    Edited,
    Event,
    IntentNoted,
    IntentStage,
    Selected,
    SuggestionMoved,
    SuggestionStage,
)
from foretrace_telemetry.readers.cups import CupsEvent, CupsSession

URI = "file:///a.py"


def _event(seconds: float, body: Body) -> Event:
    return Event(0, round(seconds * 1e6), Actor.USER, body, URI)


def _cups(kind: str, state: str, seconds: float, prompt: str = "x = ") -> CupsEvent:
    measures = {"documentLength": 10.0, "promptEndPos": 4.0, "meanLogProb": -0.5}
    return CupsEvent(0, kind, "UserTyping", state, seconds, prompt, "12", measures)


def test_the_state_of_a_suggestion_is_the_one_that_held_longest_while_it_was_shown() -> None:
    events = (
        _cups("Shown", "Prompt Crafting", 60.0),
        _cups("Replay", "Writing New Functionality", 1.0),
        _cups("Replay", "Thinking/Verifying Suggestion", 3.0),
        _cups("Accepted", "Writing New Functionality", 1.5),
        _cups("Shown", "IDK", 5.0),
    )
    (first, state), (second, unknown) = of_cups(CupsSession("0", "task", events))
    assert (state, unknown) == ("Thinking/Verifying Suggestion", None)
    assert first.shown == Shown(2, 5.5, 3.0, 3, -0.5, Outcome.ACCEPTED)
    assert (first.seconds, first.after_characters) == (60.0, 6)
    assert second.shown is not None
    assert second.shown.outcome is None


def test_every_state_of_cups_is_an_activity() -> None:
    assert set(OF_CUPS.values()) == set(Activity) - {Activity.FIXING}


def test_a_suggestion_is_seen_with_the_text_that_was_there_when_it_was_offered() -> None:
    window = [
        _event(1, Edited(0, "", "a = 1\n")),
        _event(2, Selected(6, 6)),
        _event(3, SuggestionMoved("i", SuggestionStage.OFFERED, inserted_characters=5)),
        _event(5, Edited(6, "", "b = 2")),
        _event(6, SuggestionMoved("i", SuggestionStage.ACCEPTED)),
        _event(9, Edited(0, "", "# top\n")),
    ]
    (stretch,) = stretches_of(window, Context(URI, "# top\na = 1\nb = 2"))
    assert (stretch.before, stretch.document_characters, stretch.after_characters) == (
        "a = 1\n",
        6,
        0,
    )
    assert stretch.seconds == 2.0
    assert stretch.shown == Shown(5, 3.0, 2.0, 2, None, Outcome.ACCEPTED)


@given(st.lists(st.tuples(st.integers(0, 9), st.text(max_size=4)), max_size=12))
def test_any_edits_give_features_and_the_shipped_classifier_takes_them(
    edits: list[tuple[int, str]],
) -> None:
    text, events = "", []
    for number, (offset, inserted) in enumerate(edits):
        place = min(offset, len(text))
        removed = text[place : place + 2] if number % 3 == 0 else ""
        events.append(_event(number, Edited(place, removed, inserted)))
        text = text[:place] + inserted + text[place + len(removed) :]
        stage = SuggestionStage.OFFERED if number % 2 else SuggestionStage.DISMISSED
        events.append(_event(number, SuggestionMoved("i", stage)))
    stretches = stretches_of(events, Context(URI, text))
    if stretches:
        said = beside_suggestions()[0].probabilities(features(stretches))
        assert sum(said.values()) == pytest.approx(1)


def test_features_say_nothing_of_what_came_after() -> None:
    """Whatever is done after a suggestion, what is known of it and of those before stays."""
    begin = [
        _cups(kind, "Prompt Crafting", 1.0 + n, "x" * n)
        for n in range(5)
        for kind in ("Shown", "Accepted")
    ]
    later = [_cups("Shown", "Waiting For Suggestion", 900.0, "# y"), _cups("Rejected", "IDK", 9.0)]
    alone = list(labelled(CupsSession("0", "task", tuple(begin))))
    followed = list(labelled(CupsSession("0", "task", (*begin, *later))))
    assert len(alone) == 5
    assert followed[:5] == alone


def test_commands_are_symbols_and_echoes_are_none() -> None:
    timed = [(0, "Edit.BreakLine"), (1, "View.OnChangeCaretLine"), (100, "Debug.StepOver")]
    assert list(symbols_of_commands(timed)) == [Symbol.INSERTED, Symbol.PAUSED, Symbol.DEBUGGED]
    assert of_command("Edit.LineDown") is Symbol.MOVED
    assert of_command("TSqlEditorDatabaseCombo") is None


def test_the_shipped_model_keeps_activities_to_what_they_are_called() -> None:
    model = hidden()
    assert max(Activity, key=model.belief([Symbol.DEBUGGED] * 6).__getitem__) is Activity.FIXING
    assert max(Activity, key=model.belief([Symbol.RAN] * 6).__getitem__) is Activity.TESTING
    assert max(Activity, key=model.belief([Symbol.VIEWED] * 6).__getitem__) is Activity.READING


def test_a_person_is_heeded_slowly_and_only_where_they_were_asked_the_same() -> None:
    belief = {Activity.WRITING: 0.6, Activity.EDITING: 0.4}
    own_answers = OwnAnswers()
    own_answers.note(Activity.WRITING, Activity.EDITING)
    once = own_answers.applied(belief)
    assert once[Activity.WRITING] > once[Activity.EDITING] > belief[Activity.EDITING]
    for _ in range(20):
        own_answers.note(Activity.WRITING, Activity.EDITING)
    assert own_answers.applied(belief)[Activity.EDITING] > 0.5
    other = {Activity.WRITING: 0.3, Activity.EDITING: 0.7}
    assert own_answers.applied(other) == other


@given(st.lists(st.tuples(st.sampled_from(Activity), st.sampled_from(Activity)), max_size=30))
def test_beliefs_stay_shares_of_one(answers: list[tuple[Activity, Activity]]) -> None:
    own_answers = OwnAnswers()
    for believed, really in answers:
        own_answers.note(believed, really)
    belief = hidden().belief([Symbol.INSERTED] * 5)
    assert sum(own_answers.applied(belief).values()) == pytest.approx(1)


def test_answers_of_earlier_sessions_count_by_what_was_believed_then() -> None:
    own_answers = OwnAnswers()
    predicted = IntentNoted(IntentStage.PREDICTED, Activity.WRITING.value, 0.6)
    corrected = IntentNoted(IntentStage.CORRECTED, Activity.EDITING.value)
    unknown = IntentNoted(IntentStage.CORRECTED, "something of an older version")
    own_answers.note_all([predicted, corrected, unknown] * 10)
    belief = {Activity.WRITING: 0.6, Activity.EDITING: 0.4}
    assert own_answers.applied(belief)[Activity.EDITING] > 0.55
