"""What is told of real people, each left out of what it was learned from, against simpler ways."""

from __future__ import annotations

from pathlib import Path

import pytest

from foretrace_telemetry.home import Home
from tests.command import foretrace_json

LOO = ("--fit", "loo")


@pytest.mark.figures
def test_when_suggestions_are_taken_is_told_better_than_by_what_was_taken_lately(
    home: Home, data: Path
) -> None:
    told = foretrace_json(home, "bench", "timing", "--data", str(data / "coderec_cups"), *LOO)
    print(told["auc"], told["intervals"]["differences"])
    assert told["intervals"]["differences"]["recent_acceptance_auc"][0] > 0
    assert told["intervals"]["brier_skill"][0] > 0


@pytest.mark.figures
def test_when_experts_step_in_is_told_better_than_by_runs_and_idleness(
    home: Home, data: Path
) -> None:
    told = foretrace_json(home, "bench", "timing", "--data", str(data / "fitech_dart"), *LOO)
    print(told["average_precision"], told["intervals"]["differences"])
    assert told["intervals"]["differences"]["after_every_run"][0] > 0
    assert told["intervals"]["differences"]["after_idle"][0] > 0


@pytest.mark.figures
def test_what_people_are_doing_is_told_better_than_by_the_last_event(
    home: Home, data: Path
) -> None:
    told = foretrace_json(home, "bench", "intent", "--data", str(data / "coderec_cups"), *LOO)
    print(told["accuracy"], told["above_best_accuracy"])
    assert told["above_best_accuracy"]["interval"][0] > 0
    assert told["brier_skill"] > 0
