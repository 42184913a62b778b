"""Recordings of real editing, replayed through the server: what it stores gives their texts back.

The texts to expect come from the recordings themselves or from `tests.reference`, which shares no
code with the recorder.
"""

from __future__ import annotations

import gzip
import itertools
import json
import time
from collections.abc import Collection
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from tests.command import foretrace_json
from tests.reference import ReferenceText, place_of, text_of, units_of
from tests.stored import recorded, replayed
from tests.wire import Wire

from foretrace_telemetry.events import Saved
from foretrace_telemetry.home import Home
from foretrace_telemetry.replay import Replay, replay
from foretrace_telemetry.store import NoTracesError

ENCODINGS = ("utf-8", "utf-16", "utf-32")


def assert_exact(result: Replay, texts: dict[str, str], edits: int) -> None:
    """Check that replay gave these texts, from so many edits and nothing else."""
    assert result.problems == []
    assert result.resyncs == 0
    assert result.edits == edits
    assert result.saves_checked == len(texts)
    assert {uri: _canonical(text) for uri, text in result.texts.items()} == texts


def _canonical(text: str | None) -> str | None:
    """Put the halves of a character together that came one by one."""
    return text_of(units_of(text)) if text is not None else None


def _trace(folder: Path, name: str) -> dict[str, Any]:
    path = folder / "editing_traces" / "sequential_traces" / f"{name}.json.gz"
    if not path.exists():
        pytest.skip(f"{path} is missing")
    return dict(json.loads(gzip.decompress(path.read_bytes())))


@pytest.mark.parametrize(
    ("name", "encoding"), [("json-crdt-patch", "utf-8"), ("sveltecomponent", "utf-16")]
)
def test_an_editing_trace_ends_in_its_recorded_text(
    data: Path, consented: Home, tmp_path: Path, name: str, encoding: str
) -> None:
    trace = _trace(data, name)
    uri = (tmp_path / name).as_uri()
    text = trace["startContent"]
    edits = 0
    with Wire(consented) as server:
        server.begin(encoding)
        server.open(uri, text)
        for version, transaction in enumerate(trace["txns"], 1):
            changes = []
            for offset, length, inserted in transaction["patches"]:
                places = {
                    "start": place_of(text, offset, encoding),
                    "end": place_of(text, offset + length, encoding),
                }
                changes.append({"range": places, "text": inserted})
                text = text[:offset] + inserted + text[offset + length :]
            edits += len(changes)
            server.change(uri, version, *changes)
        server.save(uri, trace["endContent"])
        server.close(uri)
        assert server.status()["recording"]["lost"] == 0
        assert server.end() == 0
    assert_exact(replayed(consented), {uri: trace["endContent"]}, edits)

    answer = foretrace_json(consented, "traces", "replay", "--check")
    assert (answer["exact"], answer["edits"], answer["resyncs"]) == (True, edits, 0)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_recordings_of_vs_code_end_in_what_the_reference_gives(
    data: Path, consented: Home, tmp_path: Path, encoding: str
) -> None:
    files = sorted((data / "vscode_edit_recordings").rglob("*.w.json"))
    logs = [json.loads(file.read_text(encoding="utf-8")).get("log") for file in files]
    texts: dict[str, ReferenceText] = {}
    versions: dict[str, int] = {}
    edits = 0
    with Wire(consented) as server:
        server.begin(encoding)
        for number, entry in ((n, entry) for n, log in enumerate(logs) for entry in log or ()):
            uri = (tmp_path / f"{number}-{entry.get('id')}").as_uri()
            if entry["kind"] == "setContent":
                assert uri not in texts
                texts[uri] = ReferenceText(entry["content"], encoding)
                server.open(uri, entry["content"])
            elif entry["kind"] == "changed":
                # Places are in the text before all of them: the last one first keeps them right,
                # and is what VS Code sends.
                replacements = sorted(entry["edit"], reverse=True)
                changes = [texts[uri].replace(*replacement) for replacement in replacements]
                edits += len(changes)
                versions[uri] = versions.get(uri, 0) + 1
                server.change(uri, versions[uri], *changes)
        for uri, text in texts.items():
            server.save(uri, text.text)
        assert server.end() == 0
    assert edits > 100
    assert_exact(replayed(consented), {uri: text.text for uri, text in texts.items()}, edits)


# Line ends of every kind, what only `str.splitlines` takes for one, and characters of one to four
# bytes; halves of characters only where the client counts in them, as no other can have any.
_CHARACTERS = [
    "a",
    "(",
    " ",
    "\n",
    "\r",
    "\r\n",
    "\f",
    "\u2028",
    "\x85",
    "\0",
    "é",
    "漢",
    "😀",
    "🎈",
]
_HALVES = ["\ud83d", "\ude00"]


def _texts(encoding: str) -> st.SearchStrategy[str]:
    characters = _CHARACTERS + (_HALVES if encoding == "utf-16" else [])
    return st.lists(st.sampled_from(characters), max_size=6).map("".join).map(_joined)


def _joined(text: str) -> str:
    return text_of(units_of(text))


# A text to open, and messages of changes: from where to where, as parts of the text, and what.
Script = tuple[str, list[list[tuple[float, float, str]]]]


def _scripts(encoding: str) -> st.SearchStrategy[Script]:
    change = st.tuples(st.floats(0, 1), st.floats(0, 1), _texts(encoding))
    messages = st.lists(st.lists(change, min_size=1, max_size=3), min_size=1, max_size=8)
    return st.tuples(_texts(encoding), messages)


def _cut(text: ReferenceText, fraction: float, encoding: str) -> int:
    """Return a place for a cut where an editor can make one."""
    index = round(fraction * len(text.units))
    around = text.units[max(index - 1, 0) : index + 1]
    if around == [13, 10]:
        return index - 1
    if encoding != "utf-16" and len(text_of(around)) < len(around):
        return index - 1
    return index


def _saved(home: Home, uris: Collection[str]) -> Replay:
    """Wait until these documents' saves are stored; return what replaying their events gives."""
    deadline = time.monotonic() + 30
    while True:
        try:
            events = [each for each in recorded(home) if each.event.uri in uris]
        except (NoTracesError, ValueError):
            events = []
        if sum(isinstance(each.event.body, Saved) for each in events) == len(uris):
            numbered = (evolve(each, sequence=n) for n, each in enumerate(events, 1))
            return replay(numbered, home.key())
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_any_changes_of_any_text_replay_to_it(
    consented: Home, tmp_path: Path, encoding: str
) -> None:
    names = (tmp_path / f"{number}.txt" for number in itertools.count())
    with Wire(consented) as server:
        server.begin(encoding)

        # Looking for the smallest script that fails would take minutes, so that is left out.
        @given(st.lists(_scripts(encoding), min_size=5, max_size=20))
        @settings(max_examples=12, phases=[Phase.generate])
        def check(scripts: list[Script]) -> None:
            texts = {}
            edits = 0
            for (start, messages), name in zip(scripts, names, strict=False):
                uri = name.as_uri()
                server.open(uri, start)
                text = ReferenceText(start, encoding)
                for version, message in enumerate(messages, 1):
                    changes = []
                    for one, other, inserted in message:
                        first, last = sorted(_cut(text, place, encoding) for place in (one, other))
                        changes.append(text.replace(first, last, inserted))
                    edits += len(changes)
                    server.change(uri, version, *changes)
                server.save(uri, text.text)
                texts[uri] = text.text
            assert_exact(_saved(consented, texts), texts, edits)

        check()
        assert server.end() == 0
