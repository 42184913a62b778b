"""Fetching what a class offers: it is kept as it was sent, or dropped; no sending waits for it."""

from __future__ import annotations

import stat
import sys
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any

import pytest
from tests.scripted_course import TOKEN, ScriptedCourse, scripted_course

from foretrace_telemetry import class_help
from foretrace_telemetry.class_help import FORMAT, digest_of
from foretrace_telemetry.consent import Action, Content, Scope, decide, grant
from foretrace_telemetry.home import Home
from foretrace_telemetry.sending import courses
from foretrace_telemetry.sending.calling import Answer
from foretrace_telemetry.sending.courses import Course
from foretrace_telemetry.sending.fetching import Fetching
from foretrace_telemetry.sending.pushing import Pushed, Pusher, Terms
from foretrace_telemetry.store import Store

OFFERED = {"greeting": {"made_wall_us": 1, "rules": []}}


def file_of(assignments: Any) -> dict[str, Any]:
    digest = digest_of(assignments)
    return {"format": FORMAT, "version": 1, "sha256": digest, "assignments": assignments}


@pytest.fixture
def course(home: Home) -> Iterator[ScriptedCourse]:
    grant(home, [Scope.INSTRUCTOR], Content.FULL, "test", datetime.now(timezone.utc))
    Store.create(home).close()
    with scripted_course() as course:
        courses.join(home, Course(course.address, "Programming 1", TOKEN, 0))
        yield course


def push(home: Home) -> Pushed:
    """Push as a process does that has just begun."""
    return Pusher(home).push(Terms(at_once=True))


def kept(home: Home) -> list[Any]:
    return [class_help.opened(path.read_bytes()) for path in class_help.kept(home)]


def test_what_is_offered_is_kept_for_its_owner_only(home: Home, course: ScriptedCourse) -> None:
    course.help = file_of(OFFERED)
    assert push(home).troubles == {}
    assert kept(home) == [OFFERED]
    if sys.platform != "win32":
        (path,) = class_help.kept(home)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_what_is_offered_no_more_is_dropped(home: Home, course: ScriptedCourse) -> None:
    course.help = file_of(OFFERED)
    push(home)
    course.help = file_of({})
    push(home)
    assert kept(home) == []


def test_a_course_that_offers_no_help_at_all_is_no_trouble(
    home: Home, course: ScriptedCourse
) -> None:
    assert push(home).troubles == {}
    assert ("GET", "/v1/help") in course.requests


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"assignments": {}},
        {**file_of(OFFERED), "sha256": "0" * 64},
        {**file_of(OFFERED), "version": 2},
        {**file_of(OFFERED), "more": 1},
        file_of([]),
        b"<html>",
        b"[" * 2_000_000,
    ],
    ids=range(8),
)
def test_what_is_no_help_is_refused_and_what_was_kept_goes(
    home: Home, course: ScriptedCourse, value: Any
) -> None:
    course.help = file_of(OFFERED)
    push(home)
    course.help = value
    assert push(home).troubles == {}
    assert kept(home) == []


def test_a_course_is_asked_once_by_a_process_for_a_while(
    home: Home, course: ScriptedCourse
) -> None:
    pusher = Pusher(home)
    for _ in range(3):
        pusher.push(Terms())
    assert course.requests.count(("GET", "/v1/help")) == 1


def test_who_takes_consent_back_asks_for_nothing(home: Home, course: ScriptedCourse) -> None:
    decide(home, Action.WITHDRAW, "test", datetime.now(timezone.utc))
    push(home)
    assert course.requests == []


def test_who_leaves_and_joins_again_is_helped_again(home: Home, course: ScriptedCourse) -> None:
    course.help = file_of(OFFERED)
    fetching = Fetching(home)
    for _ in range(2):
        assert fetching.headers(course.address) == {}
        fetching.take(course.address, Answer(200, course.help, tag='"a"'))
        assert kept(home) == [OFFERED]
        assert fetching.headers(course.address) == {"If-None-Match": '"a"'}
        courses.leave(home, course.address, 1)
        courses.join(home, Course(course.address, "Programming 1", TOKEN, 0))


def test_help_that_comes_when_a_course_was_left_is_not_kept(
    home: Home, course: ScriptedCourse
) -> None:
    courses.leave(home, course.address, 1)
    Fetching(home).take(course.address, Answer(200, file_of(OFFERED)))
    assert kept(home) == []


def test_a_course_that_does_not_tell_its_help_is_not_asked_again_at_once(home: Home) -> None:
    fetching = Fetching(home)
    assert fetching.is_due("https://example.org")
    fetching.fail("https://example.org", "it took too long")
    assert not fetching.is_due("https://example.org")


def test_nothing_is_fetched_while_an_editor_closes(home: Home, course: ScriptedCourse) -> None:
    Pusher(home).push(Terms(deadline=float("inf")))
    assert ("GET", "/v1/help") not in course.requests


def test_who_leaves_a_course_has_nothing_of_it_any_more(home: Home, course: ScriptedCourse) -> None:
    course.help = file_of(OFFERED)
    push(home)
    courses.leave(home, course.address, 1)
    assert kept(home) == []


def test_what_has_not_changed_is_not_sent_again_nor_dropped(
    home: Home, course: ScriptedCourse
) -> None:
    fetching, address = Fetching(home), course.address
    assert fetching.headers(address) == {}
    fetching.take(address, Answer(200, file_of(OFFERED), tag='"1"'))
    assert fetching.headers(address) == {"If-None-Match": '"1"'}
    fetching.take(address, Answer(304, {}, tag='"1"'))
    assert kept(home) == [OFFERED]
    fetching.take(address, Answer(503, {}))
    assert kept(home) == [OFFERED]
    fetching.take(address, Answer(403, {"error": "withdrawn"}))
    assert (kept(home), fetching.headers(address)) == ([], {})


def test_a_folder_that_cannot_be_written_does_not_stop_sending(
    home: Home, course: ScriptedCourse
) -> None:
    home.create()
    home.class_help.write_text("in the way")
    course.help = file_of(OFFERED)
    assert push(home).troubles == {}
