"""Export: chosen sessions in a format, without who somebody is, and with an integrity report.

A target appears whole or not at all: it is written beside its place and moved there.
"""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timezone
from enum import Enum
from functools import partial
from pathlib import Path

from attrs import define

from foretrace_telemetry import consent
from foretrace_telemetry.consent import read_consent
from foretrace_telemetry.events import Recorded
from foretrace_telemetry.exchange import bundle, corpus, flat
from foretrace_telemetry.exchange.leaving import leaving
from foretrace_telemetry.exchange.progsnap2 import Dataset
from foretrace_telemetry.exchange.progsnap2_rules import validate
from foretrace_telemetry.exchange.report import IntegrityReport, SessionReport, report_beside
from foretrace_telemetry.exchange.signing import fingerprint, signing_key
from foretrace_telemetry.home import Home
from foretrace_telemetry.identity import Identity
from foretrace_telemetry.lineage import Export, drop_export, note_export
from foretrace_telemetry.store import SessionSummary, Store


class Format(str, Enum):
    """The form in which sessions leave."""

    PROGSNAP2 = "progsnap2"
    PARQUET = "parquet"
    CSV = "csv"
    BUNDLE = "bundle"


class TargetExistsError(FileExistsError):
    """What would be written to is there already."""


class NotCoveredError(PermissionError):
    """Consent does not cover handing something in."""


class HandedInError(ValueError):
    """What somebody else handed in cannot be handed in again under another's consent."""


class InvalidExportError(ValueError):
    """A dataset that was written does not keep to the rules of its format."""


Departures = Iterator[tuple[SessionSummary, Iterator[Recorded]]]


@define
class _Job:
    """What an export is made of."""

    home: Home
    store: Store
    chosen: list[SessionSummary]
    subject: str
    report: IntegrityReport
    course: str | None
    progress: Callable[[SessionSummary], None]

    def departures(self) -> Departures:
        """Iterate over the sessions with their events as they may leave; fill in the report."""
        digest_key = self.home.existing_key()
        own = Identity.of_this_machine(self.home.key())
        for session in self.chosen:
            self.progress(session)
            report = SessionReport(session.name, session.subject, session.source)
            # Who others are was taken out when their work came in.
            identity = own if session.source is None else None
            departing = leaving(
                partial(self.store.events, session.name), identity, digest_key, report
            )
            self.report.sessions.append(report)
            yield session, departing.events()


def export(
    home: Home,
    form: Format,
    path: Path,
    names: Sequence[str] | None = None,
    foretrace_version: str = "",
    progress: Callable[[SessionSummary], None] = lambda _: None,
    course: str | None = None,
    goes_to: str | None = None,
) -> IntegrityReport:
    """Write sessions to a file or, as ProgSnap2, a folder; all of them where none are named.

    Where there is a `course`, Parquet becomes a folder, too: the `corpus` of the course. `goes_to`
    says where it goes from the path, if it does, and is kept in mind in the place of that.

    Raises:
        NoTracesError: nothing is recorded.
        NotCoveredError: a bundle, and consent covers neither an instructor nor research.
        HandedInError: a bundle, and a session that is named came with somebody else's bundle.
        TargetExistsError: there is something at the path.
        MissingPackageError: the format needs a package that is not installed.
        InvalidExportError: the dataset that was written does not keep to the rules; it stays where
            it is, and goes nowhere.
        OSError: the target cannot be written.
        sqlite3.Error: the store cannot be read or written.
    """
    now = datetime.now(timezone.utc)
    holds = read_consent(home, now)
    if form is Format.BUNDLE and not set(bundle.SCOPES) & holds.scopes:
        raise NotCoveredError("your consent does not cover handing traces in")
    if path.is_dir() and form is not Format.PROGSNAP2 and course is None:
        path /= f"traces.{form.value}"
    if path.exists() and not (path.is_dir() and not any(path.iterdir())):
        raise TargetExistsError(f"{path} exists already")
    store = Store.read(home)
    try:
        wanted = None if names is None else frozenset(names)
        chosen = [each for each in store.sessions() if wanted is None or each.name in wanted]
        if form is Format.BUNDLE:
            chosen = _without_handed_in(chosen, is_named=names is not None)
        if course is not None:
            chosen = corpus.ordered(chosen)
        subject = fingerprint(signing_key(home).public_key().public_bytes_raw())
        report = IntegrityReport(
            form.value,
            int(now.timestamp() * 1e6),
            foretrace_version,
            consent.to_json(holds),
        )
        job = _Job(home, store, chosen, subject, report, course, progress)
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        noted = Export(
            report.made_wall_us,
            form.value,
            goes_to or str(path.absolute()),
            tuple(session.name for session in chosen),
        )
        # Before anything is read: whose work is erased meanwhile is told of it.
        note_export(home, noted)
        try:
            _write(form, draft, path, job)
        except BaseException:
            _remove(draft)
            _remove(report_beside(draft))
            drop_export(home, noted)
            raise
    finally:
        store.close()
    if form is Format.PROGSNAP2 and not (verdict := validate(path)).valid:
        if goes_to is not None:
            drop_export(home, noted)
        more = f", and {verdict.left_out} more" if verdict.left_out else ""
        raise InvalidExportError(f"{path}: {'; '.join(verdict.errors[:5])}{more}")
    return report


def _without_handed_in(chosen: list[SessionSummary], is_named: bool) -> list[SessionSummary]:
    """Return the sessions that the consent of whoever hands them in can cover."""
    for session in chosen:
        if is_named and bundle.is_from_bundle(session):
            raise HandedInError(
                f"session {session.name} was handed in by somebody else; pass on their bundle"
            )
    return [session for session in chosen if not bundle.is_from_bundle(session)]


def _write(form: Format, draft: Path, path: Path, job: _Job) -> None:
    if form is Format.PROGSNAP2 or job.course is not None:
        draft.mkdir()
        if job.course is None:
            _write_progsnap2(draft, job)
        else:
            corpus.write(draft, job.departures(), job.subject, job.course)
            _write_report(draft / "integrity.json", job.report)
        if path.is_dir():
            path.rmdir()  # it is empty
        draft.rename(path)
        return
    if form is Format.BUNDLE:
        bundle.write(draft, job.home, job.departures(), job.report)
        draft.rename(path)
        return
    write = flat.write_csv if form is Format.CSV else flat.write_parquet
    write(draft, job.departures(), job.subject)
    _write_report(report_beside(draft), job.report)
    draft.rename(path)
    try:
        report_beside(draft).rename(report_beside(path))
    except BaseException:
        path.unlink()
        raise


def _write_progsnap2(folder: Path, job: _Job) -> None:
    names = [session.name for session in job.chosen]
    dataset = Dataset(
        folder,
        job.report.foretrace_version,
        job.subject,
        job.store.foreign_columns(names),
        keystrokes=any(session.edits for session in job.chosen),
        keep_ids=len({session.source for session in job.chosen}) == 1,
    )
    try:
        for session, events in job.departures():
            dataset.add(session, events)
    finally:
        dataset.close()
    _write_report(folder / "integrity.json", job.report)


def _write_report(path: Path, report: IntegrityReport) -> None:
    path.write_text(json.dumps(report.to_json(), indent=1) + "\n", encoding="utf-8")


def _remove(draft: Path) -> None:
    if draft.is_dir():
        shutil.rmtree(draft)
    elif draft.exists():
        draft.unlink()
