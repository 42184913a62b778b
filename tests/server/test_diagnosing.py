"""What a model is told of a program that it is to correct, and who of rules and models is heard."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from foretrace_models.repair.diagnosis import (
    Diagnosis,
    Hint,
    Kind,
    Problem,
    Reason,
    Situation,
    Why,
)
from foretrace_server import diagnosing
from foretrace_server.diagnosing import Lately, asked, soonest
from foretrace_server.worker import WorkerError

SITUATION = Situation("x = 1\n", Path("/home/x.py"))


def test_a_model_is_told_what_goes_wrong_where_and_what_was_changed_last() -> None:
    problem = Problem(Kind.TEST, 3, "Look.", Hint("f(1) gives 2; expected is 3.", "", "", ""))
    told = asked(SITUATION, Lately(problem, "+y = 2\n"))
    assert told == {
        "text": "x = 1\n",
        "path": "/home/x.py",
        "failure": "f(1) gives 2; expected is 3.",
        "change": "+y = 2\n",
        "suspects": [3],
    }


def test_a_model_is_told_no_more_of_a_problem_than_the_assignment_allows() -> None:
    told = asked(SITUATION, Lately(Problem(Kind.TEST, 3, "Look.")))
    assert (told["failure"], told["change"], told["suspects"]) == ("", "", [3])


FOUND, OF_MODEL = Diagnosis(tried=1), Diagnosis(tried=2)
NOTHING = Diagnosis(why=Why(Reason.NO_FIX_FOUND, ""))
SECONDS = 5.0


class _Rules:
    """Rules that find something after a while."""

    def __init__(self, finds: Diagnosis, after_seconds: float = 0.0) -> None:
        self._finds = finds
        self._after_seconds = after_seconds
        self.left = False

    async def ask(self) -> Diagnosis:
        try:
            await asyncio.sleep(self._after_seconds)
        except asyncio.CancelledError:
            self.left = True
            raise
        return self._finds


class _Model:
    """A model that answers after a while, and knows whether it was asked."""

    def __init__(self, answer: Diagnosis | None, after_seconds: float = 0.0) -> None:
        self._answer = answer
        self._after_seconds = after_seconds
        self.seconds: float | None = None

    async def ask(self, seconds: float) -> Diagnosis | None:
        self.seconds = seconds
        await asyncio.sleep(self._after_seconds)
        return self._answer


@pytest.fixture(autouse=True)
def _short_head_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagnosing, "_HEAD_START_SECONDS", 0.05)


async def test_no_model_is_asked_where_the_rules_find_something_soon() -> None:
    model = _Model(OF_MODEL)
    assert await soonest(_Rules(FOUND).ask(), [model.ask], SECONDS) is FOUND
    assert model.seconds is None


async def test_models_are_asked_at_once_where_the_rules_find_nothing() -> None:
    slow, quick = _Model(None, 0.1), _Model(OF_MODEL)
    found = await soonest(_Rules(NOTHING).ask(), [slow.ask, quick.ask], SECONDS)
    assert found is OF_MODEL
    assert quick.seconds == pytest.approx(SECONDS, abs=0.5)


async def test_a_model_is_heard_where_the_rules_need_long_and_they_are_stopped() -> None:
    rules = _Rules(FOUND, 60.0)
    assert await soonest(rules.ask(), [_Model(OF_MODEL).ask], SECONDS) is OF_MODEL
    await asyncio.sleep(0)
    assert rules.left


async def test_rules_are_heard_where_no_model_proves_anything() -> None:
    none, some = _Model(None), _Rules(FOUND, 0.2)
    assert await soonest(some.ask(), [none.ask], SECONDS) is FOUND
    assert await soonest(_Rules(NOTHING).ask(), [none.ask], SECONDS) is NOTHING
    assert await soonest(_Rules(NOTHING).ask(), [], SECONDS) is NOTHING


async def test_nobody_waits_for_a_model_longer_than_for_the_rules() -> None:
    late = _Model(OF_MODEL, 60.0)
    assert await asyncio.wait_for(soonest(_Rules(NOTHING).ask(), [late.ask], 0.2), 5) is NOTHING


@pytest.mark.parametrize("after_seconds", [0.0, 0.02, 0.1])
async def test_what_a_model_proves_is_heard_though_the_rules_fail(after_seconds: float) -> None:
    async def failing() -> Diagnosis:
        await asyncio.sleep(after_seconds)
        raise WorkerError("it died")

    model = _Model(OF_MODEL, 0.05)
    assert await soonest(failing(), [model.ask], SECONDS) is OF_MODEL


async def test_rules_that_give_no_answer_are_an_error_as_before() -> None:
    async def failing() -> Diagnosis:
        raise WorkerError("it died")

    with pytest.raises(WorkerError, match="it died"):
        await soonest(failing(), [_Model(None).ask], SECONDS)
