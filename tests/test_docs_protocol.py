"""The page of the protocol holds true: its messages, reasons and examples are the server's."""

from __future__ import annotations

import ast
import inspect
import json
import re
from contextlib import closing
from pathlib import Path
from typing import Any

import attrs

from foretrace_models.repair.diagnosis import Reason
from foretrace_server import explaining, permission, protocol
from foretrace_server.recording import CLIENT_KINDS
from foretrace_telemetry.erase import Selection, forget
from foretrace_telemetry.events import (
    BODIES,
    Actor,
    Body,
    Edited,
    Event,
    IntentNoted,
    IntentStage,
    Opened,
    RunFinished,
    Saved,
    SuggestionMoved,
    SuggestionStage,
)
from foretrace_telemetry.home import Home
from foretrace_telemetry.lineage import Derived, Export, keep_derived, note_export
from foretrace_telemetry.rows import body_from_json
from foretrace_telemetry.store import SessionInfo, Store
from tests.clients import session
from tests.pages import FENCE, first_column, names, rows, section, text_of


def test_every_message_and_command_of_the_protocol_is_told_and_none_is_made_up() -> None:
    ours = {v for k, v in vars(protocol).items() if k.isupper() and isinstance(v, str)}
    told = names(text_of("protocol.md")) - {"foretrace.toml"}
    assert {name for name in told if re.fullmatch(r"foretrace[./][\w.]+", name)} == ours
    messages = {name for name in ours if "/" in name}
    assert {f"`{name}`" for name in messages} == set(
        re.findall(r"^## (`.+`)$", text_of("protocol.md"), re.MULTILINE)
    )


def test_what_a_client_may_report_is_told_with_what_it_needs() -> None:
    told = {}
    for kind, required, optional in rows(text_of("protocol.md"), "`foretrace/event`"):
        told[kind.strip("`")] = names(required), names(optional)
    assert told == {kind: _data_of(BODIES[kind]) for kind in CLIENT_KINDS}


def _data_of(body: type[Body]) -> tuple[set[str], set[str]]:
    if body.kind == "selection":  # a range of the protocol's own in place of offsets
        return {"range"}, set()
    fields = attrs.fields(body)
    required = {field.name for field in fields if field.default is attrs.NOTHING}
    return required, {field.name for field in fields} - required


def test_every_reason_is_told_and_none_is_made_up() -> None:
    told = first_column(text_of("protocol.md"), "`foretrace/why`")
    codes = {reason.value for reason in Reason}
    for module in (explaining, permission):
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            # A code and a message.
            if isinstance(node, ast.Tuple) and len(node.elts) == 2:
                code = node.elts[0]
                if isinstance(code, ast.Constant) and isinstance(code.value, str):
                    codes.add(code.value)
    assert told == codes


def examples(heading: str) -> list[Any]:
    """Return the JSON examples under a heading of the protocol's page."""
    text = section(text_of("protocol.md"), heading)
    return [json.loads(block) for language, block in FENCE.findall(text) if language == "json"]


def shape(value: Any) -> Any:
    """Return the keys of a JSON value, without what stands under them."""
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items()}
    return [shape(value[0])] if isinstance(value, list) and value else None


def test_the_example_of_an_event_fits_its_kind() -> None:
    (event,) = examples("`foretrace/event`")
    assert body_from_json(event["kind"], event["data"])


async def test_the_examples_of_answers_look_like_those_of_the_server(
    consented: Home, tmp_path: Path
) -> None:
    uri = (tmp_path / "search.py").as_uri()
    about = {"textDocument": {"uri": uri}}
    async with session(consented, options={"colour": 1, "workspaceTrusted": True}) as client:
        client.open(uri, "x = 1\n")
        for _ in range(4):
            client.notify("foretrace/event", {"uri": uri, "kind": "run", "data": {"line": 1}})
        (status,) = examples("`foretrace/status`")
        assert shape(await client.request(protocol.STATUS)) == shape(status)
        ask, why = examples("`foretrace/why`")
        assert shape(about) == shape(ask)
        assert shape(await client.request(protocol.WHY, about)) == shape(why)
        ask, intent = examples("`foretrace/intent`")
        assert shape(about) == shape(ask)
        answer = await client.request(protocol.INTENT, about)
        assert shape({**answer, "place": None}) == shape({**intent, "place": None})


async def test_the_examples_about_what_is_mine_look_like_the_answers_of_the_server(
    consented: Home,
) -> None:
    uri = "file:///course/search.py"
    bodies = [
        Opened("x = 'a'\n" * 6, "python"),
        Edited(5, "", "0"),
        Saved(),
        RunFinished(1, error_type="NameError"),
        SuggestionMoved("7ba8f588", SuggestionStage.OFFERED),
        IntentNoted(IntentStage.CORRECTED, "fixing a failure"),
    ]
    with closing(Store.create(consented)) as store:
        for name in ("forgotten", "kept"):
            writer = store.begin_session(SessionInfo(name, 1, "0"))
            writer.append([Event(1, 1, Actor.USER, body, uri, 1) for body in bodies])
    forget(consented, Selection(frozenset({"forgotten"}), and_later_texts=False))
    keep_derived(consented, Derived("kind", "name", ("kept",), b"content"), after_erasure=1)
    note_export(consented, Export(1, "bundle", "mine.foretrace", ("kept",)))
    told = [each for each in examples("Commands") if "command" not in each]
    overview, profile, playback = (
        next(each for each in told if key in each) for key in ("folder", "statements", "steps")
    )
    async with session(consented) as client:
        answer = await client.command(protocol.MINE_OVERVIEW)
        answer["sessions"] = answer["sessions"][1:]
        for counted in ("suggestions", "intents"):
            answer[counted]["counts"] = overview[counted]["counts"] = {}
        assert shape(answer) == shape(overview)
        assert shape(await client.command(protocol.MINE_PROFILE)) == shape(profile)
        what = {"session": "kept", "document": uri}
        answer = await client.command(protocol.MINE_PLAYBACK, what)
    assert shape(answer) == shape(playback)
    steps = [json.loads(each["steps"]) for each in (answer, playback)]
    assert [[step[0], len(step)] for step in steps[0][:2]] == [
        [step[0], len(step)] for step in steps[1]
    ]
