"""Processes of the sandbox that are started before anybody needs them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.processes import descendants, have_ended

from foretrace_models.repair.sandbox import spares
from foretrace_models.repair.sandbox.harness import Program
from foretrace_models.repair.sandbox.runner import Limits, Sandbox

LIMITS = Limits(1.0, 5.0)


@pytest.fixture(autouse=True)
def _none_spare() -> Iterator[None]:
    spares.end()
    yield
    spares.end()


def _works(sandbox: Sandbox) -> bool:
    program: Program = {"source": "x = 1\n", "filename": "/x.py", "prelude": ""}
    ((result,),) = sandbox.run([program], [{"stdin": "", "as_main": True}], LIMITS)
    return bool(result["status"] == "finished")


def test_a_sandbox_takes_what_is_spare(tmp_path: Path) -> None:
    spares.leave()
    left = descendants(os.getpid())
    assert left
    with Sandbox(tmp_path, unbounded=True) as sandbox:
        assert left <= descendants(os.getpid())
        assert _works(sandbox)


def test_a_spare_process_that_is_gone_costs_no_answer(tmp_path: Path) -> None:
    spares.leave()
    left = descendants(os.getpid())
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    assert have_ended(left)
    with Sandbox(tmp_path, unbounded=True) as sandbox:
        assert _works(sandbox)
    assert have_ended(left)


def test_spare_processes_end_with_the_one_that_started_them() -> None:
    program = """
import os, pathlib
from foretrace_models.repair.sandbox import spares
from foretrace_models.repair.sandbox.harness import Program
from foretrace_models.repair.sandbox.runner import Sandbox
spares.leave()
print(*(spare._process.pid for spare in spares._spares), flush=True)
os.kill(os.getpid(), 9)
"""
    answer = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    pids = {int(pid) for pid in answer.stdout.split()}
    assert pids
    assert have_ended(pids)
