"""Languages: each sentence that an editor shows stands in each catalogue, and no other does."""

from __future__ import annotations

import ast
import json
import string
from functools import cache
from itertools import chain
from pathlib import Path

import pytest

from foretrace_models.intent.activities import Activity
from foretrace_models.repair import seen
from foretrace_models.repair.lessons import LESSONS
from foretrace_models.timing.features import WORDS
from foretrace_server import asking, explaining, offers, permission, showing
from foretrace_server.policy import words as policy_words
from foretrace_telemetry import language
from foretrace_telemetry.consent import NOTHING_DECIDED
from foretrace_telemetry.language import ENGLISH, read_catalogue, t
from foretrace_telemetry.notices import NOTICES

ROOT = Path(__file__).parent.parent
PACKAGES = [
    ROOT / "telemetry/foretrace_telemetry",
    ROOT / "models/foretrace_models",
    ROOT / "server/foretrace_server",
]
CATALOGUES = ROOT / "telemetry/foretrace_telemetry/catalogues"
LANGUAGES = sorted(path.stem for path in CATALOGUES.iterdir())
# What is translated by name, and where those sentences stand.
BY_NAME = {
    "NOTHING_DECIDED.reason": [NOTHING_DECIDED.reason],
    "lesson.why": [lesson.why for lesson in LESSONS.values()],
    "lesson.how": [lesson.how for lesson in LESSONS.values()],
    "lesson.check": [lesson.check for lesson in LESSONS.values()],
    "activity.value": [activity.value for activity in Activity],
    "each": list(WORDS.values()),
    "answer": list(asking._ANSWERS),
    "_OTHERWISE": [asking._OTHERWISE, permission._OTHERWISE],
    "_QUESTION": [permission._QUESTION],
    "_ALLOW": [permission._ALLOW],
    "_REFUSE": [permission._REFUSE],
    "_OF_OTHERS": [offers._OF_OTHERS],
    "_NEXT[level]": list(showing._NEXT.values()),
    "_ALLOWS[found.limit.ceiling]": list(policy_words._ALLOWS.values()),
    "_ALLOWS[Level(policy.ceiling)]": list(policy_words._ALLOWS.values()),
    "_NO_NEXT_EDIT[reason]": list(explaining._NO_NEXT_EDIT.values()),
    "message": [
        message
        for _, message in (
            explaining.NOT_OPEN,
            explaining.NOT_PYTHON,
            explaining.SWITCHED_OFF,
            explaining.PENDING,
            explaining.DISMISSED,
        )
    ],
    **{
        name: [getattr(seen, name)]
        for name in ("PROGRAM", "INPUT", "NO_INPUT", "NO_END", "ENDED", "BROKEN")
    },
}


@cache
def _calls() -> list[ast.Call]:
    """Return the places where a sentence is translated."""
    files = chain.from_iterable(package.rglob("*.py") for package in PACKAGES)
    nodes = chain.from_iterable(ast.walk(ast.parse(path.read_text("utf-8"))) for path in files)
    calls = (node for node in nodes if isinstance(node, ast.Call))
    return [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "t"]


def _written() -> dict[str, set[str]]:
    """Return the sentences that stand where they are translated, with the names of their values."""
    return {
        str(call.args[0].value): {str(each.arg) for each in call.keywords}
        for call in _calls()
        if isinstance(call.args[0], ast.Constant)
    }


def _places(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


def test_what_is_translated_by_name_is_known_here() -> None:
    sentences = (call.args[0] for call in _calls())
    others = {ast.unparse(each) for each in sentences if not isinstance(each, ast.Constant)}
    assert others == set(BY_NAME)


def test_each_sentence_has_places_for_its_values() -> None:
    for sentence, names in _written().items():
        if names:
            assert _places(sentence) == names


@pytest.mark.parametrize("name", LANGUAGES)
def test_a_catalogue_has_every_sentence_and_no_other(name: str) -> None:
    pairs = json.loads((CATALOGUES / f"{name}.json").read_text("utf-8"), object_pairs_hook=list)
    sentences = [sentence for sentence, _ in pairs]
    assert len(sentences) == len(set(sentences))
    assert set(sentences) == {*_written(), *chain.from_iterable(BY_NAME.values())}


@pytest.mark.parametrize("name", LANGUAGES)
def test_a_translation_has_the_same_places(name: str) -> None:
    for sentence, translation in read_catalogue(name).items():
        assert _places(translation) == _places(sentence), sentence
        assert translation.strip(" ") == translation
        assert (translation[-1] in ".?:") == (sentence[-1] in ".?:"), sentence


def test_there_is_a_notice_in_each_language_and_in_no_other() -> None:
    assert sorted(NOTICES) == sorted([ENGLISH, *LANGUAGES])


@pytest.mark.parametrize(
    ("locale", "spoken"),
    [
        ("de", "de"),
        ("de-AT", "de"),
        ("DE_DE.UTF-8", "de"),
        ("en-GB", "en"),
        ("fr", "en"),
        ("", "en"),
        (None, "en"),
        ("../de", "en"),
    ],
)
def test_the_language_of_a_locale_is_spoken_or_else_english(
    locale: str | None, spoken: str
) -> None:
    try:
        assert language.speak(locale) == spoken == language.spoken()
        assert (t("runs without error") == "runs without error") == (spoken == "en")
    finally:
        language.speak(ENGLISH)


def test_values_are_put_in_as_they_are() -> None:
    assert t("add {code} in line {n}", code="`{x}`", n=3) == "add `{x}` in line 3"
