"""Which lines of a program run: told by `sys.monitoring`, before Python 3.12 by `sys.settrace`."""

from __future__ import annotations

import contextlib
import sys
import types
from collections.abc import Iterator
from typing import Any

# One of the two numbers that Python leaves to anybody.
_TOOL = 4


if sys.version_info >= (3, 12):

    @contextlib.contextmanager
    def adding_lines(filename: str, lines: set[int]) -> Iterator[None]:
        """Add each line of a file that runs while the context lasts; heard of once, it is free."""
        monitoring = sys.monitoring

        def on_line(code: types.CodeType, line: int) -> Any:
            if code.co_filename == filename:
                lines.add(line)
            return monitoring.DISABLE

        monitoring.use_tool_id(_TOOL, "foretrace")
        monitoring.register_callback(_TOOL, monitoring.events.LINE, on_line)
        # What was heard of in an earlier run of the same code is wanted again.
        monitoring.restart_events()
        monitoring.set_events(_TOOL, monitoring.events.LINE)
        try:
            yield
        finally:
            monitoring.set_events(_TOOL, monitoring.events.NO_EVENTS)
            monitoring.register_callback(_TOOL, monitoring.events.LINE, None)
            monitoring.free_tool_id(_TOOL)

else:

    @contextlib.contextmanager
    def adding_lines(filename: str, lines: set[int]) -> Iterator[None]:
        """Add each line of a file that runs while the context lasts."""

        def trace(frame: types.FrameType, event: str, _argument: Any) -> Any:
            if frame.f_code.co_filename != filename:
                return None
            if event == "line":
                lines.add(frame.f_lineno)
            return trace

        sys.settrace(trace)
        try:
            yield
        finally:
            sys.settrace(None)
