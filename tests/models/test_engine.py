"""The engine: a process that answers each request, survives bad ones and can be told to stop."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import Any

from foretrace_models.engine import METHODS, Engine
from foretrace_models.repair.diagnosis import Situation, diagnosis_from_json, to_json


def _request(number: int, text: str, **situation: Any) -> dict[str, Any]:
    params = {"situation": to_json(Situation(text, **situation)), "seconds": 3.0}
    return {"id": number, "method": "diagnose", "params": params}


def _serve(*messages: dict[str, Any]) -> list[dict[str, Any]]:
    answers: list[dict[str, Any]] = []
    engine = Engine(answers.append)
    for message in messages:
        engine.receive(message)
    engine.close()
    engine.serve()
    return answers


def test_a_diagnosis_crosses_the_process_boundary_whole() -> None:
    (answer,) = _serve(_request(1, "if x\n    y()\n"))
    diagnosis = diagnosis_from_json(answer["result"])
    assert diagnosis.fix is not None
    assert diagnosis.fix.edits[0].new_text == ":"
    assert to_json(diagnosis) == answer["result"]


def test_a_bad_request_gets_an_error_and_the_next_an_answer() -> None:
    bad = {"id": 1, "method": "diagnose", "params": {"situation": {}}}
    unknown = {"id": 2, "method": "dance", "params": {}}
    answers = _serve(bad, unknown, _request(3, "x = 1\n"))
    assert [("error" in answer) for answer in answers] == [True, True, False]


def test_a_request_cancelled_before_its_turn_is_not_worked_off() -> None:
    answers = _serve({"method": "cancel", "id": 1}, _request(1, "x = 1\n"))
    assert answers == [{"id": 1, "error": "cancelled"}]


def test_the_methods_are_those_of_the_protocol() -> None:
    assert set(METHODS) == {"diagnose"}


def test_the_process_ends_with_its_input_even_in_the_middle_of_work() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "foretrace_models.engine"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdin is not None
    endless = _request(1, "while True: pass\n", may_run=True)
    process.stdin.write(json.dumps(endless).encode() + b"\n")
    process.stdin.flush()
    time.sleep(1)
    process.stdin.close()
    process.wait(timeout=5)
    assert process.stdout is not None
    process.stdout.close()
