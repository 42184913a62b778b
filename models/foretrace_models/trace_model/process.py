"""The process that trains, measures and asks trace models for a command; it has torch.

Run as ``python -m foretrace_models.trace_model.process TASK`` with a JSON object on standard input.
The answers are such objects on standard output, one a line: ``{"row"}`` for each row that is done,
at last ``{"result"}``, or ``{"error"}`` with a message for people.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

import cattrs

from foretrace_models.trace_model.introducing import Introduction, introduce
from foretrace_models.trace_model.knowing import Meeting, know
from foretrace_models.trace_model.learning import learn
from foretrace_models.trace_model.learning_coders import learn_coders
from foretrace_models.trace_model.lesson import CoderLesson, Lesson
from foretrace_models.trace_model.measuring import Measurement, measure
from foretrace_models.trace_model.probing import Probing, probe
from foretrace_models.trace_model.recovering import Recovery, recover


def _told(line: str) -> None:
    print(line, file=sys.stderr, flush=True)  # noqa: T201 - it is for whoever waits


def _give(row: dict[str, Any]) -> None:
    print(json.dumps({"row": row}), flush=True)  # noqa: T201 - whoever called reads it


_TASKS: dict[str, Callable[[Any], Any]] = {
    "introduce": lambda request: introduce(cattrs.structure(request, Introduction), _told),
    "learn": lambda request: learn(cattrs.structure(request, Lesson), _told),
    "learn-coders": lambda request: learn_coders(cattrs.structure(request, CoderLesson), _told),
    "measure": lambda request: measure(cattrs.structure(request, Measurement), _give, _told),
    "probe": lambda request: probe(cattrs.structure(request, Probing), _told),
    "recover": lambda request: recover(cattrs.structure(request, Recovery), _give, _told),
    "vector": lambda request: know(cattrs.structure(request, Meeting)),
}


def main() -> None:
    """Do the task that the command line names."""
    request = json.load(sys.stdin)
    try:
        answer = {"result": _TASKS[sys.argv[1]](request)}
    except (OSError, ValueError) as error:
        answer = {"error": str(error)}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
