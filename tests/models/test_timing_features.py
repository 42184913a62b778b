"""The numbers by which a moment is judged: from what is known then, and nothing from after."""

from __future__ import annotations

import gzip
import json
import math
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from foretrace_models.timing.acceptance import KINDS, SHIPPED, shipped
from foretrace_models.timing.copilot import shown_in
from foretrace_models.timing.features import FEATURES, Group, names_of, numbers_of
from foretrace_models.timing.moment import Earlier, Moment
from foretrace_telemetry.readers import cups

START_S = 1_700_000_000

EARLIER = (
    Earlier(10, 12, True, "x = ", "1"),
    Earlier(20, 21, False, "x = 1\ny = ", "2"),
    Earlier(30, 31, None, "x = 1\ny = ", "2"),
)
MOMENT = Moment(40, 3, 0.5, "x = 1\ny = 2\n# Add\n", "z = x + y", 18, 7, -0.5, -2.0, EARLIER)


def test_the_numbers_of_a_moment_are_those_computed_by_hand() -> None:
    told = numbers_of(MOMENT)
    expected = {
        "elapsed": math.log(41),
        "idle": math.log(4),
        "shown": math.log(4),
        "since_last": math.log(10),
        "since_taken": math.log(29),
        "taken_rate": (1 + 0.9) / 5,
        "last_taken": 0,
        "characters": math.log(10),
        "after_characters": math.log(8),
        "log_probability": -0.5,
        "margin": 1.5,
        "line_begins": 1,
        "after_comment": 1,
        "in_comment": 0,
        "starts_word": 1,
        # One-letter names are no words here.
        "names": 0,
        "typed_on": math.log(1 + 18 - 10),
        "same_place": 1,
        "same_again": 0,
    }
    assert {name: told[name] for name in expected} == pytest.approx(expected)


def test_each_feature_has_one_name_one_group_and_words() -> None:
    assert len({each.name for each in FEATURES}) == len(FEATURES)
    assert all(each.words for each in FEATURES)
    assert set(numbers_of(MOMENT)) == set(names_of(*Group))


def test_what_is_judged_without_code_does_not_change_with_the_text() -> None:
    other = evolve(MOMENT, before="#" * 18, text="return(:)")
    one, two = numbers_of(MOMENT), numbers_of(other)
    names = KINDS["acceptance_without_code"]
    assert {name: one[name] for name in names} == {name: two[name] for name in names}
    assert one != two


@given(
    st.floats(0, 1e6),
    st.floats(0, 1e6),
    st.text(max_size=60),
    st.text(max_size=60),
    st.integers(0, 9),
)
def test_a_probability_lies_between_none_and_all(
    at_s: float, idle_s: float, before: str, text: str, count: int
) -> None:
    earlier = tuple(Earlier(n, n + 1, n % 3 == 0, before, text) for n in range(count))
    moment = Moment(at_s, idle_s, 0, before, text, len(before), 0, earlier=earlier)
    assert 0 <= shipped().probability(moment) <= 1


def test_the_shipped_weights_are_small_and_name_their_licence_and_nobody() -> None:
    assert sum(file.stat().st_size for file in SHIPPED.rglob("*") if file.is_file()) < 1_000_000
    card = shipped().card
    assert card.licence == "MIT"
    assert card.command.startswith("foretrace train timing")
    assert all(len(digest) == 16 for data in card.data for digest in data.seen)
    assert card.features == names_of(*Group)


def cups_row(number: int, second: float, kind: str, **other: Any) -> dict[str, Any]:
    """Return an event as CUPS has it."""
    return {
        "user": "ada",
        "i": number,
        "time": f"2022-06-01T10:{int(second) // 60:02d}:{int(second) % 60:02d}.000Z",
        "event": kind,
        "hidden_state": "UserTyping",
        "label": "Prompt Crafting (V)",
        "time_in_state": 2.0,
        "prompt": "x = ",
        "suggestion": "1",
        "measurements": {"documentLength": 9, "promptEndPos": 4, "timeSinceIssuedMs": 300},
        "edit_pct": None,
        "task": "t",
        "experience": 1,
        **other,
    }


def moments_of(folder: Path, rows: list[dict[str, Any]]) -> list[Moment]:
    with gzip.open(folder / cups.EVENTS, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    return [each.moment for each in shown_in(cups.read(folder / cups.EVENTS))]


def test_what_comes_after_a_moment_changes_nothing_about_it(tmp_path: Path) -> None:
    rows = [
        cups_row(0, 0, "Shown"),
        cups_row(1, 4, "Accepted"),
        cups_row(2, 9, "Shown", prompt="x = 1\n"),
        cups_row(3, 12, "Rejected"),
        cups_row(4, 20, "Shown", prompt="x = 1\ny"),
        cups_row(5, 29, "Accepted"),
    ]
    before = moments_of(tmp_path, rows)
    later = {
        "event": "Rejected",
        "time_in_state": 50.0,
        "label": "Not Thinking (S)",
        "suggestion": "none",
        "measurements": {"timeSinceDisplayedMs": 50_000, "documentLength": 1},
    }
    # How the second ends, and all that follows.
    changed = [*rows[:3], cups_row(3, 49, "Accepted", label="Waiting (G)")]
    changed += [cups_row(4, 55, "Shown", suggestion="other"), {**cups_row(5, 99, ""), **later}]
    after = moments_of(tmp_path, changed)
    assert after[:2] == before[:2]
    assert after[2] != before[2]


def test_no_state_that_was_told_afterwards_and_no_time_on_display_is_looked_at(
    tmp_path: Path,
) -> None:
    rows = [cups_row(0, 0, "Shown"), cups_row(1, 4, "Accepted")]
    told = moments_of(tmp_path, rows)
    shown = {**rows[0], "label": "Waiting (G)", "hidden_state": "UserPaused", "edit_pct": [1, 1]}
    shown["measurements"] = {**rows[0]["measurements"], "timeSinceDisplayedMs": 77}
    ended = {**rows[1], "time_in_state": 99.0, "edit_pct": [0, 0]}
    assert moments_of(tmp_path, [shown, ended]) == told
