"""German: an editor in that language is spoken to in it, and what others read stays as it is."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lsprotocol import types
from tests.clients import TRUSTED, session

from foretrace_server import protocol
from foretrace_telemetry.home import Home
from foretrace_telemetry.notices import NOTICES

LOCALE = "de-AT"
FAILING = "def double(x):\n    return x + 1\n\n\nassert double(3) == 6\n"
NO_COLON = "for n in range(3)\n    print(n)\n"


async def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)


def _permission(home: Home) -> dict[str, Any]:
    (line,) = home.consent_log.read_text().splitlines()
    permission: dict[str, Any] = json.loads(line)
    return permission


async def test_the_question_is_german_and_the_permission_says_so(home: Home) -> None:
    async with session(home, options={"askConsent": True}, locale=LOCALE) as client:
        client.answer = types.MessageActionItem("Ohne Text aufzeichnen")
        await _until(lambda: bool(client.messages))
        (question,) = client.questions
        assert question.message.startswith("Foretrace kann aufzeichnen, wie du programmierst")
        heads = [line.partition(":")[0] for line in question.message.splitlines()[1:]]
        assert heads == ["Was", "Wo", "Wer", "Wie lange", "So hörst du auf"]
        assert [action.title for action in question.actions or ()] == [
            "Nicht aufzeichnen",
            "Ohne Text aufzeichnen",
            "Mit Text aufzeichnen",
        ]
        assert "Aufzeichnung ohne Text bis" in client.messages[0].message
        status = await client.request(protocol.STATUS)
        assert status["recording"]["reason"].startswith("erlaubt am")
    permission = _permission(home)
    assert (permission["content"], permission["notice_language"]) == ("metadata", "de")
    assert permission["notice_sha256"] == NOTICES["de"].sha256


async def test_an_editor_that_asks_itself_gets_the_notice_in_german(home: Home) -> None:
    async with session(home, locale=LOCALE) as client:
        notice = await client.command(protocol.CONSENT_NOTICE)
        assert (notice["version"], notice["language"]) == (4, "de")
        assert "So hörst du auf" in notice["text"]
        await client.command(protocol.CONSENT_DECIDE, "grant", {"content": "full"})
    assert _permission(home)["notice_language"] == "de"


async def test_an_editor_in_a_language_that_is_not_spoken_gets_english(home: Home) -> None:
    async with session(home, locale="fr") as client:
        notice = await client.command(protocol.CONSENT_NOTICE)
        assert (notice["language"], "How to stop" in notice["text"]) == ("en", True)
        await client.command(protocol.CONSENT_DECIDE, "grant", {"content": "full"})
    assert "notice_language" not in _permission(home)


async def test_what_is_wrong_and_what_mends_it_is_said_in_german(
    home: Home, tmp_path: Path
) -> None:
    uri = (tmp_path / "loop.py").as_uri()
    async with session(home, options=TRUSTED, locale=LOCALE) as client:
        client.open(uri, NO_COLON)
        titles = [action.title for action in await client.fixes(uri, 0)]
        assert titles == ["Foretrace: `:` einfügen in Zeile 1 (läuft ohne Fehler)"]
        (problem,) = client.diagnostics[uri]
        what, why = problem.message.split("\n")
        assert what == "Python kann Zeile 1 nicht lesen: expected ':'."
        assert why.startswith("Eine Zeile, die einen Block öffnet")
        advice = [each.message for each in problem.related_information or ()]
        assert [each.partition(":")[0] for each in advice] == ["Wie", "Prüfe"]
        assert (await client.request(protocol.WHY, {"textDocument": {"uri": uri}}))["reasons"] == []


async def test_what_a_test_showed_is_said_in_german(home: Home, tmp_path: Path) -> None:
    uri = (tmp_path / "double.py").as_uri()
    options = {**TRUSTED, "level": "hint"}
    async with session(home, options=options, locale=LOCALE) as client:
        client.open(uri, FAILING)
        actions = await client.actions(uri)
        assert [action.title for action in actions] == ["Foretrace: den nächsten Schritt zeigen"]
        (problem,) = client.diagnostics[uri]
        assert problem.message.split("\n")[0] == "assert double(3) == 6 in Zeile 5 gilt nicht."
        told = [each.message for each in problem.related_information or ()]
        assert told[:2] == ["Gegeben: assert double(3) == 6", "Tatsächlich: gilt nicht"]
        why = await client.request(protocol.WHY, {"textDocument": {"uri": uri}})
        assert why["reasons"][0] == {
            "code": "level",
            "message": "die Hilfe steht auf der Stufe 'hint', und es gibt mehr",
        }


async def test_what_a_person_seems_to_be_doing_is_said_in_german_and_named_as_ever(
    home: Home, tmp_path: Path
) -> None:
    uri = (tmp_path / "f.py").as_uri()
    async with session(home, locale=LOCALE) as client:
        client.open(uri, "\n")
        for column, character in enumerate("def f(x):"):
            place = types.Range(types.Position(0, column), types.Position(0, column))
            typed = types.TextDocumentContentChangePartial(place, character)
            client.change(uri, column + 2, typed)
        await _until(lambda: bool(client.intents))
        intent = client.intents[-1]
        assert intent["statement"] == "Du bist wohl gerade dabei: neuen Code schreiben in f."
        assert intent["activities"][0]["label"] == "writing new code"
