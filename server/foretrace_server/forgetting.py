"""Forgetting: what a person wants erased from within their editor."""

from __future__ import annotations

import sqlite3
import time
from typing import Any

from attrs import asdict
from pygls.exceptions import JsonRpcInternalError, JsonRpcInvalidParams

from foretrace_telemetry.erase import Receipt, Selection, forget, preview
from foretrace_telemetry.home import Home
from foretrace_telemetry.privacy import path_of
from foretrace_telemetry.store import NoTracesError
from foretrace_telemetry.writer import Writer

_MINUTE_US = 60_000_000


def forgetting(what: Any, writer: Writer) -> dict[str, Any]:
    """Forget one of `uri`, `minutes`, `session` and `all`; with `preview` only tell what would go.

    What waits to be written is written first, so that it can be forgotten.

    Raises:
        JsonRpcInvalidParams: it does not say what to forget.
        JsonRpcInternalError: it cannot be done.
    """
    if not isinstance(what, dict):
        raise JsonRpcInvalidParams("what to forget must be an object")
    writer.flush()
    selection, home = _selection(what, writer.status.session), Home.default()
    try:
        receipt: Receipt = (preview if what.get("preview") is True else forget)(home, selection)
    except NoTracesError as error:
        raise JsonRpcInvalidParams(str(error)) from error
    except (OSError, sqlite3.Error) as error:
        raise JsonRpcInternalError(f"nothing was forgotten: {error}") from error
    return asdict(receipt)


def _selection(what: dict[str, Any], session: str) -> Selection:
    match {key: value for key, value in what.items() if key != "preview"}:
        case {"uri": str(uri), **others} if not others and (path := path_of(uri)) is not None:
            return Selection(path=path)
        case {"minutes": int(minutes), **others} if not others and minutes > 0:
            return Selection(since_wall_us=time.time_ns() // 1000 - minutes * _MINUTE_US)
        case {"session": True, **others} if not others:
            return Selection(sessions=frozenset({session}))
        case {"all": True, **others} if not others:
            return Selection()
    raise JsonRpcInvalidParams(
        'name one of "uri" (of a file), "minutes" (a whole number), "session": true and "all": true'
    )
