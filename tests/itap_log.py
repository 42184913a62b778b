"""A made-up log of the ITAP tutor, for tests that learn from traces."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Sequence
from pathlib import Path


def write_log(folder: Path, traces: Iterable[tuple[str, str, Sequence[str]]]) -> Path:
    """Write traces, each a student, a problem and its states, in the order of their begin."""
    order = 0
    with gzip.open(folder / "sequences.jsonl.gz", "wt", encoding="utf-8") as file:
        for student, problem, states in traces:
            for code in states:
                order += 1
                row = {
                    "student": student,
                    "problem": problem,
                    "order": order,
                    "time": f"2020-02-02T{order // 60:02}:{order % 60:02}:00",
                    "event": "Submit",
                    "label": "FALSE",
                    "oracle_pass": 0.0,
                    "code": code,
                }
                file.write(json.dumps(row) + "\n")
    return folder
