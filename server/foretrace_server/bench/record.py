"""How fast real editing is recorded, how small, and whether replay gives it back to the character.

Each history is told to the server's own handlers, as fast as they take it, and read back from the
database. Then it goes over the line to the server's process and to one of bare pygls, by turns.
"""

from __future__ import annotations

import asyncio
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from attrs import frozen
from lsprotocol import types

from foretrace_server.app import ForetraceServer
from foretrace_server.bench.histories import History, Message, Source, chosen, find, load
from foretrace_server.bench.line import Line, packed
from foretrace_server.bench.resume import Rows
from foretrace_server.recording import Recording
from foretrace_telemetry.consent import Content, Scope, grant
from foretrace_telemetry.home import Home
from foretrace_telemetry.replay import Replay, replay
from foretrace_telemetry.store import SYNCHRONOUS, Store
from foretrace_telemetry.text import PositionEncoding, canonical_bytes

_MESSAGES_BETWEEN_TURNS = 50
_FLUSH_SECONDS = 600.0
_TURNS = 3
_DRAWS = 1000

Tell = Callable[[str], None]


@frozen
class Run:
    """What to measure. `limit` is the most edits, over all histories; `resume` keeps the rows."""

    data: Path
    limit: int | None
    seed: int
    resume: Path | None


@frozen
class Measured:
    """What telling one history to the handlers took, and the database that it led to."""

    seconds: float
    cpu_seconds: float
    handler_us: list[float]
    database_bytes: int
    replay: Replay
    lost: int


def measure(run: Run, tell: Tell) -> dict[str, Any]:
    """Return all figures as a JSON object.

    Raises:
        NoHistoriesError: there is nothing to measure.
        OtherRunError: the rows of the resumed file are of another run.
        ValueError: a history is not what its file's name says.
        OSError: a file cannot be read.
        LineError: a server ended.
    """
    sources, others = find(run.data)
    dataset = ", ".join(sorted({source.dataset for source in sources}))
    rows = Rows(
        run.resume, {"bench": "record", "dataset": dataset, "limit": run.limit, "seed": run.seed}
    )
    asyncio.run(_record(_warm_up()))
    traces: list[dict[str, Any]] = []
    handler_us: list[float] = []
    left = run.limit
    with tempfile.TemporaryDirectory() as folder:
        for source in chosen(sources, run.limit, run.seed):
            if left == 0:
                break
            item = str(source.path.relative_to(run.data))
            row = rows.get(item)
            if row is None:
                tell(source.name)
                row = _row(source, load(source, Path(folder).as_uri(), left))
                rows.add(item, row)
            traces.append({key: value for key, value in row.items() if key != "handler_us"})
            handler_us += row["handler_us"]
            left = left and left - row["edits"]
    return {
        "dataset": dataset,
        "n": len(traces),
        "seed": run.seed,
        "synchronous": SYNCHRONOUS,
        **_summary(traces, handler_us, run.seed),
        "skipped": [str(path.relative_to(run.data)) for path in others],
        "traces": traces,
    }


def _row(source: Source, history: History) -> dict[str, Any]:
    measured = asyncio.run(_record(history))
    with _servers() as servers:
        ours, bare = _by_turns(history, servers)
    found = measured.replay
    return {
        "name": source.name,
        "dataset": source.dataset,
        "edits": history.edits,
        "saves": history.saves,
        "seconds": measured.seconds,
        "cpu_seconds": measured.cpu_seconds,
        "edits_per_second": history.edits / measured.seconds,
        "handler_p50_us": _percentile(measured.handler_us, 50),
        "handler_p99_us": _percentile(measured.handler_us, 99),
        "handler_max_us": max(measured.handler_us, default=0.0),
        "bytes": measured.database_bytes,
        "bytes_per_edit": measured.database_bytes / max(1, history.edits),
        "server_seconds": ours,
        "bare_pygls_seconds": bare,
        "bare_pygls_ratio": ours / bare,
        "replay_exact": measured.lost == 0 and _is_exact(history, found),
        "problems": found.problems[:5],
        "resyncs": found.resyncs,
        "lost": measured.lost,
        "handler_us": [round(us, 1) for us in measured.handler_us],
    }


def _is_exact(history: History, found: Replay) -> bool:
    """Return whether replay gave every text, met every saved one, and nothing was guessed."""
    texts = {uri: canonical_bytes(text or "") for uri, text in found.texts.items()}
    return (
        found.exact
        and found.resyncs == 0
        and found.edits == history.edits
        and found.saves_checked == history.saves
        and texts == {uri: canonical_bytes(text) for uri, text in history.texts.items()}
    )


def _warm_up() -> History:
    """Return a little editing, after which everything is imported that the next needs."""
    uri = "file:///warm-up.txt"
    place = types.Position(0, 0)
    identifier = types.VersionedTextDocumentIdentifier(1, uri)
    change = types.TextDocumentContentChangePartial(types.Range(place, place), "x = 1")
    item = types.TextDocumentItem(uri, "plaintext", 0, "")
    opened = types.DidOpenTextDocumentParams(item)
    changed = types.DidChangeTextDocumentParams(identifier, [change])
    return History(
        [
            Message(types.TEXT_DOCUMENT_DID_OPEN, opened),
            Message(types.TEXT_DOCUMENT_DID_CHANGE, changed),
        ]
    )


