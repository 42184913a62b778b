"""Measures a course of so many events: writing, opening, exporting, replaying, forgetting.

Real keystrokes (editing traces) are typed anew under many pseudonyms, 1,000 events a session, over
fifteen weeks. Run by hand on a quiet machine with some disk:
``.venv/bin/python -m scripts.course_figures DATA --events 1000000``.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from pyarrow import dataset
from tests.courses import GRANTED_US, consent_lines

from foretrace_server.collect import course as courses
from foretrace_server.collect.course import Course
from foretrace_server.collect.enrolment import Enrolments
from foretrace_server.collect.keeper import Keeper
from foretrace_server.collect.receiving import Refusal, covered
from foretrace_telemetry.events import (
    Actor,
    Body,
    Edited,
    Event,
    Opened,
    Origin,
    Recorded,
    RunFinished,
    Saved,
)
from foretrace_telemetry.exchange.forgetting import Forgetting
from foretrace_telemetry.exchange.segments import Segment, SegmentSession, decode, encode
from foretrace_telemetry.readers import editing_traces
from foretrace_telemetry.store import Store

STUDENTS = 300
WEEKS_US = 15 * 7 * 86_400_000_000
SESSION_EVENTS = 1000
RECEIVED_SESSIONS = 50
REPLAYED_EVENTS = 300_000
# A text that is opened is a program, not a book.
MOST_OPENED_CHARACTERS = 5000


def sessions(data: Path, count: int) -> Iterator[tuple[int, SegmentSession, list[Recorded]]]:
    """Iterate over sessions of students, the earliest first."""
    edits = {path: list(pieces(path)) for path in editing_traces.find(data)}
    pool = [piece for pieces_of in edits.values() for piece in pieces_of]
    for at in range(count):
        text, piece = pool[(at * 7919) % len(pool)]
        started_us = GRANTED_US + 1 + WEEKS_US * at // count
        name = f"{time.strftime('%Y%m%d-%H%M%S', time.gmtime(started_us / 1e6))}-{at:06}"
        info = SegmentSession(name, started_us, "0.1.0", "Visual Studio Code 1.140.0")
        bodies: list[Body] = [Opened(text, "python"), *piece]
        uri = f"file:///home/student/exercise{at % 30}.py"
        events = [
            Recorded(
                name,
                number,
                Event(
                    started_us + number * 450_000, number * 450_000, Actor.USER, body, uri, number
                ),
            )
            for number, body in enumerate(bodies, start=1)
        ]
        yield at % STUDENTS, info, events


def pieces(path: Path) -> Iterator[tuple[str, list[Body]]]:
    """Iterate over stretches of a trace, each with the text that it begins from."""
    trace = editing_traces.read(path)
    text, began, piece = trace.start_text, trace.start_text, list[Body]()
    for edit in trace.replacements():
        piece.append(Edited(edit.offset, edit.removed, edit.inserted, Origin.TYPED, "typed"))
        text = text[: edit.offset] + edit.inserted + text[edit.offset + len(edit.removed) :]
        if len(piece) % 50 == 0:
            piece += [Saved(), RunFinished(0, 120)]
        if len(piece) >= SESSION_EVENTS - 1:
            if len(began) <= MOST_OPENED_CHARACTERS:
                yield began, piece[: SESSION_EVENTS - 1]
            began, piece = text, []


@contextmanager
def timed(what: str, events: int | None = None) -> Iterator[None]:
    """Print how long it took, and how many events a second that is."""
    began, worked = time.perf_counter(), processor_seconds()
    yield
    seconds, worked = time.perf_counter() - began, processor_seconds() - worked
    rate = f", {events / seconds:,.0f} events/s" if events else ""
    print(f"{what}: {seconds:.3f} s, {worked:.3f} s of a processor{rate}", flush=True)


def fill(course: Course, tokens: list[str], data: Path, count: int, folder: Path) -> None:
    """Write sessions into a course; measure for the first what receiving them takes as well."""
    consent = consent_lines(folder / "laptop")
    key = course.home.key()
    written = 0
    with closing(Keeper(course)) as keeper:
        received = 0.0
        for at, (student, info, events) in enumerate(sessions(data, count)):
            if at < RECEIVED_SESSIONS:
                sent = encode(Segment(info, 1, len(events), consent, tuple(events)))
                began = time.perf_counter()
                checked = covered(decode([sent]), key)
                assert not isinstance(checked, Refusal)
                received += time.perf_counter() - began
                written += len(events)
                if at == RECEIVED_SESSIONS - 1:
                    print(f"decoding and checking: {written / received:,.0f} events/s")
                    print(f"bytes an event as sent: {len(sent) / len(events):.0f}")
            began = time.perf_counter()
            keeper.keep(tokens[student], info, events).result()
            kept_seconds.append(time.perf_counter() - began)
    total = sum(kept_seconds)
    print(f"writing: {total:.1f} s, {count * SESSION_EVENTS / total:,.0f} events/s", flush=True)


kept_seconds: list[float] = []


def processor_seconds() -> float:
    """Return how long processors worked for this process and those that it waited for."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def size_of(path: Path) -> int:
    """Return the bytes of a file, or of all files below a folder."""
    if path.is_file():
        return path.stat().st_size
    return sum(each.stat().st_size for each in path.rglob("*") if each.is_file())


