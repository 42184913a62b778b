"""Events as rows of the store and back. The text columns' three forms are told in `migrations`."""

from __future__ import annotations

import hashlib
import hmac
import json
import zlib
from collections.abc import Callable
from typing import Any

import cattrs
import sqlite_utils
from attrs import asdict
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn

from foretrace_telemetry.events import (
    BODIES,
    Actor,
    Body,
    Edited,
    Event,
    Foreign,
    Opened,
    Origin,
    Resynced,
    Text,
    Withheld,
)

# Shorter texts cost less where they stand than the key that would stand for them.
_INLINE_CHARACTERS = 256
# What stands for forgotten events has the numbers of all of them.
LAST_SEQUENCE = """
    SELECT CASE kind WHEN 'erased' THEN json_extract(data, '$.last') ELSE sequence END
    FROM events WHERE events.session = sessions.id ORDER BY sequence DESC LIMIT 1
"""

Row = dict[str, Any]

_converter = cattrs.Converter()
for _body in BODIES.values():
    if _body not in (Edited, Foreign, Opened, Resynced):
        _converter.register_unstructure_hook(
            _body, make_dict_unstructure_fn(_body, _converter, _cattrs_omit_if_default=True)
        )
        _converter.register_structure_hook(
            _body, make_dict_structure_fn(_body, _converter, _cattrs_forbid_extra_keys=True)
        )


class TextShelf:
    """Turns texts into column values; long ones are put aside, compressed, under a keyed hash."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self.shelved: dict[bytes, bytes] = {}

    def put(self, text: Text) -> str | int | bytes:
        """Return the column value of a text."""
        if isinstance(text, Withheld):
            return text.characters
        if len(text) <= _INLINE_CHARACTERS:
            try:
                text.encode()
            except UnicodeEncodeError:
                pass  # half of a surrogate pair, which SQLite's text cannot hold
            else:
                return text
        raw = text.encode("utf-8", "surrogatepass")
        key = hmac.new(self._key, raw, hashlib.sha256).digest()[:16]
        if key not in self.shelved:
            self.shelved[key] = zlib.compress(raw)
        return key


def to_row(event: Event, shelf: TextShelf) -> Row:
    """Return the columns of an event but for session, sequence and document."""
    body = event.body
    row: Row = {
        "wall_us": event.wall_us,
        "monotonic_us": event.monotonic_us,
        "actor": event.actor.value,
        "kind": body.kind,
        "version": event.version,
        "offset": None,
        "removed": None,
        "inserted": None,
        "origin": None,
        "rule": None,
        "data": None,
    }
    if isinstance(body, Edited):
        row["offset"] = body.offset
        row["removed"] = shelf.put(body.removed)
        row["inserted"] = shelf.put(body.inserted)
        row["origin"] = body.origin.value
        row["rule"] = body.rule
        return row
    if isinstance(body, (Foreign, Opened, Resynced)):
        row["inserted"] = None if body.text is None else shelf.put(body.text)
        data = asdict(body, filter=lambda attribute, _: attribute.name != "text")
    else:
        data = _converter.unstructure(body)
    if data:
        row["data"] = json.dumps(data, separators=(",", ":"))
    return row


def from_row(row: Row, uri: str | None, text_of: Callable[[bytes], str]) -> Event:
    """Return the event of a row; `text_of` finds the text of a key.

    Raises:
        KeyError: the row's kind, or a text that it names, is not known.
    """

    def text(value: str | int | bytes) -> Text:
        if isinstance(value, bytes):
            return text_of(value)
        return Withheld(value) if isinstance(value, int) else value

    kind = BODIES[row["kind"]]
    body: Body
    if kind is Edited:
        body = Edited(
            row["offset"],
            text(row["removed"]),
            text(row["inserted"]),
            Origin(row["origin"]),
            row["rule"],
        )
    else:
        data = json.loads(row["data"]) if row["data"] else {}
        if kind in (Opened, Resynced):
            body = kind(text(row["inserted"]), **data)
        elif kind is Foreign:
            columns = tuple((name, value) for name, value in data["columns"])
            stated = None if row["inserted"] is None else text(row["inserted"])
            body = Foreign(data["event_type"], stated, columns)
        else:
            body = _converter.structure(data, kind)
    return Event(
        row["wall_us"], row["monotonic_us"], Actor(row["actor"]), body, uri, row["version"]
    )


def body_from_json(kind: str, data: Any) -> Body:
    """Return the body that an editor sent as a kind and a JSON object.

    Raises:
        KeyError: there is no such kind.
        ValueError: the data are no object.
        cattrs.BaseValidationError: the object does not fit the kind.
    """
    if data is not None and not isinstance(data, dict):
        raise ValueError("the data must be an object")
    return _converter.structure(data or {}, BODIES[kind])


def text_of(db: sqlite_utils.Database, key: bytes) -> str:
    """Return a text that was put aside.

    Raises:
        KeyError: it is missing.
    """
    row = db.conn.execute("SELECT deflated FROM texts WHERE key = ?", [key]).fetchone()
    if row is None:
        raise KeyError(f"text {key.hex()} is missing from the store")
    return zlib.decompress(row[0]).decode("utf-8", "surrogatepass")
