"""Intent: what a person seems to be doing, and when nothing is known."""

from __future__ import annotations

import pytest

from foretrace_models.intent.activities import Activity
from foretrace_models.intent.own_answers import OwnAnswers
from foretrace_models.intent.predicting import Intent, predict
from foretrace_models.intent.symbols import Context
from foretrace_telemetry.events import (
    Actor,
    Body,
    Edited,
    Event,
    Origin,
    RunFinished,
    Saved,
    Selected,
    SuggestionMoved,
    SuggestionStage,
    TestsFinished,
    Viewed,
)

URI = "file:///a.py"
TEXT = (
    "def search(x):\n    i = 0\n    while x[i]:\n        i += 1\n    return i\n\n\n\n\n\n\n# note\n"
)


def _events(*bodies: Body, step_us: int = 500_000) -> list[Event]:
    return [Event(n, n * step_us, Actor.USER, body, URI, n) for n, body in enumerate(bodies)]


def _best(events: list[Event], **context: object) -> Activity | None:
    intent = predict(events, Context(URI, TEXT, **context))  # type: ignore[arg-type]
    return intent.activities[0][0] if intent.activities else None


TYPED = Edited(len(TEXT) - 8, "", "x")
FAILED = RunFinished(1, 10, "IndexError", 3, "search")


@pytest.mark.parametrize(
    ("bodies", "activity"),
    [
        ([TYPED] * 8, Activity.WRITING),
        ([Edited(90, "a", ""), Selected(3, 3), Edited(90, "ab", "c")] * 4, Activity.EDITING),
        ([Selected(n, n) for n in range(8)] + [Viewed()] * 3, Activity.READING),
        ([Saved(), RunFinished(0), Saved(), RunFinished(0)], Activity.TESTING),
        (
            [Saved(), TestsFinished(1, 1), TestsFinished(2, 0), TestsFinished(2, 0)],
            Activity.TESTING,
        ),
        ([Edited(TEXT.index("# note") + 4, "", "y")] * 8, Activity.DOCUMENTING),
        (
            [SuggestionMoved("i", SuggestionStage.DISMISSED)] * 4,
            Activity.REVIEWING,
        ),
    ],
)
def test_an_activity_is_recognised_by_its_events(bodies: list[Body], activity: Activity) -> None:
    assert _best(_events(*bodies)) is activity


def test_edits_near_a_failure_are_fixing_it() -> None:
    near = Edited(TEXT.index("while"), "", "=")
    events = _events(*[TYPED] * 20, FAILED, near, near, near)
    intent = predict(events, Context(URI, TEXT, failed_line=2, failure="the IndexError"))
    assert intent.activities[0][0] is Activity.FIXING
    assert intent.statement == "You seem to be fixing the IndexError in search."
    assert intent.place is not None
    assert intent.place.start_line == 2


def test_few_events_say_nothing() -> None:
    assert predict(_events(TYPED, TYPED), Context(URI, TEXT)) == Intent()
    assert predict([], Context(URI, "")) == Intent()


def test_confidences_are_shares_of_one() -> None:
    intent = predict(_events(*[TYPED] * 3, Saved(), FAILED), Context(URI, TEXT))
    assert sum(share for _, share in intent.activities) <= 1.001
    assert list(intent.activities) == sorted(intent.activities, key=lambda item: -item[1])


def test_only_the_last_fifty_events_count() -> None:
    old, new = [Viewed()] * 200, [TYPED] * 50
    assert predict(_events(*old, *new), Context(URI, TEXT)) == predict(
        _events(*new), Context(URI, TEXT)
    )


def test_an_offer_that_nobody_may_have_seen_says_nothing() -> None:
    offered = SuggestionMoved("i", SuggestionStage.OFFERED)
    with_offer = _events(*[TYPED] * 5, offered)
    assert predict(with_offer, Context(URI, TEXT)).activities == (
        predict(_events(*[TYPED] * 5), Context(URI, TEXT)).activities
    )


def test_accepted_code_is_not_written_by_the_person() -> None:
    accepted = Edited(0, "", "def f(): pass\n", Origin.ASSISTANT, "offered-edit")
    assert _best(_events(*[accepted] * 4)) is Activity.REVIEWING


def test_text_that_does_not_parse_does_no_harm() -> None:
    context = Context(URI, "def (((\n  x", failed_line=7, failure="the SyntaxError")
    predict(_events(*[Edited(5, "", "x")] * 9), context)


def test_what_a_person_said_can_be_taken_back_by_saying_otherwise() -> None:
    events, context = _events(*[TYPED] * 4), Context(URI, TEXT)
    answers = OwnAnswers()
    believed = predict(events, context).believed
    assert believed is Activity.WRITING
    for really in [Activity.EDITING] * 60 + [Activity.WRITING] * 200:
        answers.note(predict(events, context, answers).believed or really, really)
    assert predict(events, context, answers).activities[0][0] is Activity.WRITING
