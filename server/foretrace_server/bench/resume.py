"""Rows of a benchmark, one for each item, kept in a file so that a stopped run goes on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


class OtherRunError(ValueError):
    """The file has the rows of another run, or is none of these."""


class Rows:
    """The rows of one run, by item; with a file, each is on disk as soon as it is there."""

    def __init__(self, path: Path | None, run: dict[str, Any]) -> None:
        """Take over what a file has of this run; `run` is what all of its rows depend on.

        Raises:
            OSError: the file cannot be read or made.
            OtherRunError: its rows are of another run.
        """
        self._path = path
        self._rows: dict[str, dict[str, Any]] = {}
        if path is None:
            return
        kept = _kept_lines(path)
        if kept and kept[0] != run:
            raise OtherRunError(
                f"{path} is not of this run but of {json.dumps(kept[0])}; "
                "give the same options, or another file to --resume"
            )
        self._rows = {line["item"]: line["row"] for line in kept[1:]}
        # Written anew, so that a line that was cut short does not stand in the way.
        path.write_text("".join(json.dumps(line) + "\n" for line in kept or [run]))

    def get(self, item: str) -> dict[str, Any] | None:
        """Return the row of an item, None where there is none yet."""
        return self._rows.get(item)

    def of(self, group: str) -> list[dict[str, Any]]:
        """Return the rows of all items whose names begin with a group and a slash."""
        return [row for item, row in self._rows.items() if item.startswith(f"{group}/")]

    def add(self, item: str, row: dict[str, Any]) -> None:
        """Keep the row of an item."""
        self._rows[item] = row
        if self._path is not None:
            with self._path.open("a") as file:
                file.write(json.dumps({"item": item, "row": row}) + "\n")


def _kept_lines(path: Path) -> list[dict[str, Any]]:
    """Return the whole lines of a file: what the run is, then its rows."""
    lines: list[dict[str, Any]] = []
    for text in path.read_text().splitlines() if path.exists() else ():
        try:
            line = json.loads(text)
        except ValueError:
            break  # cut short when the run was stopped
        if not isinstance(line, dict) or (lines and not {"item", "row"} <= line.keys()):
            raise OtherRunError(f"{path} does not hold rows of a benchmark; name another file")
        lines.append(line)
    return lines
