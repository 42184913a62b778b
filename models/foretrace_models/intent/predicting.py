"""From the last events and the text at hand to what a person seems to be doing."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from foretrace_models.intent import recorded, shipping
from foretrace_models.intent.activities import Activity
from foretrace_models.intent.belief import Belief
from foretrace_models.intent.own_answers import OwnAnswers
from foretrace_models.intent.stretches import features
from foretrace_models.intent.symbols import Context, symbols_of
from foretrace_models.intent.words import Place, place, statement
from foretrace_telemetry.events import Edited, Event, SuggestionMoved, SuggestionStage

WINDOW = 50
# Below it the answer is that it is not known.
LEAST_CONFIDENCE = 0.4
_LEAST_TOLD = 0.05
_FEWEST_EVENTS = 3
# A suggestion is on somebody's mind for so many events after they took it or turned it down.
_LATELY = 10
_DECIDED = (SuggestionStage.ACCEPTED, SuggestionStage.DISMISSED)
# The classifier does not tell these apart from the other.
_TOGETHER = {Activity.FIXING: Activity.TESTING}


@frozen
class Intent:
    """What a person seems to be doing: ranked activities, none where it is not known.

    `believed` is the likeliest of them, also where the person says that it is another.
    """

    activities: tuple[tuple[Activity, float], ...] = ()
    statement: str = ""
    place: Place | None = None
    believed: Activity | None = None


@frozen
class Said:
    """What a person said that they were really doing, and what was believed when they did."""

    believed: Activity | None
    really: Activity


def predict(
    events: Sequence[Event],
    context: Context,
    own_answers: OwnAnswers | None = None,
    said: Said | None = None,
) -> Intent:
    """Return what the last events of a session say about what the person is doing.

    What a person said holds for as long as nothing else is believed than when they said it.

    Raises:
        WeightsError: what is shipped is missing or spoiled.
    """
    ranked, last_line = rank(events, context, own_answers)
    if not ranked or ranked[0][1] < LEAST_CONFIDENCE:
        return Intent()
    believed = ranked[0][0]
    if said is not None and said.believed is believed:
        ranked = [(said.really, 1.0)]
    activity, confidence = ranked[0]
    return Intent(
        tuple((each, round(share, 3)) for each, share in ranked if share >= _LEAST_TOLD),
        statement(activity, context, last_line),
        place(activity, confidence, context, last_line),
        believed,
    )


def rank(
    events: Sequence[Event], context: Context, own_answers: OwnAnswers | None = None
) -> tuple[list[tuple[Activity, float]], int | None]:
    """Return all activities, the likeliest first, and the line that was edited last.

    There are none where the events are too few to say anything.

    Raises:
        WeightsError: what is shipped is missing or spoiled.
    """
    window = events[-WINDOW:]
    last_line = _last_edited_line(window, context)
    symbols = list(symbols_of(window, context))
    if len(symbols) < _FEWEST_EVENTS:
        return [], last_line
    belief = shipping.hidden().belief(symbols)
    if _is_beside_a_suggestion(window, context):
        belief = _beside_a_suggestion(belief, window, context)
    if own_answers is not None:
        belief = own_answers.applied(belief)
    return sorted(belief.items(), key=lambda item: -item[1]), last_line


def _is_beside_a_suggestion(window: Sequence[Event], context: Context) -> bool:
    return any(
        isinstance(event.body, SuggestionMoved)
        and event.body.stage in _DECIDED
        and event.uri == context.uri
        for event in window[-_LATELY:]
    )


def _beside_a_suggestion(belief: Belief, window: Sequence[Event], context: Context) -> Belief:
    """Return a belief with what the classifier says, which is one more thing that was seen."""
    stretches = recorded.stretches_of(window, context)
    if not stretches:
        return belief
    classifier, _ = shipping.beside_suggestions()
    said = classifier.probabilities(features(stretches))
    prior = classifier.prior
    weighed = {}
    for activity, share in belief.items():
        name = _TOGETHER.get(activity, activity).value
        weighed[activity] = share * (said[name] / prior[name] if name in said else 1.0)
    total = sum(weighed.values())
    return {activity: weight / total for activity, weight in weighed.items()}


def _last_edited_line(window: Sequence[Event], context: Context) -> int | None:
    for event in reversed(window):
        if isinstance(event.body, Edited) and event.uri == context.uri:
            return context.text.count("\n", 0, event.body.offset)
    return None
