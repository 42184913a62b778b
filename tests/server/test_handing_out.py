"""Exports from the dashboard: nothing leaves without a note, and what came to nothing has none."""

from __future__ import annotations

import io
import json
import time
import zipfile
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import closing
from pathlib import Path
from typing import Any

import anyio
import pytest
from starlette.responses import StreamingResponse
from tests.courses import make_course, segment

from foretrace_server.collect.course import Course
from foretrace_server.collect.keeper import Keeper
from foretrace_server.collect.looks import Look, Looks
from foretrace_server.collect.pages.answers import Answers
from foretrace_server.collect.pages.asking import Asked
from foretrace_server.collect.pages.handing_out import ExportPages, ExportProblemError
from foretrace_server.collect.pages.visits import VISIT_SECONDS, Visit
from foretrace_telemetry.events import Edited, Opened
from foretrace_telemetry.exchange import exporting
from foretrace_telemetry.exchange.progsnap2_rules import validate
from foretrace_telemetry.lineage import Export, exports_of
from foretrace_telemetry.store import Store

SENT = segment((), Opened("x = 1\n"), Edited(0, "", "y"))


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return make_course(tmp_path / "c", "ada", "bob")[0]


@pytest.fixture
def keeper(course: Course) -> Iterator[Keeper]:
    with closing(Keeper(course)) as made:
        made.keep(subject_of(course, "ada"), SENT.session, SENT.events).result()
        yield made


def subject_of(course: Course, student: str) -> str:
    return course.subject_of(student, course.key())


def downloaded(course: Course, keeper: Keeper, form: str = "csv") -> zipfile.ZipFile:
    """Return what a browser gets that asks for an export."""
    visit = Visit(time.monotonic() + VISIT_SECONDS)
    asked = Asked(visit, {}, {}, {"purpose": "a study of loops", "format": form})
    answer = ExportPages(course, keeper, Answers(course.name)).download(asked)
    assert isinstance(answer, StreamingResponse)

    async def whole() -> bytes:
        return b"".join([bytes(part) async for part in answer.body_iterator])  # type: ignore[arg-type]

    return zipfile.ZipFile(io.BytesIO(anyio.run(whole)))


def exported_in(archive: zipfile.ZipFile) -> list[str]:
    (report,) = [name for name in archive.namelist() if name.endswith("integrity.json")]
    return [each["session"] for each in json.loads(archive.read(report))["sessions"]]


def in_mind(course: Course) -> list[Export]:
    with closing(Store.read(course.home)) as store:
        return exports_of(store.db, set(store.names()))


def test_who_first_sends_while_an_export_begins_is_not_in_it(
    course: Course, keeper: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    bob, look = subject_of(course, "bob"), Keeper.look

    def noted_and_then_more_comes(self: Keeper, looks: Sequence[Look]) -> Future[None]:
        answer = look(self, looks)
        self.keep(bob, SENT.session, SENT.events).result()
        return answer

    monkeypatch.setattr(Keeper, "look", noted_and_then_more_comes)
    assert exported_in(downloaded(course, keeper)) == [f"s-1-{subject_of(course, 'ada')}"]
    assert Looks(course).of(bob) == []
    monkeypatch.undo()
    assert len(exported_in(downloaded(course, keeper))) == 2
    assert len(Looks(course).of(bob)) == 1


def test_where_an_export_goes_is_kept_in_mind_before_anything_is_read(
    course: Course, keeper: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    events, noted = Store.events, list[list[Export]]()

    def watched(self: Store, *arguments: Any, **named: Any) -> Any:
        noted.append(in_mind(course))
        return events(self, *arguments, **named)

    monkeypatch.setattr(Store, "events", watched)
    downloaded(course, keeper)
    monkeypatch.undo()
    (made,) = in_mind(course)
    assert made.path.startswith("a download from the dashboard (programming-1-")
    assert noted
    assert all(each == [made] for each in noted)


def test_an_export_that_cannot_be_packed_is_not_kept_in_mind(
    course: Course, keeper: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    downloaded(course, keeper)
    before = in_mind(course)

    def full(*_: Any) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(zipfile.ZipFile, "write", full)
    with pytest.raises(OSError, match="full"):
        downloaded(course, keeper)
    assert in_mind(course) == before


def test_an_export_that_keeps_not_to_the_rules_is_not_handed_out(
    course: Course, keeper: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    def of_another(path: Path) -> Any:
        (path / "MainTable.csv").write_text("EventID\n")
        return validate(path)

    monkeypatch.setattr(exporting, "validate", of_another)
    with pytest.raises(ExportProblemError):
        downloaded(course, keeper, "progsnap2")
    assert in_mind(course) == []
