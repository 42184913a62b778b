"""Whether what was found is shown now: by a clock that a test turns."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

import pytest

from foretrace_models.repair.diagnosis import Fix, Proof
from foretrace_models.repair.edits import TextEdit
from foretrace_models.timing.policy import Silence, Trigger
from foretrace_server.habits import Habits
from foretrace_server.speaking import Speaking
from foretrace_telemetry.events import Actor, Event, SuggestionMoved, SuggestionStage
from foretrace_telemetry.gate import Gate
from foretrace_telemetry.home import Home

TEXT = "for n in range(3)\n    print(n)\n"
FIX = Fix((TextEdit(17, 17, ":"),), "add `:`", "", Proof.PARSES, 0, 0, ("colon",), 1)


class Clock:
    """A clock that stands still until it is turned."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def speaking(tmp_path: Path, clock: Clock) -> Speaking:
    return Speaking(Habits(Gate(Home(tmp_path / "home")), "now"), clock)


def moved(speaking: Speaking, stage: SuggestionStage) -> None:
    speaking.observe(Event(1, 1, Actor.USER, SuggestionMoved("a", stage)))


def silence(speaking: Speaking, trigger: Trigger = Trigger.PAUSE) -> Silence | None:
    return speaking.verdict(trigger, TEXT, FIX, 1.0).decision.silence


def test_each_that_is_turned_down_lengthens_the_rest_and_one_taken_ends_it(
    speaking: Speaking, clock: Clock
) -> None:
    for seconds in (20, 40, 80):
        moved(speaking, SuggestionStage.DISMISSED)
        clock.now_s += seconds - 0.1
        assert silence(speaking) is Silence.REJECTED
        clock.now_s += 0.2
        assert silence(speaking) is None
    moved(speaking, SuggestionStage.DISMISSED)
    moved(speaking, SuggestionStage.ACCEPTED)
    assert silence(speaking) is None


def test_what_is_given_up_for_another_version_is_no_rejection(speaking: Speaking) -> None:
    moved(speaking, SuggestionStage.SUPERSEDED)
    moved(speaking, SuggestionStage.WITHHELD)
    assert silence(speaking) is None


def test_snoozing_holds_until_its_time_and_can_be_ended(speaking: Speaking, clock: Clock) -> None:
    speaking.snooze(5)
    assert speaking.snoozed_until is not None
    left = speaking.snoozed_until - datetime.now(timezone.utc)
    assert left.total_seconds() == pytest.approx(300, abs=5)
    assert silence(speaking, Trigger.FAILURE) is Silence.SNOOZED
    assert silence(speaking, Trigger.REQUEST) is None
    clock.now_s += 300
    assert not speaking.is_snoozed
    assert silence(speaking) is None
    speaking.snooze(None)
    assert speaking.is_snoozed
    assert speaking.snoozed_until is None
    speaking.snooze(0)
    assert silence(speaking) is None


def test_a_verdict_says_when_its_reason_is_gone(speaking: Speaking, clock: Clock) -> None:
    speaking.edited()
    clock.now_s += 0.25
    verdict = speaking.verdict(Trigger.PAUSE, TEXT, FIX, 1.0)
    assert verdict.decision.silence is Silence.IDLE
    assert speaking.seconds_to(verdict.decision) == pytest.approx(0.75)


def test_what_is_taken_makes_the_next_likelier(speaking: Speaking) -> None:
    before = speaking.verdict(Trigger.PAUSE, TEXT, FIX, 1.0)
    for _ in range(5):
        speaking.shown("a", TEXT, FIX)
        moved(speaking, SuggestionStage.ACCEPTED)
    after = speaking.verdict(Trigger.PAUSE, TEXT, FIX, 1.0)
    assert before.pooled is not None
    assert after.pooled is not None
    assert before.pooled != after.pooled
    assert before.likelihood is not None
    assert before.likelihood.probability == pytest.approx(before.pooled)


def test_where_there_is_no_fix_nothing_is_said_of_how_likely_it_is(speaking: Speaking) -> None:
    verdict = speaking.verdict(Trigger.PAUSE, TEXT, None, 1.0)
    assert (verdict.pooled, verdict.likelihood, verdict.reasons) == (None, None, ())
    assert verdict.decision.is_shown
