"""`foretrace collect erase`: a student asked in person, and nothing of theirs stays in any byte."""

from __future__ import annotations

import time
from contextlib import closing
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from tests.command import foretrace, foretrace_json
from tests.courses import (
    DOCUMENT,
    consent_lines,
    kept,
    make_course,
    replayed,
    segment,
    served,
)
from tests.forensics import found_in

from foretrace_server.collect.course import Course
from foretrace_server.collect.enrolment import Enrolments
from foretrace_server.collect.keeper import Keeper, WithdrawnError
from foretrace_telemetry.consent import Content, Scope, grant
from foretrace_telemetry.events import Actor, Edited, Erased, Event, Opened, Saved
from foretrace_telemetry.exchange.exporting import Format, export
from foretrace_telemetry.home import Home
from foretrace_telemetry.lineage import Derived, keep_derived
from foretrace_telemetry.store import ForgottenError, SessionInfo, Store

LONG = "correct horse battery staple " * 20
MARKS = {"correct horse", "of ada", "horse"}


@pytest.fixture
def allowed(tmp_path: Path) -> tuple[str, ...]:
    return consent_lines(tmp_path / "laptop")


def subject_of(course: Course, student: str) -> str:
    return course.subject_of(student, course.key())


def erased(course: Course, student: str) -> dict[str, Any]:
    path = str(course.home.path)
    return foretrace_json(Home(course.home.path), "collect", "erase", student, "--path", path)


def test_while_the_server_runs_one_student_is_erased_to_the_byte_and_nobody_else(
    tmp_path: Path, allowed: tuple[str, ...]
) -> None:
    course, tokens = make_course(tmp_path / "c", "ada", "bob")
    with served(course) as server:
        for student, text in (("ada", LONG), ("bob", "tr0ub4dor&3")):
            sent = segment(allowed, Opened(text), Edited(0, "", f"of {student}"))
            assert server.push(tokens[student], sent).status == 200
        name = f"s-1-{subject_of(course, 'ada')}"
        export(course.home, Format.CSV, tmp_path / "out.csv")
        keep_derived(course.home, Derived("vector", "ada", (name,), b"horse"))
        assert found_in(course.home.path, MARKS) == MARKS
        told = erased(course, " ADA")
        (made,) = told.pop("exports")
        assert (made["format"], made["path"]) == ("csv", str(tmp_path / "out.csv"))
        assert told == {
            "course": "Programming 1",
            "subject": subject_of(course, "ada"),
            "sessions": 1,
            "events": 2,
            "documents": 1,
            "derived": ["vector ada"],
            "complete": True,
        }
        assert found_in(course.home.path, MARKS) == set()
        for answer in (
            server.push(tokens["ada"], segment(allowed, Saved(), first=3)),
            server.push(tokens["ada"], segment(allowed, Opened("new"), name="s-2")),
            server.ask("GET", "/v1/sessions", tokens["ada"]),
        ):
            assert (answer.status, answer.content["error"]) == (403, "withdrawn")
        # A laptop that leaves afterwards gets the receipt, which does not say where files lie.
        receipt = server.ask("POST", "/v1/withdraw", tokens["ada"]).content
        assert (receipt["events"], receipt["complete"]) == (2, True)
        assert [set(each) for each in receipt["exports"]] == [{"made_wall_us", "format"}]
        assert server.push(tokens["bob"], segment(allowed, Saved(), first=3)).status == 200
        assert replayed(course, f"s-1-{subject_of(course, 'bob')}").texts == {
            DOCUMENT: "of bobtr0ub4dor&3"
        }


def test_while_the_server_is_stopped_a_student_is_erased_by_pseudonym_and_once(
    tmp_path: Path, allowed: tuple[str, ...]
) -> None:
    course, tokens = make_course(tmp_path / "c", "ada")
    with served(course) as server:
        server.push(tokens["ada"], segment(allowed, Opened(LONG), Edited(0, "", "of ada")))
    subject = subject_of(course, "ada")
    first = erased(course, subject)
    assert (first["events"], first["complete"]) == (2, True)
    assert found_in(course.home.path, MARKS) == set()
    assert erased(course, "ada") == first
    (only,) = kept(course, f"s-1-{subject}")
    assert only.event.body == Erased(1, 2, "withdrawn")
    with served(course) as server:
        assert server.push(tokens["ada"], segment(allowed, Opened("new"))).status == 403
    (issued,) = Enrolments(course).enrol(("ada",), frozenset({"ada"}))
    with served(course) as server:
        assert server.push(tokens["ada"], segment(allowed, Opened("x"), name="s-2")).status == 401
        assert server.push(issued.token, segment(allowed, Opened("x"), name="s-2")).status == 200


