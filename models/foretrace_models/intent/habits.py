"""What a person says of what we say: how often they were really doing something else."""

from __future__ import annotations

from collections import Counter, defaultdict

from foretrace_models.intent.activities import Activity
from foretrace_models.intent.belief import Belief

# What is believed of everybody is worth so many of a person's own answers.
_POOLED = 20.0


class Habits:
    """A person's answers, by what was believed most when they gave them."""

    def __init__(self) -> None:
        self._answers: defaultdict[Activity, Counter[Activity]] = defaultdict(Counter)

    def note(self, believed: Activity, really: Activity) -> None:
        """Note what somebody was really doing; if we were right, both are the same."""
        self._answers[believed][really] += 1

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
