"""What commands that send share: patience, and a message for each failure."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from foretrace_server.commands.output import MissingError
from foretrace_telemetry.machine_policy import read_machine_policy
from foretrace_telemetry.sending.courses import CoursesUnreadableError
from foretrace_telemetry.sending.pushing import BusyError
from foretrace_telemetry.store import UnreadableEventError

# An editor that is sending just now is waited for.
PATIENCE_SECONDS = 20.0


def check_may_send() -> None:
    """Refuse where nothing may be sent from this machine.

    Raises:
        MissingError: its policy forbids it.
    """
    if (forbidden := read_machine_policy().sending_words) is not None:
        raise MissingError(forbidden)


@contextmanager
def pushing() -> Iterator[None]:
    """Turn a failure to send at all into a message."""
    try:
        yield
    except BusyError as error:
        raise MissingError(f"{error}; try again in a moment") from error
    except (CoursesUnreadableError, UnreadableEventError) as error:
        raise MissingError(str(error)) from error
    except (OSError, sqlite3.Error) as error:
        raise MissingError(f"what waits to be sent cannot be read: {error}") from error
