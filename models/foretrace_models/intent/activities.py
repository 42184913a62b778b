"""What somebody who programs can be doing, and what CUPS calls it.

Source of the states: "Reading Between the Lines: Modeling User Behavior and Costs in AI-Assisted
Programming" (Mozannar et al.); docs/intent.md tells where the activities differ and why.
"""

from __future__ import annotations

from enum import Enum


class Activity(str, Enum):
    """What somebody who programs can be doing."""

    WRITING = "writing new code"
    EDITING = "changing existing code"
    FIXING = "fixing a failure"
    TESTING = "running and testing"
    READING = "reading or thinking"
    DOCUMENTING = "writing comments"
    PROMPTING = "asking an assistant for code"
    REVIEWING = "looking at a suggestion"


# CUPS has one state for fixing and testing; what failed tells the two apart.
OF_CUPS: dict[str, Activity] = {
    "Writing New Functionality": Activity.WRITING,
    "Editing Last Suggestion": Activity.EDITING,
    "Editing Written Code": Activity.EDITING,
    "Debugging/Testing Code": Activity.TESTING,
    "Looking up Documentation": Activity.READING,
    "Thinking About New Code To Write": Activity.READING,
    "Writing Documentation": Activity.DOCUMENTING,
    "Prompt Crafting": Activity.PROMPTING,
    "Thinking/Verifying Suggestion": Activity.REVIEWING,
    "Deferring Thought For Later": Activity.REVIEWING,
    "Waiting For Suggestion": Activity.REVIEWING,
    "Not Thinking": Activity.REVIEWING,
}
