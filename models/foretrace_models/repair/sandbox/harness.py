"""Runs one program, in a process of its own, and tells what came of it.

Only the standard library, and nothing that a check expects, is present in this process: it
returns what the program gave, as size-capped literals, and the caller compares.
"""

from __future__ import annotations

import builtins
import contextlib
import io
import signal
import sys
import time
import traceback
import types
from collections.abc import Callable, Iterator
from typing import Any

from foretrace_models.repair.sandbox.lines import adding_lines

MAX_LITERAL_CHARACTERS = 100_000
MAX_OUTPUT_CHARACTERS = 1_000_000
MAX_MESSAGE_CHARACTERS = 500
_MAX_DEPTH = 40
# How long a program that was told to end may still take over it.
_LAST_SECONDS = 0.1

# JSON objects. A program has `source`, `filename` and `prelude` (code that runs before it). A run
# has `stdin` and `as_main`, and either `call` (an expression evaluated after the program) or
# `examples` (statements run one after the other, each with its own output) or neither;
# `trace_lines` asks for the lines that ran, and `cpu_seconds` may be less than what the request
# allows. A result has `status` (`finished`, `returned`,
# `raised` or `timeout`), `stdout`, `seconds`, and where they apply `value` (a literal, or None
# where the value has none), `type`, `error`, `examples` and `lines`.
Program = dict[str, Any]
Run = dict[str, Any]
Result = dict[str, Any]


class OutputLimitError(Exception):
    """The program printed more than is looked at."""


class _OutOfTime(BaseException):
    """The program had all the time of the processor that it may have."""


class _CappedOutput(io.StringIO):
    def __init__(self) -> None:
        super().__init__()
        self._left = MAX_OUTPUT_CHARACTERS

    def write(self, text: str) -> int:
        self._left -= len(text)
        if self._left < 0:
            raise OutputLimitError(f"more than {MAX_OUTPUT_CHARACTERS} characters were printed")
        return super().write(text)


def execute(program: Program, run: Run, cpu_seconds: float) -> Result:
    """Run a program once, from its beginning, and return the outcome. Raises nothing.

    A program that goes on after `cpu_seconds`, or catches what then ends it, is ended with this
    process. Code compiled for one run is kept in the program, for the next.
    """
    output = _CappedOutput()
    sys.stdin = io.TextIOWrapper(io.BytesIO(run["stdin"].encode()), encoding="utf-8")
    sys.stdout = sys.stderr = output
    lines: set[int] = set()
    listening = run.get("trace_lines") and adding_lines(program["filename"], lines)
    result: Result = {"status": "finished"}
    started = time.process_time()
    try:
        with listening or contextlib.nullcontext(), _alarm(cpu_seconds):
            _execute(program, run, output, result)
    except _OutOfTime as end:
        result["status"] = "timeout"
        result["error"] = _describe(end, program["filename"])
    except BaseException as error:
        result["status"] = "raised"
        result["error"] = _describe(error, program["filename"])
    result["seconds"] = time.process_time() - started
    result["stdout"] = output.getvalue()
    result["lines"] = sorted(lines)
    return result


@contextlib.contextmanager
def _alarm(cpu_seconds: float) -> Iterator[None]:
    def end(*_: object) -> None:
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
        raise _OutOfTime

    signal.signal(signal.SIGPROF, end)
    signal.setitimer(signal.ITIMER_PROF, cpu_seconds, _LAST_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _execute(program: Program, run: Run, output: io.StringIO, result: Result) -> None:
    name = "__main__" if run["as_main"] else "program"
    module = types.ModuleType(name)
    module.__file__ = program["filename"]
    sys.modules[name] = module
    namespace = module.__dict__
    namespace["__builtins__"] = builtins
    if "code" not in program:
        program["code"] = [
            compile(program["prelude"], "<prelude>", "exec"),
            compile(program["source"], program["filename"], "exec"),
        ]
    prelude, code = program["code"]
    exec(prelude, namespace)  # noqa: S102
    try:
        exec(code, namespace)  # noqa: S102
    except SystemExit as stop:
        if stop.code not in (None, 0):
            raise
    if run.get("call"):
        value = eval(compile(run["call"], "<check>", "eval"), namespace)  # noqa: S307
        result["status"] = "returned"
        result["type"] = type(value).__name__
        result["value"] = to_literal(value)
    for example in run.get("examples", ()):
        result.setdefault("examples", []).append(_execute_example(example, namespace, output))


def _execute_example(source: str, namespace: dict[str, Any], output: io.StringIO) -> Result:
    output.seek(0)
    output.truncate()
    shown: Result = {}
    try:
        exec(compile(source, "<example>", "single"), namespace)  # noqa: S102
    except Exception as error:
        shown["raised"] = traceback.format_exception_only(error)[-1][:MAX_MESSAGE_CHARACTERS]
    shown["output"] = output.getvalue()
    return shown


def _describe(error: BaseException, filename: str) -> Result:
    """Return an exception as type, message, and the program's own frames, outermost first."""
    frames = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        if code.co_filename == filename:
            frames.append([trace.tb_lineno or code.co_firstlineno, code.co_name])
        trace = trace.tb_next
    try:
        message = str(error)
    except Exception:
        message = ""
    return {
        "type": type(error).__name__,
        "message": message[:MAX_MESSAGE_CHARACTERS],
        "errno": error.errno if isinstance(error, OSError) else None,
        "frames": frames if len(frames) < 20 else frames[:5] + frames[-10:],
    }


def to_literal(value: object) -> str | None:
    """Return the source text of a literal that equals `value` in type, or None if there is none.

    Only the built-in types themselves count: a subclass may print whatever it likes.
    """
    parts: list[str] = []
    budget = [MAX_LITERAL_CHARACTERS]
    return "".join(parts) if _write_literal(value, parts.append, budget, _MAX_DEPTH) else None


def _write_literal(
    value: object, write: Callable[[str], object], budget: list[int], depth: int
) -> bool:
    if depth == 0 or budget[0] < 0:
        return False
    if value is None or type(value) in (bool, int, float, complex, str, bytes):
        try:
            text = repr(value)
        except ValueError:  # an integer of thousands of digits
            return False
        if isinstance(value, (float, complex)):
            if "nan" in text:
                return False
            text = text.replace("inf", "1e999")
        budget[0] -= len(text)
        write(text)
        return budget[0] >= 0
    if isinstance(value, dict) and type(value) is dict:
        write("{")
        for key, item in value.items():
            if not _write_literal(key, write, budget, depth - 1):
                return False
            write(": ")
            if not _write_literal(item, write, budget, depth - 1):
                return False
            write(", ")
        write("}")
        return True
    if type(value) is set and not value:
        write("set()")
        return True
    if isinstance(value, (list, tuple, set)):
        brackets = {list: "[]", tuple: "()", set: "{}"}.get(type(value))
        if brackets is None:
            return False
        write(brackets[0])
        for item in value:
            if not _write_literal(item, write, budget, depth - 1):
                return False
            write(",")
        write(brackets[1])
        return True
    return False
