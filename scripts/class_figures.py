"""Measures a class: many laptops record and send while much goes wrong; does all of it arrive?

Each laptop is a process with a data folder and a consent of its own. It types the work of real
people (`csedm2019_itap` and `editing_traces` of the data), records it as the language server does,
and sends it over loopback HTTP to a real `foretrace collect serve`. On the way requests come twice,
late, out of order, in part, or lose their answer; of all rounds of sending 5 % end by SIGKILL of
the laptop's process; the server is killed once, and for a tenth of the time its disk is full (as
root on Linux, where one can be mounted for it). At the end each session is compared, event by event
and text by text.

Run by hand on a quiet machine: ``.venv/bin/python -m scripts.class_figures --data DATA``. The
course lies on a disk, where Python puts temporary files (``TMPDIR``), for each segment must have
reached it. The laptops lie in memory where the system has such a folder: on one disk each would
wait for all others, and a real laptop has a disk of its own. 300 laptops take about 6 GB of memory.

Standard output is one JSON object; the table and the progress go to standard error. Exit code 1 if
anything is unequal, 2 if the data cannot be used.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from tests.laptops.figures import figures, table
from tests.laptops.lesson import Lesson, hold

_MEMORY = Path("/dev/shm")


def main() -> int:
    """Hold a lesson, and print what came of it."""
    parser = argparse.ArgumentParser(description="Measures a class of simulated laptops.")
    parser.add_argument("--data", type=Path, required=True, help="the folder of the data sets")
    parser.add_argument("--laptops", type=int, default=300, help="how many")
    parser.add_argument("--minutes", type=float, default=10.0, help="for how long")
    parser.add_argument("--seed", type=int, default=7, help="of what is left to chance")
    options = parser.parse_args()

    def tell(line: str) -> None:
        print(line, file=sys.stderr, flush=True)

    lesson = Lesson(options.laptops, options.minutes * 60)
    memory = _MEMORY if _MEMORY.is_dir() else None
    with (
        tempfile.TemporaryDirectory(prefix="foretrace-class-") as folder,
        tempfile.TemporaryDirectory(prefix="foretrace-laptops-", dir=memory) as homes,
    ):
        try:
            hold(lesson, Path(folder), Path(homes), options.data, options.seed, tell)
        except (OSError, ValueError) as error:
            parser.error(f"the class could not be held: {error}")
    found = figures(lesson)
    tell(table(found))
    print(json.dumps(found, indent=2))
    return 0 if found["is_equal"] else 1


if __name__ == "__main__":
    sys.exit(main())
