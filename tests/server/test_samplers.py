"""Which model gives samples, and about whose programs it is asked."""

from __future__ import annotations

import pytest

from foretrace_models.repair.sources import SourceName
from foretrace_models.trace_model.card import SHIPPED, read_card
from foretrace_server.bench.repair.samplers import Sampler, sampler_of
from foretrace_server.bench.repair.tasks import BrokenProgram, Dataset, SituationName
from foretrace_telemetry.home import Home

LOG = Dataset("itap (anywhere)", frozenset(SituationName), {}, [], {})


def _sampler(situation: SituationName, *without: SourceName, base: str | None = None) -> Sampler:
    return sampler_of(LOG, situation, frozenset(without), base, lambda _: None)


def _by(person: str | None, task: str = "helloWorld") -> BrokenProgram:
    return BrokenProgram("a", task, "x = 1\n", person)


def test_the_trace_model_is_not_asked_about_people_from_whom_it_learned() -> None:
    pytest.importorskip("torch", reason="torch is not installed: pip install 'foretrace[model]'")
    pytest.importorskip("transformers", reason="transformers is not installed")
    card = read_card(SHIPPED)
    names = [f"S{number:03}" for number in range(1000)]
    known = [name for name in names if card.has_seen("itap", name)]
    asked_about = _sampler(SituationName.TESTS).asked_about
    assert known
    assert not any(asked_about(_by(name)) for name in known)
    assert asked_about(_by("nobody it has seen"))
    assert asked_about(_by(None))
    assert not asked_about(_by(None, "an exercise that it does not know"))
    assert not _sampler(SituationName.NONE).asked_about(_by(None)), "it is not told which exercise"


def test_where_peers_programs_are_at_hand_or_samples_are_left_out_no_model_is_asked() -> None:
    assert _sampler(SituationName.POOL).model is None
    assert _sampler(SituationName.NONE, SourceName.SAMPLES).model is None
    assert not _sampler(SituationName.POOL).asked_about(_by(None))


def test_a_language_model_that_was_not_fetched_is_named(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORETRACE_HOME", str(home.path))
    with pytest.raises(
        ValueError, match="there is no model tiny; run `foretrace model fetch tiny`"
    ):
        _sampler(SituationName.TESTS, base="tiny")
