"""Versions: what names one names the same everywhere."""

from __future__ import annotations

import json
import re

from foretrace_server import __version__
from foretrace_telemetry.event_json import schema
from foretrace_telemetry.events import SCHEMA_VERSION
from tests.pages import DOCS, ROOT


def _json(path: str) -> dict[str, object]:
    read = json.loads((ROOT / path).read_text(encoding="utf-8"))
    assert isinstance(read, dict)
    return read


def test_server_and_extension_have_one_version() -> None:
    assert _json("client-vscode/package.json")["version"] == __version__
    lock = _json("client-vscode/package-lock.json")
    assert isinstance(lock["packages"], dict)
    assert lock["version"] == lock["packages"][""]["version"] == __version__


def test_the_newest_entry_of_the_changelog_is_the_version_or_what_will_be_it() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest, *older = re.findall(r"^## \[(.+?)\]", text, re.MULTILINE)
    assert newest == __version__ or (newest == "Unreleased" and older[:1] in ([], [__version__]))


def test_the_readme_tells_the_version() -> None:
    (told,) = re.findall(r"^Version (\d+\.\d+),", (ROOT / "README.md").read_text("utf-8"), re.M)
    assert told == __version__.rpartition(".")[0]


def test_the_page_about_the_protocol_tells_the_version() -> None:
    text = (DOCS / "protocol.md").read_text(encoding="utf-8")
    assert f'  "version": "{__version__}",\n  "recording"' in text


def test_the_schema_of_events_tells_the_version_of_events() -> None:
    assert _json("docs/events.schema.json") == schema()
    assert str(schema()["title"]).endswith(f", version {SCHEMA_VERSION}")
