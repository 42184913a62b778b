"""Other traces: what was known of a coder, and who stands in for them."""

from __future__ import annotations

from foretrace_models.traces.others import earlier, wrong_coder
from foretrace_telemetry.traces import State, Trace


def _trace(coder: str, exercise: str, text: str = "x", cohort: str = "") -> Trace:
    return Trace(coder, exercise, "python", (State(text),), cohort)


def test_only_what_came_before_is_known_and_nothing_of_the_same_exercise() -> None:
    first, again, second = (_trace("ada", name) for name in ("one", "two", "two"))
    other, later = _trace("ben", "one"), _trace("ada", "three")
    assert earlier(second, [first, again, other, second, later]) == [first]
    assert earlier(first, [first, again, second]) == []


def test_the_wrong_coder_did_the_same_exercises() -> None:
    trace, known = _trace("ada", "three"), [_trace("ada", "one"), _trace("ada", "two")]
    alike = [_trace("ben", "one"), _trace("ben", "two"), _trace("ben", "three")]
    others = [_trace("cai", "one"), _trace("cai", "four")]
    assert wrong_coder(trace, known, [*others, *known, *alike, trace]) == alike[:2]


def test_the_wrong_coder_is_of_the_same_cohort() -> None:
    trace, known = _trace("ada", "two", cohort="2020"), [_trace("ada", "one", cohort="2020")]
    early = _trace("ben", "one", cohort="2019")
    same = _trace("cai", "four", cohort="2020")
    assert wrong_coder(trace, known, [early, same, *known, trace]) == [same]


def test_the_wrong_coder_wrote_about_as_much() -> None:
    trace, known = _trace("ada", "two"), [_trace("ada", "one", "x" * 50)]
    short, like = _trace("ben", "one", "x"), _trace("cai", "one", "x" * 49)
    assert wrong_coder(trace, known, [short, like, *known, trace]) == [like]


def test_of_whom_nothing_is_known_nobody_stands_in() -> None:
    trace = _trace("ada", "two")
    assert wrong_coder(trace, [], [trace, _trace("ben", "one")]) == []
