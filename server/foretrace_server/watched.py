"""What is known and under way about one open document."""

from __future__ import annotations

import asyncio

from attrs import define, field, frozen

from foretrace_models.next_edit.proposal import Quiet
from foretrace_models.repair.diagnosis import Diagnosis, Fix
from foretrace_models.timing.policy import Trigger
from foretrace_server.offers import Offer
from foretrace_server.speaking import Verdict


@frozen
class Look:
    """What a diagnosis was made of: it serves for no other version and no other permission."""

    version: int
    may_run: bool
    explicit: bool

    def covers(self, wanted: Look) -> bool:
        """Return whether this look is as good as another would be."""
        same = (self.version, self.may_run) == (wanted.version, wanted.may_run)
        return same and (self.explicit or not wanted.explicit)


@define
class Watched:
    """One open document."""

    look: Look | None = None
    diagnosis: Diagnosis | None = None
    # Where there is nothing to mend: what is likely next, or why nothing is.
    next: Fix | Quiet | None = None
    task: asyncio.Task[Diagnosis | None] | None = None
    # What leads to the next look, and what was decided after the last one.
    trigger: Trigger = Trigger.PAUSE
    verdict: Verdict | None = None
    offer: Offer | None = None
    # What would be on offer, were it not for silence.
    withheld: Offer | None = None
    # What was taken last, and of which text: undoing it turns it down.
    taken: tuple[Offer, Fix] | None = None
    timer: asyncio.TimerHandle | None = None
    # Set once the present version was looked at, or another has taken its place.
    looked: asyncio.Event = field(factory=asyncio.Event)

    @property
    def fix(self) -> Fix | None:
        """What there is to offer: what mends the program, or else what is likely next."""
        if self.diagnosis is not None and self.diagnosis.fix is not None:
            return self.diagnosis.fix
        return self.next if isinstance(self.next, Fix) else None

    @property
    def is_silent(self) -> bool:
        """Whether what is known is not shown now."""
        return self.verdict is not None and not self.verdict.decision.is_shown

    @property
    def holds_back(self) -> bool:
        """Whether there is something that is not shown now."""
        found = self.diagnosis
        has_problem = found is not None and found.problem is not None
        return self.is_silent and (has_problem or self.fix is not None)

    def needs(self, wanted: Look) -> bool:
        """Return whether the document must be looked at, or what is known or under way serves.

        What was asked for explicitly is looked for again if it was not found before.
        """
        if self.look is None or self.look.version != wanted.version:
            return True
        if self.task is not None:
            return not self.look.covers(wanted)
        found = self.diagnosis is not None and self.diagnosis.fix is not None
        return self.look.may_run != wanted.may_run or (wanted.explicit and not found)
