"""What of a development environment's log is a command of the person.

Visual Studio logs more than that: each move of the caret or of the text under it, and what mode the
debugger is in after a command has changed it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

# A rest after which what follows is as good as a new beginning, though not quite.
PAUSE_S = 300
_ECHO_PREFIX = "View.OnChange"
_MODE_ECHOES = {
    "Debug.Debug Run Mode",
    "Debug.Debug Break Mode",
    "Debug.Enter Design Mode",
    "Debug.DebugType",
}

TimedCommand = tuple[int, str]


def commands_of(messages: Iterable[TimedCommand]) -> Iterator[TimedCommand]:
    """Iterate over the commands among timed messages (seconds), each run of equal ones as one."""
    last = None
    for time_s, message in messages:
        is_echo = message.startswith(_ECHO_PREFIX) or message in _MODE_ECHOES
        if not is_echo and message != last:
            yield time_s, message
            last = message
