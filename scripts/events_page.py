"""Writes what the documentation says of recorded events: a page, and the JSON schema beside it.

Usage: .venv/bin/python scripts/events_page.py
"""

from __future__ import annotations

import json
import textwrap
from pathlib import Path
from typing import Any

import attrs

from foretrace_telemetry.event_json import schema
from foretrace_telemetry.events import BODIES, Body
from foretrace_telemetry.observing import KNOWN

DOCS = Path(__file__).parents[1] / "docs"
_WIDTH = 100
_HEAD = """\
# Events

Every kind of event that Foretrace can record: what it says, how it comes to be known, and what it
is kept for. This page and the [JSON schema](events.schema.json) of events are made from the code,
by `scripts/events_page.py`. [Recording](recording.md) says when anything is recorded at all.

An event is *observed* where the editor tells it, *inferred* where Foretrace concludes it from what
the editor tells, and *not observable* where it can be neither; then it is not recorded, and nothing
is guessed in its place.

| Kind | VS Code | Any other editor |
| ---- | ------- | ---------------- |
"""


def main() -> None:
    """Write both files."""
    for name, text in files().items():
        (DOCS / name).write_text(text, encoding="utf-8")


def files() -> dict[str, str]:
    """Return the files by their names."""
    return {
        "events.md": _page(),
        "events.schema.json": json.dumps(schema(), indent=1) + "\n",
    }


def _page() -> str:
    rows = "".join(
        f"| [`{kind}`](#{kind}) | {KNOWN[body].vscode.value} | {KNOWN[body].lsp.value} |\n"
        for kind, body in BODIES.items()
    )
    return _HEAD + rows + "".join(_section(body) for body in BODIES.values())


def _section(body: type[Body]) -> str:
    known = KNOWN[body]
    what = " ".join((body.__doc__ or "").split())
    parts = [f"## `{body.kind}`", _filled(what), _filled(f"**Why it is kept.** {known.why}")]
    if known.how:
        parts.append(_filled(f"**How it is known.** {known.how}"))
    if fields := attrs.fields(body):
        types = schema()["$defs"][body.kind]["properties"]["data"]["properties"]
        rows = "".join(
            f"| `{field.name}` | {_words_of(types[field.name])} | "
            f"{'only with full content' if field.metadata.get('content') else 'always'} |\n"
            for field in fields
        )
        parts.append(f"| Field | Type | Kept |\n| ----- | ---- | ---- |\n{rows}".rstrip())
    return "\n" + "\n\n".join(parts) + "\n"


def _words_of(kind: dict[str, Any]) -> str:
    """Return the schema of a value in words."""
    if "anyOf" in kind:
        return " or ".join(map(_words_of, kind["anyOf"]))
    if "enum" in kind:
        return ", ".join(f"`{each}`" for each in kind["enum"])
    if "items" in kind:
        return f"array of {_words_of(kind['items'])}"
    return "its length" if "$ref" in kind else str(kind["type"])


def _filled(text: str) -> str:
    return textwrap.fill(text, _WIDTH, break_on_hyphens=False)


if __name__ == "__main__":
    main()
