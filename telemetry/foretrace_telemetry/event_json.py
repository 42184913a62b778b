"""Events as JSON objects and back, and the schema that says what such an object looks like.

The form in which events leave the store. Text that consent did not cover is an object with its
length, `{"characters": 12}`; everything else reads as the classes in `events` do.
"""

from __future__ import annotations

import types
from enum import Enum
from typing import Any, Union, get_args, get_origin, get_type_hints

import attrs
import cattrs

from foretrace_telemetry.events import (
    BODIES,
    SCHEMA_VERSION,
    Actor,
    Body,
    Event,
    Recorded,
    Text,
    Withheld,
)

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_PLAIN = {str: "string", int: "integer", float: "number", bool: "boolean", type(None): "null"}
_WITHHELD = {
    "description": "Text that was there and is not kept: its length, in code points.",
    "type": "object",
    "properties": {"characters": {"type": "integer", "minimum": 0}},
    "required": ["characters"],
    "additionalProperties": False,
}

_converter = cattrs.Converter(forbid_extra_keys=True)


def _text_from_json(value: Any, _: Any) -> Text:
    if isinstance(value, str):
        return value
    return _converter.structure(value, Withheld)


_converter.register_structure_hook_func(lambda kind: kind == Text, _text_from_json)
_converter.register_structure_hook_func(
    lambda kind: kind == Text | None,
    lambda value, kind: None if value is None else _text_from_json(value, kind),
)


def to_json(recorded: Recorded) -> dict[str, Any]:
    """Return a recorded event as a JSON object."""
    event = recorded.event
    return {
        "session": recorded.session,
        "sequence": recorded.sequence,
        "wall_us": event.wall_us,
        "monotonic_us": event.monotonic_us,
        "actor": event.actor.value,
        "kind": event.body.kind,
        "document": event.uri,
        "version": event.version,
        "data": _converter.unstructure(event.body),
    }


def from_json(value: dict[str, Any]) -> Recorded:
    """Return the recorded event of a JSON object.

    Raises:
        KeyError: a field is missing, or the kind is not known.
        ValueError: the actor is not known.
        cattrs.BaseValidationError: the data do not fit the kind.
    """
    body = _converter.structure(value["data"], BODIES[value["kind"]])
    event = Event(
        value["wall_us"],
        value["monotonic_us"],
        Actor(value["actor"]),
        body,
        value["document"],
        value["version"],
    )
    return Recorded(value["session"], value["sequence"], event)


def schema() -> dict[str, Any]:
    """Return the JSON schema of an event, made from the classes of its kinds."""
    return {
        "$schema": _DIALECT,
        "title": f"An event recorded by Foretrace, version {SCHEMA_VERSION}",
        "oneOf": [{"$ref": f"#/$defs/{kind}"} for kind in BODIES],
        "$defs": {
            **{kind: _event_schema(body) for kind, body in BODIES.items()},
            "withheld": _WITHHELD,
        },
    }


def _event_schema(body: type[Body]) -> dict[str, Any]:
    hints = get_type_hints(body)
    fields = attrs.fields(body)
    properties = {
        "session": {"type": "string"},
        "sequence": {"type": "integer", "minimum": 1},
        "wall_us": {"type": "integer"},
        "monotonic_us": {"type": "integer"},
        "actor": {"enum": [actor.value for actor in Actor]},
        "kind": {"const": body.kind},
        "document": {"type": ["string", "null"]},
        "version": {"type": ["integer", "null"]},
        "data": {
            "type": "object",
            "properties": {field.name: _type_schema(hints[field.name]) for field in fields},
            "required": [field.name for field in fields],
            "additionalProperties": False,
        },
    }
    return {
        "description": (body.__doc__ or "").partition("\n\n")[0],
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _type_schema(kind: Any) -> dict[str, Any]:
    if kind is Withheld:
        return {"$ref": "#/$defs/withheld"}
    if get_origin(kind) in (Union, types.UnionType):
        return {"anyOf": [_type_schema(each) for each in get_args(kind)]}
    if get_origin(kind) in (list, tuple):
        return {"type": "array", "items": _type_schema(get_args(kind)[0])}
    if isinstance(kind, type) and issubclass(kind, Enum):
        return {"enum": [each.value for each in kind]}
    return {"type": _PLAIN[kind]}