def test_it_is_told_in_words_what_went_and_what_is_out_of_reach(
    tmp_path: Path, allowed: tuple[str, ...]
) -> None:
    course, tokens = make_course(tmp_path / "c", "ada")
    with served(course) as server:
        server.push(tokens["ada"], segment(allowed, Opened("x")))
    keep_derived(course.home, Derived("vector", "ada", (kept_name(course),), b"-"))
    export(course.home, Format.CSV, tmp_path / "out.csv")
    path = str(course.home.path)
    done = foretrace(course.home, "collect", "erase", "ada", "--path", path)
    assert done.returncode == 0, done.stderr
    subject = subject_of(course, "ada")
    assert f"Erased what the course had of {subject}: 1 event of 1 session" in done.stdout
    assert "Made of it, and gone as well: vector ada." in done.stdout
    assert str(tmp_path / "out.csv") in done.stdout
    assert "To come back they need a new token." in done.stdout
    assert "Old bytes" not in done.stdout


def kept_name(course: Course) -> str:
    with closing(Store.read(course.home)) as store:
        (name,) = store.names()
    return name


def test_the_laptop_of_an_erased_student_is_told_so_and_may_leave(
    tmp_path: Path, home: Home
) -> None:
    course, tokens = make_course(tmp_path / "c", "ada")
    grant(home, [Scope.INSTRUCTOR], Content.FULL, "test", datetime.now(timezone.utc))
    with served(course) as server:
        address = f"http://127.0.0.1:{server.port}"
        (tmp_path / "token").write_text(tokens["ada"])
        join = ("collect", "join", address, "--token-file", str(tmp_path / "token"))
        assert foretrace(home, *join).returncode == 0
        erased(course, "ada")
        with closing(Store.create(home)) as store:
            now_us = time.time_ns() // 1000
            writer = store.begin_session(SessionInfo("s-1", now_us, "0.1"))
            writer.append_whole([Event(now_us, 1, Actor.USER, Opened("correct horse"), DOCUMENT)])
        pushed = foretrace(home, "collect", "push")
        assert (pushed.returncode, "you were taken out" in pushed.stdout) == (1, True), pushed
        again = foretrace(home, *join)
        assert (again.returncode, "or were taken out" in again.stderr) == (2, True), again
        assert foretrace(home, "collect", "leave").returncode == 0
    assert found_in(course.home.path, {"correct horse"}) == set()


def test_who_is_not_enrolled_cannot_be_erased_and_it_is_told_how_to_name_a_student(
    tmp_path: Path,
) -> None:
    course, _ = make_course(tmp_path / "c", "ada")
    path = str(course.home.path)
    for student in ("carol", "", "s0123456789abcdef", "\x1b[2J"):
        done = foretrace(course.home, "collect", "erase", student, "--path", path)
        assert (done.returncode, "is not enrolled" in done.stderr) == (2, True), done.stderr
        assert "\x1b" not in done.stderr
    assert not course.home.traces.exists()


def test_of_somebody_who_sent_nothing_nothing_is_erased_and_nothing_is_taken(
    tmp_path: Path, allowed: tuple[str, ...]
) -> None:
    course, tokens = make_course(tmp_path / "c", "ada")
    with served(course) as server:
        told = erased(course, "ada")
        assert (told["sessions"], told["events"], told["complete"]) == (0, 0, True)
        assert server.push(tokens["ada"], segment(allowed, Opened("x"))).status == 403


def test_while_another_reads_old_bytes_stay_and_the_exit_code_says_so(
    tmp_path: Path, allowed: tuple[str, ...]
) -> None:
    course, tokens = make_course(tmp_path / "c", "ada")
    with served(course) as server:
        server.push(tokens["ada"], segment(allowed, Opened("correct horse"), Saved()))
    arguments = ("collect", "erase", "ada", "--path", str(course.home.path))
    with closing(Store.read(course.home)) as reader:
        events = reader.events(reader.names()[0])
        next(events)
        done = foretrace(course.home, *arguments)
        assert (done.returncode, "Old bytes are still in the files" in done.stdout) == (1, True)
        del events
    assert foretrace(course.home, *arguments).returncode == 0
    assert found_in(course.home.path, {"correct horse"}) == set()


@pytest.mark.parametrize("sessions_before", [0, 1])
def test_what_the_server_was_writing_when_another_process_erased_is_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sessions_before: int
) -> None:
    course, _ = make_course(tmp_path / "c", "ada")
    subject = subject_of(course, "ada")
    sent = segment((), Opened("correct horse"))
    asked = Enrolments.has_withdrawn
    with closing(Keeper(course)) as server, closing(Keeper(course)) as command:
        if sessions_before:
            assert server.keep(subject, sent.session, sent.events).result() == 1

        def erased_just_after(self: Enrolments, each: str) -> bool:
            answer = asked(self, each)
            command.withdraw(subject).result()
            return answer

        monkeypatch.setattr(Enrolments, "has_withdrawn", erased_just_after)
        more = segment((), Edited(0, "", "horse"), first=2) if sessions_before else sent
        with pytest.raises(ForgottenError):
            server.keep(subject, more.session, more.events).result()
        with pytest.raises(WithdrawnError):
            server.keep(subject, more.session, more.events).result()
    assert found_in(course.home.path, {"correct horse", "horse"}) == set()
