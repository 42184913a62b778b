"""What a person says of what we say: how often they were really doing something else."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from foretrace_models.intent.activities import Activity
from foretrace_models.intent.belief import Belief
from foretrace_telemetry.events import IntentNoted, IntentStage

# What is believed of everybody is worth so many of a person's own answers.
_POOLED = 20.0


class OwnAnswers:
    """A person's answers, by what was believed most when they gave them."""

    def __init__(self) -> None:
        self._answers: defaultdict[Activity, Counter[Activity]] = defaultdict(Counter)

    def note(self, believed: Activity, really: Activity) -> None:
        """Note what somebody was really doing; if we were right, both are the same."""
        self._answers[believed][really] += 1

    def note_all(self, noted: Iterable[IntentNoted]) -> None:
        """Note the answers among what was noted of intents, in order."""
        believed = None
        for body in noted:
            activity = activity_of(body.label)
            if body.stage is IntentStage.PREDICTED:
                believed = activity
            elif activity is not None:
                self.note(believed or activity, activity)

    def applied(self, belief: Belief) -> Belief:
        """Return a belief, moved to what the person did at other times when it was the same."""
        answers = self._answers.get(max(belief, key=lambda activity: belief[activity]))
        if not answers:
            return belief
        total = _POOLED + answers.total()
        return {
            activity: (_POOLED * share + answers[activity]) / total
            for activity, share in belief.items()
        }


def activity_of(label: str) -> Activity | None:
    """Return the activity of a label, None where there is none such, as with older versions."""
    return next((each for each in Activity if each.value == label), None)
