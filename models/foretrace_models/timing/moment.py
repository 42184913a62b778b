"""A moment in which a suggestion could be shown, and all that is known then."""

from __future__ import annotations

from attrs import frozen


@frozen
class Earlier:
    """A suggestion that was shown before, and whether it was taken; None where neither was seen.

    Seconds count from the start of the session. `before` is the text that stood before the cursor.
    """

    shown_s: float
    ended_s: float
    taken: bool | None
    before: str = ""
    text: str = ""


@frozen
class Moment:
    """What is known when a suggestion could be shown, and nothing from after.

    Seconds count from the start of the session. `idle_s` is the time since the person last did
    something, `waited_s` how long the suggestion took to come. `before` is the text before the
    cursor, or the end of it; `text` is the suggestion. Probabilities are those of the model that
    made it, as a mean over its tokens, and of the next best tokens in their places: None where
    there is no such model.
    """

    at_s: float
    idle_s: float
    waited_s: float
    before: str
    text: str
    characters_before: int
    characters_after: int
    log_probability: float | None = None
    next_log_probability: float | None = None
    earlier: tuple[Earlier, ...] = ()
