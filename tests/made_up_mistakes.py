"""A made-up log of students who all make the same mistake in each problem, and mend it."""

from __future__ import annotations

from pathlib import Path

from tests.itap_log import write_exercises, write_log

NEW = ("ada", "ben")
KNOWN = ("cai", "dua", "eva", "fay", "gil")
_PROBLEMS = ("total", "tally")
BROKEN = {name: f"def {name}(a, b):\n    return a - b\n" for name in _PROBLEMS}
MENDED = {name: f"def {name}(a, b):\n    return a + b\n" for name in _PROBLEMS}


def write_mistakes(folder: Path) -> Path:
    """Write the log and the tests of its problems."""
    write_exercises(
        folder, {name: [(f"{name}(1, 2)", "3"), (f"{name}(2, 0)", "2")] for name in _PROBLEMS}
    )
    return write_log(
        folder,
        ((who, name, (BROKEN[name], MENDED[name])) for who in (*NEW, *KNOWN) for name in _PROBLEMS),
        lambda code: 1.0 if code in MENDED.values() else 0.5,
    )
