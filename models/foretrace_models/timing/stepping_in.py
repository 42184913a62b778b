"""Whether experts who look on would step in now: at a sub-goal that is reached, or a problem.

Source: "Towards Giving Timely Formative Feedback and Hints to Novice Programmers" (Jeuring et al.,
ITiCSE working group 2022), whose guide the experts followed.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from attrs import frozen

from foretrace_models.learned.card import Card
from foretrace_models.learned.classifier import Classifier
from foretrace_models.learned.fitting import Example
from foretrace_models.learned.keeping import load
from foretrace_models.timing.acceptance import SHIPPED
from foretrace_models.timing.steps import WORDS, Step, numbers_of
from foretrace_models.timing.students import REACH, Watched
from foretrace_telemetry.readers.fitech import Mark

NAME = "stepping_in"
NOT_NOW, SUBGOAL, PROBLEM = "not now", "sub-goal", "problem"
# In the card: after how many idle seconds the rule of thumb does best.
IDLE_SECONDS = "idle_seconds"


@frozen
class SteppingIn:
    """A classifier of steps with its card."""

    classifier: Classifier
    card: Card

    def probabilities(self, steps: Sequence[Step]) -> dict[str, float]:
        """Return how likely it is that experts step in after the last step, by what for.

        Raises:
            IndexError: there are no steps.
        """
        return self.classifier.probabilities(numbers_of(steps))

    def reasons(self, steps: Sequence[Step]) -> list[tuple[str, float]]:
        """Return in words what pulls away from leaving the student alone, the strongest first."""
        pulls = self.classifier.reasons(numbers_of(steps), NOT_NOW)
        return [(WORDS[name], -pull) for name, pull in pulls]


@cache
def shipped() -> SteppingIn:
    """Return the weights that every Foretrace brings with it.

    Raises:
        WeightsError: they are missing or spoiled.
    """
    return SteppingIn(*load(SHIPPED / NAME))


def examples_of(watched: Watched) -> list[Example]:
    """Return what is to be learned: each step, and what experts who agree step in for near it."""
    subgoals = watched.marked((Mark.AGREED,), subgoal=True)
    problems = watched.marked((Mark.AGREED,), subgoal=False)
    found = []
    for place in range(len(watched.steps)):
        of_class = NOT_NOW
        if watched.near(place, subgoals, REACH, REACH):
            of_class = SUBGOAL
        elif watched.near(place, problems, REACH, REACH):
            of_class = PROBLEM
        found.append(Example(numbers_of(watched.steps[: place + 1]), of_class))
    return found
