"""Exports: what was exported when, and another one made and handed to the browser.

What is made lies in a temporary folder while it is made, and in no folder afterwards.
"""

from __future__ import annotations

import re
import tempfile
import threading
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import IO

from starlette.responses import Response, StreamingResponse

from foretrace_server import __version__
from foretrace_server.collect.course import Course
from foretrace_server.collect.keeper import Keeper
from foretrace_server.collect.looks import What
from foretrace_server.collect.pages.answers import Answers
from foretrace_server.collect.pages.asking import Asked, FormError
from foretrace_server.collect.pages.opening import noted, purpose_in
from foretrace_telemetry.exchange.exporting import Format, InvalidExportError, export
from foretrace_telemetry.exchange.flat import MissingPackageError
from foretrace_telemetry.lineage import Export, drop_export, exports_of
from foretrace_telemetry.store import NoTracesError, Store

# A bundle is what somebody hands in of their own.
FORMATS = tuple(form for form in Format if form is not Format.BUNDLE)
_PART_BYTES = 2**18


class ExportProblemError(Exception):
    """An export could not be made; the message says why."""


class ExportPages:
    """The page of exports."""

    def __init__(self, course: Course, keeper: Keeper, answers: Answers) -> None:
        self._course = course
        self._keeper = keeper
        self._answers = answers
        self._one_at_a_time = threading.Lock()

    def exports(self, asked: Asked) -> Response:
        """What was exported, and the form that makes another export."""
        return self._answers.page(
            "exports", visit=asked.visit, exports=self._made(), formats=FORMATS
        )

    def download(self, asked: Asked) -> Response:
        """Note that everybody's work is looked at, and hand out an export of it."""
        purpose = purpose_in(asked.form)
        try:
            form = Format(asked.form.get("format", ""))
        except ValueError as error:
            raise FormError("choose one of the formats") from error
        if form not in FORMATS:
            raise FormError("choose one of the formats")
        if not self._one_at_a_time.acquire(blocking=False):
            raise ExportProblemError("another export is being made; try again when it is done")
        try:
            whose = self._sessions()
            subjects = {subject for subject in whose.values() if subject is not None}
            noted(self._keeper, subjects, What.EXPORT, purpose)
            name = f"{_file_name(self._course.name)}-{datetime.now():%Y%m%d-%H%M%S}"
            # These and no other: who begins only now was not noted.
            file = _zipped(self._course, form, name, [*whose])
        finally:
            self._one_at_a_time.release()
        return StreamingResponse(
            _parts(file),
            media_type="application/zip",
            headers={"Content-Disposition": f'attachment; filename="{name}-{form.value}.zip"'},
        )

    def _made(self) -> list[Export]:
        try:
            store = Store.read(self._course.home)
        except NoTracesError:
            return []
        with closing(store):
            return exports_of(store.db, set(store.names()))[::-1]

    def _sessions(self) -> dict[str, str | None]:
        """Return the sessions with whose they are."""
        with closing(Store.read(self._course.home)) as store:
            rows = store.db.query("SELECT name, subject FROM sessions ORDER BY id")
            sessions = {row["name"]: row["subject"] for row in rows}
        if not any(sessions.values()):
            raise NoTracesError("nothing was sent yet, so there is nothing to export")
        return sessions


def _zipped(course: Course, form: Format, name: str, sessions: Sequence[str]) -> IO[bytes]:
    """Return an export with its integrity report as a ZIP file, which is gone when it is closed.

    That it goes to whoever downloads it is kept in mind before anything is read, in one note and
    one transaction. So nothing leaves without it, whatever dies when: who is erased meanwhile is
    told of an export that may have come to nothing, and never left without one that did not.

    Raises:
        ExportProblemError: it could not be made.
        OSError: there is no room for it.
        sqlite3.Error: the course cannot be read.
    """
    file = tempfile.TemporaryFile()  # noqa: SIM115 - who sends it closes it
    try:
        with tempfile.TemporaryDirectory(prefix="foretrace-") as folder:
            whole = Path(folder) / name
            target = whole if form is Format.PROGSNAP2 else whole.with_suffix(f".{form.value}")
            goes_to = f"a download from the dashboard ({target.name})"
            try:
                report = export(course.home, form, target, sessions, __version__, goes_to=goes_to)
            except (InvalidExportError, MissingPackageError) as error:
                raise ExportProblemError(str(error)) from error
            try:
                _zip(Path(folder), file)
            except BaseException:
                drop_export(course.home, Export(report.made_wall_us, form.value, goes_to, ()))
                raise
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def _zip(folder: Path, file: IO[bytes]) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, path.relative_to(folder).as_posix())


def _parts(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while part := file.read(_PART_BYTES):
            yield part


def _file_name(course: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", course).strip("-").lower() or "course"