def peak_bytes() -> int:
    """Return the most memory that this process ever had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def replay(corpus: Path) -> None:
    """Follow the texts of sessions from the corpus."""
    table = dataset.dataset(corpus, partitioning="hive", exclude_invalid_files=True)
    columns = ["session", "document", "kind", "text", "offset", "removed", "inserted"]
    texts: dict[tuple[str, str], str] = {}
    count = 0
    with timed("replay from Parquet", REPLAYED_EVENTS):
        for batch in table.to_batches(columns=columns):
            for row in batch.to_pylist():
                place = (row["session"], row["document"])
                if row["text"] is not None:
                    texts[place] = row["text"]
                elif row["kind"] == "edit":
                    text, end = texts[place], row["offset"] + len(row["removed"])
                    texts[place] = text[: row["offset"]] + row["inserted"] + text[end:]
            count += batch.num_rows
            if count >= REPLAYED_EVENTS:
                break


def main() -> None:
    """Make a course, and measure it."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("data", type=Path)
    arguments.add_argument("--events", type=int, default=1_000_000)
    chosen = arguments.parse_args()
    count = chosen.events // SESSION_EVENTS
    events = count * SESSION_EVENTS
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        course = courses.create("Programming 1", folder / "course")
        issued = Enrolments(course).enrol(tuple(f"student{n}" for n in range(STUDENTS)))
        subjects = [each.subject for each in issued]
        fill(course, subjects, chosen.data, count, folder)
        print(f"the slowest segment: {max(kept_seconds):.3f} s")
        print(f"SQLite: {size_of(course.home.traces) / events:.1f} bytes an event", flush=True)
        with timed("opening"), closing(Store.create(course.home)):
            pass
        with timed("the list of sessions"), closing(Store.read(course.home)) as store:
            names = [each.name for each in store.sessions()]
        with timed("one session", SESSION_EVENTS), closing(Store.read(course.home)) as store:
            assert len(list(store.events(names[len(names) // 2]))) == SESSION_EVENTS
        corpus = folder / "corpus"
        command = [sys.executable, "-m", "foretrace_server", "collect", "export", "--path"]
        options = ["--format", "parquet", "--partitioned", "--out", str(corpus)]
        with timed("export", events):
            subprocess.run(
                [*command, str(course.home.path), *options],
                check=True,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "FORETRACE_HOME": str(folder / "nowhere")},
            )
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
        print(f"export: {peak / 2**20:.0f} MiB of memory at most")
        files = list(corpus.rglob("*.parquet"))
        used = sum(map(size_of, files))
        print(f"Parquet: {used / events:.1f} bytes an event in {len(files)} files", flush=True)
        replay(corpus)
        print(f"before forgetting: {peak_bytes() / 2**20:.0f} MiB of memory at most")
        with closing(Keeper(course)) as keeper:
            forgetting = Forgetting(names[0].rpartition("-")[0], ((300, 600),), ((601, 1000),))
            with timed("forgetting five minutes"):
                keeper.forget(subjects[0], forgetting).result()
            with timed("scouring"):
                keeper._asked(keeper._scour).result()
            with timed("a withdrawal"):
                keeper.withdraw(subjects[1]).result()
        print(f"after: {peak_bytes() / 2**20:.0f} MiB of memory at most", flush=True)


if __name__ == "__main__":
    main()
