"""Whether to speak: the policy, thresholds, and a person's own way on top."""

from __future__ import annotations

import math

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from foretrace_models.timing.personal import (
    PRIOR_WEIGHT,
    Decided,
    logit,
    offset_of,
    sigmoid,
    weights_of,
)
from foretrace_models.timing.policy import (
    EXPLORED,
    FEWEST_DECIDED,
    Decision,
    Likelihood,
    Now,
    Silence,
    Trigger,
    decide,
    rest_s,
)
from foretrace_models.timing.thresholds import Told, cost_of, keeping, kept, threshold_of

UNLIKELY = Likelihood(0.05, 0.2, FEWEST_DECIDED)
PAUSED = Now(now_s=100.0, trigger=Trigger.PAUSE, minimum_idle_s=1.0, edited_s=90.0)

nows = st.builds(
    Now,
    now_s=st.floats(0, 1e6),
    trigger=st.sampled_from(Trigger),
    minimum_idle_s=st.floats(0, 60),
    edited_s=st.none() | st.floats(0, 1e6),
    snoozed_until_s=st.none() | st.floats(0, 1e6) | st.just(math.inf),
    rejections=st.integers(0, 50),
    rejected_s=st.none() | st.floats(0, 1e6),
    likelihood=st.none()
    | st.builds(Likelihood, st.floats(0, 1), st.floats(0, 1), st.integers(0, 99)),
)


def never() -> float:
    return 1.0


def always() -> float:
    return 0.0


@given(nows)
def test_who_asks_is_always_answered(now: Now) -> None:
    assert decide(evolve(now, trigger=Trigger.REQUEST), never) == Decision(True, 1.0)


@given(nows, st.floats(0, 1))
def test_while_it_is_snoozed_nothing_is_shown_that_was_not_asked_for(now: Now, draw: float) -> None:
    snoozed = evolve(now, snoozed_until_s=now.now_s + 1)
    decision = decide(snoozed, lambda: draw)
    assert decision.is_shown == (now.trigger is Trigger.REQUEST)


@given(nows, st.floats(0, 1))
def test_a_decision_has_a_reason_or_is_to_show_and_its_propensity_fits(
    now: Now, draw: float
) -> None:
    decision = decide(now, lambda: draw)
    assert decision.is_shown == (decision.silence is None)
    assert 0 <= decision.propensity <= 1
    assert decision.propensity > 0 if decision.is_shown else decision.propensity < 1
    assert decision.until_s is None or decision.until_s > now.now_s


def test_a_pause_waits_for_the_idle_time_and_a_boundary_does_not() -> None:
    busy = evolve(PAUSED, edited_s=99.5)
    assert decide(busy, never) == Decision(False, 0.0, Silence.IDLE, 100.5)
    assert decide(evolve(busy, trigger=Trigger.SAVE), never).is_shown
    assert decide(evolve(busy, trigger=Trigger.FAILURE), never).is_shown
    assert decide(PAUSED, never).is_shown


@pytest.mark.parametrize(
    ("rejections", "seconds"), [(0, 0), (1, 20), (2, 40), (3, 80), (6, 600), (5000, 600)]
)
def test_silence_grows_with_each_that_was_turned_down(rejections: int, seconds: float) -> None:
    assert rest_s(rejections) == seconds


def test_after_one_was_turned_down_nothing_comes_until_it_has_rested() -> None:
    now = evolve(PAUSED, rejections=2, rejected_s=80.0)
    assert decide(now, never) == Decision(False, 0.0, Silence.REJECTED, 120.0)
    assert decide(evolve(now, trigger=Trigger.SAVE), never).silence is Silence.REJECTED
    assert decide(evolve(now, now_s=120.0), never).is_shown


def test_what_is_unlikely_is_silent_and_explored_at_boundaries_only() -> None:
    now = evolve(PAUSED, likelihood=UNLIKELY)
    assert decide(now, always) == Decision(False, 0.0, Silence.UNLIKELY)
    saved = evolve(now, trigger=Trigger.SAVE)
    assert decide(saved, always) == Decision(True, EXPLORED)
    assert decide(saved, never) == Decision(False, EXPLORED, Silence.UNLIKELY)


def test_other_people_alone_silence_nothing() -> None:
    few = evolve(UNLIKELY, decided=FEWEST_DECIDED - 1)
    assert decide(evolve(PAUSED, likelihood=few), never).is_shown


def test_a_threshold_and_its_cost_lead_to_each_other() -> None:
    assert threshold_of(0.25) == pytest.approx(0.2)
    assert cost_of(0.2) == pytest.approx(0.25)
    # At the threshold, showing is worth as much as silence.
    assert 0.2 * 1 - 0.8 * cost_of(0.2) == pytest.approx(0)


def test_the_highest_threshold_is_found_that_keeps_enough() -> None:
    told = [Told(p / 10, True) for p in range(1, 11)] + [Told(0.15, False), Told(0.35, False)]
    assert keeping(0.9, told) == 0.2
    assert kept(0.2, told) == (9, 1)
    assert keeping(1.0, told) == 0.1
    assert keeping(0.95, []) == 0.0


def test_without_decisions_a_person_is_like_the_others() -> None:
    assert offset_of([]) == 0.0


def test_the_offset_is_where_evidence_and_prior_are_in_balance() -> None:
    decided = [Decided(logit(0.3), False)] * 12
    offset = offset_of(decided)
    assert offset < 0
    assert 12 * sigmoid(logit(0.3) + offset) == pytest.approx(-PRIOR_WEIGHT * 0.2 * offset)


def test_habits_enter_slowly_and_go_where_the_person_goes() -> None:
    one = offset_of([Decided(logit(0.3), True)])
    many = offset_of([Decided(logit(0.3), True)] * 200)
    assert 0 < one < 0.1 < 1.5 < many


@given(
    st.lists(st.builds(Decided, st.floats(-13, 13), st.booleans(), st.floats(0.01, 1)), max_size=40)
)
def test_an_offset_is_always_found(decided: list[Decided]) -> None:
    offset = offset_of(decided)
    slope = sum(
        weight * (each.taken - sigmoid(each.log_odds + offset))
        for each, weight in zip(decided, weights_of(decided), strict=True)
    )
    assert slope == pytest.approx(PRIOR_WEIGHT * 0.2 * offset, abs=1e-4)


def test_what_was_shown_by_chance_counts_for_more_but_not_without_end() -> None:
    shown, rare = Decided(0, True), Decided(0, False, 0.05)
    weights = weights_of([shown, shown, rare])
    assert weights[2] / weights[0] == pytest.approx(5)
    # All together count for no more than they are worth.
    assert sum(weights) == pytest.approx(7 * 7 / 27)
    assert weights_of([shown] * 4) == [1.0] * 4
