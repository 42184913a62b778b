"""An editor into which keys are entered, and the search for what is left of them."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from pathlib import Path

from foretrace_telemetry.events import Edited, Opened
from foretrace_telemetry.gate import Gate
from foretrace_telemetry.home import Home
from foretrace_telemetry.recorder import Change, Recorder
from foretrace_telemetry.scrub import Kept, Scrubber
from foretrace_telemetry.store import SessionInfo
from foretrace_telemetry.writer import Writer
from tests.command import foretrace
from tests.forensics import found_in
from tests.made_up_keys import KINDS, Key
from tests.stored import recorded

WAYS = ("typed", "typed with corrections", "pasted", "pasted in halves", "opened with it")
_HEAD = "import os\n"


class Editor:
    """Edits documents, each by one place after which it goes on."""

    def __init__(self, home: Home) -> None:
        self.lost: list[str] = []
        self.gate = Gate(home)
        self.writer = Writer(home, self.gate, SessionInfo("s", 0, "0"), self.lost.append)
        self.recorder = Recorder(self.gate, self.writer.put, lambda _: None, home.key)
        self._versions: dict[str, int] = {}

    def open(self, uri: str, text: str) -> None:
        self._versions[uri] = 1
        self.recorder.opened(uri, 1, "python", text)

    def edit(self, uri: str, offset: int, removed: int, inserted: str) -> None:
        document = self.recorder[uri].document
        start, end = document.position_at(offset), document.position_at(offset + removed)
        self._versions[uri] += 1
        self.recorder.changed(uri, self._versions[uri], [Change(inserted, start, end)])

    def enter(self, uri: str, key: Key, way: str) -> None:
        """Write a key into a new document, in one of the ways in which people do."""
        chance = random.Random(key.text)
        at, half = len(_HEAD + key.before), len(key.text) // 2
        inside = key.text if way == "opened with it" else ""
        self.open(uri, f"{_HEAD}{key.before}{inside}{key.after}\nprint(os.name)\n")
        if way == "pasted":
            self.edit(uri, at, 0, key.text)
        elif way == "pasted in halves":
            self.edit(uri, at, 0, key.text[half:])
            self.writer.flush()
            self.edit(uri, at, 0, key.text[:half])
        elif not inside:
            for number, character in enumerate(key.text):
                if way == "typed with corrections" and chance.random() < 0.1:
                    self.edit(uri, at + number, 0, "~")
                    self.edit(uri, at + number, 1, "")
                self.edit(uri, at + number, 0, character)
                if number in (half // 2, half, half + half // 2):
                    self.recorder.saved(uri, None)
                    self.writer.flush()
        self.recorder.saved(uri, None)


def states(home: Home) -> Iterator[str]:
    """Iterate over the text of each document as it was after each of its events."""
    texts: dict[str, str] = {}
    for each in recorded(home):
        body, uri = each.event.body, each.event.uri or ""
        if isinstance(body, Opened) and isinstance(body.text, str):
            texts[uri] = body.text
        elif isinstance(body, Edited):
            assert isinstance(body.removed, str)
            assert isinstance(body.inserted, str)
            end = body.offset + len(body.removed)
            texts[uri] = texts[uri][: body.offset] + body.inserted + texts[uri][end:]
        else:
            continue
        yield texts[uri]


def survivors(home: Home, keys: Iterable[Key]) -> dict[str, int]:
    """Return how many keys can still be had, by kind: from a text, or from any byte."""
    parts = {part: key for key in keys for part in key.parts}
    told = set(states(home))
    found = {part for part in parts for state in told if part in state}
    found |= found_in(home.path, parts)
    for command in ("show", "replay"):
        printed = foretrace(home, "traces", command, "--json").stdout
        found |= {part for part in parts if part in printed}
    kinds = [kind for kind in KINDS if any(parts[part].kind == kind for part in found)]
    return {
        kind: len({parts[part].text for part in found if parts[part].kind == kind})
        for kind in kinds
    }


def enter_all(editor: Editor, folder: Path, keys: Iterable[Key]) -> None:
    for number, key in enumerate(keys):
        uri = (folder / f"{number}.py").as_uri()
        editor.enter(uri, key, WAYS[number % len(WAYS)])
        editor.recorder.closed(uri)
    assert editor.writer.flush(60)


class BlindScrubber(Scrubber):
    """Lets everything pass."""

    def scrub(self, waiting: list[Kept], new: Iterable[Kept]) -> None:
        waiting += new
