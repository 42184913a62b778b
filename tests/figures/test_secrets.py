"""Figures of secrets: how many of 500 keys are left anywhere, and what innocent text goes."""

from __future__ import annotations

import gzip
import json
import time
from collections import Counter
from pathlib import Path

import pytest

from foretrace_telemetry import scrubbing
from foretrace_telemetry.home import Home
from foretrace_telemetry.secrets import find_secrets
from tests.key_entering import BlindScrubber, Editor, enter_all, survivors
from tests.made_up_keys import KINDS, make_keys
from tests.stored import replayed

pytestmark = pytest.mark.figures

_KEYS = 500
_SEED = 5


def test_500_keys(consented: Home, tmp_path: Path) -> None:
    keys = make_keys(_KEYS, _SEED)
    editor = Editor(consented)
    started = time.perf_counter()
    enter_all(editor, tmp_path, keys)
    seconds = time.perf_counter() - started
    at_work = survivors(consented, keys)
    editor.writer.close()
    left = survivors(consented, keys)
    replay = replayed(consented)
    print(f"\n{_KEYS} keys of {len(KINDS)} kinds, {replay.edits:,} edits in {seconds:.0f} s")
    print(f"survivors while the writer works: {at_work or 'none'}; after it: {left or 'none'}")
    print(f"replay: {replay.saves_checked} saves checked, problems {replay.problems or 'none'}")
    assert replay.exact
    assert sum(left.values()) <= _KEYS / 100


def test_500_keys_without_scrubbing(
    consented: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scrubbing, "Scrubber", BlindScrubber)
    keys = make_keys(_KEYS, _SEED)
    editor = Editor(consented)
    enter_all(editor, tmp_path, keys)
    left = survivors(consented, keys)
    editor.writer.close()
    print(f"\nof {_KEYS} keys that were not scrubbed {sum(left.values())} are found")
    assert left == Counter(key.kind for key in keys)


def test_innocent_text(data: Path) -> None:
    texts = [
        (path.name, path.read_text(encoding="utf-8"))
        for path in (data / "exercism_python").rglob("*.py")
    ]
    with gzip.open(data / "exercism_git_histories" / "versions.jsonl.gz", "rt") as lines:
        texts += [("solution.py", json.loads(line)["code"]) for line in lines]
    find_secrets("password = 'x'", "a.py")  # the plugins are loaded by then
    started = time.perf_counter()
    found = Counter(
        (secret.kind, text[secret.start : secret.end])
        for name, text in texts
        for secret in find_secrets(text, name)
    )
    seconds = time.perf_counter() - started
    lines_read = sum(text.count("\n") for _, text in texts)
    print(
        f"\n{len(texts)} programs, {lines_read:,} lines, {seconds / lines_read * 1e6:.1f} µs a line"
    )
    print(f"innocent strings scrubbed: {sum(found.values())}: {dict(found)}")
