"""Sessions as commands find them: by name, and with a message where they cannot be read."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

from foretrace_server.commands.output import MissingError
from foretrace_telemetry.home import Home
from foretrace_telemetry.store import NoTracesError, Store, UnreadableEventError


@contextmanager
def reading(home: Home) -> Iterator[Store]:
    """Open the store for reading; a failure becomes a message."""
    with explaining(home), closing(Store.read(home)) as store:
        yield store


@contextmanager
def explaining(home: Home) -> Iterator[None]:
    """Turn a failure to read the store into a message."""
    try:
        yield
    except NoTracesError as error:
        raise MissingError(str(error)) from error
    except (OSError, sqlite3.Error, UnreadableEventError) as error:
        raise MissingError(f"{home.traces} cannot be read: {error}") from error


def name_of(session: str, store: Store) -> str:
    """Return the full name of a session given by its name, its beginning, or as "last".

    Raises:
        NoTracesError: there is none, or more than one.
    """
    names = store.names()
    if session == "last" and names:
        # The last of a person's own, if there is one; what was imported stands apart.
        return (store.own_names() or names)[-1]
    matching = [name for name in names if name.startswith(session)]
    if len(matching) != 1:
        problem = "several sessions begin" if matching else "no session's name begins"
        raise NoTracesError(f"{problem} with {session!r}; see `foretrace traces list`")
    return matching[0]
