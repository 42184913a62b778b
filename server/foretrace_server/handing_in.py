"""Handing in from an editor: all of a person's own sessions, in a bundle, where they want it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from pygls.exceptions import JsonRpcInternalError, JsonRpcInvalidParams

from foretrace_server import __version__
from foretrace_telemetry.exchange.exporting import (
    Format,
    NotCoveredError,
    TargetExistsError,
    export,
)
from foretrace_telemetry.home import Home
from foretrace_telemetry.store import NoTracesError, Store, UnreadableEventError


def export_bundle(path: Any) -> dict[str, Any]:
    """Write a bundle with what was recorded here, and return how much that is and how whole.

    Raises:
        JsonRpcInvalidParams: the path is no full one, something is there, nothing was recorded, or
            consent does not cover handing it in.
        JsonRpcInternalError: it cannot be read or written.
    """
    if not isinstance(path, str) or not Path(path).is_absolute():
        raise JsonRpcInvalidParams("the path of a bundle must be a full one")
    home = Home.default()
    try:
        with closing(Store.read(home)) as store:
            own = store.own_names()
        report = export(home, Format.BUNDLE, Path(path), own, __version__)
    except (NoTracesError, NotCoveredError, TargetExistsError) as error:
        raise JsonRpcInvalidParams(str(error)) from error
    except (OSError, sqlite3.Error, UnreadableEventError) as error:
        raise JsonRpcInternalError(f"the bundle cannot be written: {error}") from error
    found = report.to_json()
    return {
        "path": path,
        "sessions": len(report.sessions),
        "events": found["events"],
        "exact": report.exact,
    }
