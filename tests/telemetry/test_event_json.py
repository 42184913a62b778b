"""Events as JSON: nothing is lost on the way, and the schema says what comes."""

from __future__ import annotations

import json
from enum import Enum
from typing import Any, get_type_hints

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, ValidationError
from scripts.events_page import DOCS, files

from foretrace_server.recording import CLIENT_KINDS
from foretrace_telemetry.event_json import from_json, schema, to_json
from foretrace_telemetry.events import BODIES, Actor, Body, Event, Recorded, Text, Withheld
from foretrace_telemetry.observing import KNOWN, Sight

VALIDATOR = Draft202012Validator(schema())
SEEN, HIDDEN = Sight.OBSERVED, Sight.HIDDEN
SELF_EVIDENT = {(SEEN, SEEN), (SEEN, HIDDEN)}


def bodies(kind: type[Body]) -> st.SearchStrategy[Body]:
    hints = get_type_hints(kind)
    return st.builds(kind, **{field.name: _values(hints[field.name]) for field in _fields(kind)})


def _fields(kind: type[Body]) -> Any:
    return attrs.fields(kind)


def _values(hint: Any) -> st.SearchStrategy[Any]:
    if hint == Text:
        return st.text() | st.builds(Withheld, st.integers(0, 9))
    if hint == float | None:
        return st.none() | st.floats(allow_nan=False, allow_infinity=False)  # JSON has neither
    if hint == Text | None:
        return st.none() | _values(Text)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return st.sampled_from(hint)
    return st.from_type(hint)


def events(kind: type[Body]) -> st.SearchStrategy[Recorded]:
    times = st.integers(0, 2**60)
    names = st.none() | st.text()
    versions = st.none() | st.integers(0, 9)
    actors = st.sampled_from(Actor)
    event = st.builds(Event, times, times, actors, bodies(kind), names, versions)
    return st.builds(Recorded, st.text(), st.integers(1, 9), event)


@pytest.mark.parametrize("kind", BODIES.values(), ids=list(BODIES))
@given(data=st.data())
def test_an_event_comes_back_from_json_as_it_went(kind: type[Body], data: st.DataObject) -> None:
    recorded = data.draw(events(kind))
    value = json.loads(json.dumps(to_json(recorded)))
    VALIDATOR.validate(value)
    assert from_json(value) == recorded


def test_the_schema_refuses_what_is_no_event() -> None:
    value = {
        "session": "a",
        "sequence": 1,
        "wall_us": 0,
        "monotonic_us": 0,
        "actor": "user",
        "kind": "copy",
        "document": None,
        "version": None,
        "data": {"characters": 1, "text": "secret"},
    }
    with pytest.raises(ValidationError):
        VALIDATOR.validate(value)


def test_the_pages_about_events_are_those_that_the_classes_make() -> None:
    for name, text in files().items():
        written = (DOCS / name).read_text("utf-8")
        assert written == text, f"{name} is out of date: run scripts/events_page.py"


def test_of_every_kind_it_is_said_how_it_is_known_and_what_it_is_kept_for() -> None:
    assert set(KNOWN) == set(BODIES.values())
    for known in KNOWN.values():
        assert known.why
        assert known.how or (known.vscode, known.lsp) in SELF_EVIDENT


def test_what_is_said_of_other_editors_is_what_they_can_be_seen_to_do() -> None:
    for kind, body in BODIES.items():
        told_by_others_alone = kind in CLIENT_KINDS - {"intent"} | {"foreign"}
        assert (KNOWN[body].lsp is Sight.HIDDEN) == told_by_others_alone, kind