async def _record(history: History) -> Measured:
    """Tell a history to the handlers of a server in this process; time ends with the commit."""
    with tempfile.TemporaryDirectory() as folder:
        home = _recording_home(Path(folder))
        server = ForetraceServer()
        server.protocol.set_writer(_Nowhere())
        server.recording = Recording(home, "bench", PositionEncoding.UTF16)
        server.prepare()
        await asyncio.sleep(0)
        server.recording.writer.flush()  # the first commit also makes the tables
        handlers = server.protocol.fm.features
        handler_us = []
        started, cpu_started = time.perf_counter(), time.process_time()
        for number, message in enumerate(history.messages, 1):
            before = time.perf_counter_ns()
            handlers[message.method](message.params)
            if message.method == types.TEXT_DOCUMENT_DID_CHANGE:
                handler_us.append((time.perf_counter_ns() - before) / 1000)
            if number % _MESSAGES_BETWEEN_TURNS == 0:
                await asyncio.sleep(0)  # timers have their turn
        server.recording.writer.flush(_FLUSH_SECONDS)
        seconds = time.perf_counter() - started
        cpu_seconds = time.process_time() - cpu_started
        status = server.recording.writer.status
        server.close()
        # The last connection to close moves everything into the database.
        size = home.traces.stat().st_size - _empty_bytes()
        with closing(Store.read(home)) as store:
            found = replay(store.events(status.session), home.key())
        return Measured(seconds, cpu_seconds, handler_us, size, found, status.lost)


def _by_turns(history: History, servers: Sequence[Line]) -> tuple[float, float]:
    """Return the median times that our server and that of bare pygls take for all messages."""
    data = packed(history.messages)
    times: list[list[float]] = [[] for _ in servers]
    for turn in range(_TURNS):
        order = list(zip(servers, times, strict=True))
        for server, taken in order if turn % 2 == 0 else reversed(order):
            taken.append(server.seconds(data))
    ours, bare = map(statistics.median, times)
    return ours, bare


@contextmanager
def _servers() -> Iterator[tuple[Line, Line]]:
    """Start our server, which records, and one of bare pygls."""
    with tempfile.TemporaryDirectory() as folder:
        home = _recording_home(Path(folder))
        environment = {**os.environ, "FORETRACE_HOME": str(home.path)}
        quiet = ("lsp", "--log-level", "error")
        with (
            Line("foretrace_server", *quiet, environment=environment) as ours,
            Line("foretrace_server.bench.bare_pygls", environment=environment) as bare,
        ):
            yield ours, bare


def _recording_home(path: Path) -> Home:
    home = Home(path)
    grant(home, [Scope.LOCAL], Content.FULL, "bench", datetime.now(timezone.utc))
    return home


def _empty_bytes() -> int:
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder))
        Store.create(home).close()
        return home.traces.stat().st_size


class _Nowhere:
    """Where the server's messages go: to nobody."""

    def write(self, data: bytes) -> None:
        pass

    def close(self) -> None:
        pass


def _summary(
    traces: Sequence[dict[str, Any]], handler_us: list[float], seed: int
) -> dict[str, Any]:
    edits = sum(trace["edits"] for trace in traces)
    return {
        "edits": edits,
        "edits_per_second": _per_second(traces),
        "edits_per_second_interval": _interval(traces, _per_second, seed),
        "edits_per_cpu_second": _quotient(traces, "edits", "cpu_seconds"),
        "handler_p50_us": _percentile(handler_us, 50),
        "handler_p99_us": _percentile(handler_us, 99),
        "bytes_per_edit": _bytes_per_edit(traces),
        "bytes_per_edit_interval": _interval(traces, _bytes_per_edit, seed),
        "bare_pygls_ratio": _ratio(traces),
        "bare_pygls_ratio_interval": _interval(traces, _ratio, seed),
        "saves": sum(trace["saves"] for trace in traces),
        "replay_exact": all(trace["replay_exact"] for trace in traces),
    }


Figure = Callable[[Sequence[dict[str, Any]]], float]


def _per_second(traces: Sequence[dict[str, Any]]) -> float:
    return _quotient(traces, "edits", "seconds")


def _bytes_per_edit(traces: Sequence[dict[str, Any]]) -> float:
    return _quotient(traces, "bytes", "edits")


def _ratio(traces: Sequence[dict[str, Any]]) -> float:
    return _quotient(traces, "server_seconds", "bare_pygls_seconds")


def _quotient(traces: Sequence[dict[str, Any]], over: str, under: str) -> float:
    return float(sum(trace[over] for trace in traces) / sum(trace[under] for trace in traces))


def _interval(traces: Sequence[dict[str, Any]], figure: Figure, seed: int) -> list[float]:
    """Return a 95 % interval by drawing whole histories again, as a history is one program."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    figures = sorted(figure(chance.choices(traces, k=len(traces))) for _ in range(_DRAWS))
    return [_percentile(figures, 2.5), _percentile(figures, 97.5)]


def _percentile(values: Sequence[float], percent: float) -> float:
    if not values:
        return 0.0
    return sorted(values)[min(len(values) - 1, int(len(values) * percent / 100))]
