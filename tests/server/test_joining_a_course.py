"""`foretrace collect join`, `leave`, `push` and `status`, as students run them."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from tests.command import foretrace, foretrace_json
from tests.pages import DOCS, fences
from tests.scripted_course import TOKEN, ScriptedCourse, scripted_course

from foretrace_telemetry.consent import Content, Scope, grant
from foretrace_telemetry.home import Home
from foretrace_telemetry.sending.courses import read_courses


@pytest.fixture
def course() -> Iterator[ScriptedCourse]:
    with scripted_course() as course:
        yield course


@pytest.fixture
def allowed(home: Home) -> Home:
    grant(home, [Scope.INSTRUCTOR], Content.FULL, "test", datetime.now(timezone.utc))
    return home


def test_who_joins_is_told_what_the_course_sees_and_the_token_stays_private(
    allowed: Home, course: ScriptedCourse, tmp_path: Path
) -> None:
    file = tmp_path / "token.txt"
    file.write_text(f"{TOKEN}\n")
    done = foretrace(allowed, "collect", "join", course.address, "--token-file", str(file))
    assert done.returncode == 0, done.stderr
    assert "Programming 1" in done.stdout
    assert "We see it." in done.stdout
    assert TOKEN not in done.stdout + done.stderr
    assert stat.S_IMODE(allowed.courses.stat().st_mode) == 0o600
    assert set(course.tokens) == {f"Bearer {TOKEN}"}
    (joined,) = read_courses(allowed)
    assert joined.notice == "We see it."


def test_the_notice_for_an_ethics_board_is_told_as_it_stands(
    allowed: Home, course: ScriptedCourse
) -> None:
    (course.notice,) = fences(DOCS / "ethics.md", "text")
    done = foretrace(allowed, "collect", "join", course.address, FORETRACE_COURSE_TOKEN=TOKEN)
    assert done.returncode == 0, done.stderr
    assert course.notice in done.stdout


def test_who_just_joined_is_not_told_that_sending_is_not_allowed(
    allowed: Home, course: ScriptedCourse
) -> None:
    foretrace(allowed, "collect", "join", course.address, FORETRACE_COURSE_TOKEN=TOKEN)
    (told,) = foretrace_json(allowed, "collect", "status")["courses"]
    assert told["allowed"]
    assert "Nothing is sent" not in foretrace(allowed, "collect", "status").stdout


def test_what_a_course_tells_of_looks_is_checked(allowed: Home, course: ScriptedCourse) -> None:
    foretrace(allowed, "collect", "join", course.address, FORETRACE_COURSE_TOKEN=TOKEN)
    course.looks = [{"looked_wall_us": 10**30, "what": "page", "purpose": "to see"}]
    done = foretrace(allowed, "collect", "status")
    assert done.returncode == 0, done.stderr
    assert "Who opened your work is not known now" in done.stdout


def test_a_token_can_come_from_the_environment(allowed: Home, course: ScriptedCourse) -> None:
    done = foretrace(allowed, "collect", "join", course.address, FORETRACE_COURSE_TOKEN=TOKEN)
    assert done.returncode == 0, done.stderr
    assert read_courses(allowed)[0].token == TOKEN


def test_who_does_not_allow_it_is_told_the_command_and_does_not_join(
    home: Home, course: ScriptedCourse
) -> None:
    grant(home, [Scope.LOCAL], Content.METADATA, "test", datetime.now(timezone.utc))
    done = foretrace(home, "collect", "join", course.address, FORETRACE_COURSE_TOKEN=TOKEN)
    assert done.returncode == 2
    assert "We see it." in done.stdout
    assert "foretrace consent grant --scope instructor --content metadata" in done.stderr
    assert not home.courses.exists()


@pytest.mark.parametrize(
    ("address", "token", "named"),
    [
        ("http://course.example.org", TOKEN, "https://"),
        ("course.example.org", TOKEN, "is no address"),
        ("http://127.0.0.1:9", TOKEN, "cannot be reached"),
        ("http://127.0.0.1:9", "", "the token is empty"),
        ("http://127.0.0.1:9", "two words", "that is no token"),
    ],
)
def test_what_is_wrong_with_joining_is_said(
    allowed: Home, address: str, token: str, named: str
) -> None:
    done = foretrace(allowed, "collect", "join", address, FORETRACE_COURSE_TOKEN=token)
    assert done.returncode == 2
    assert named in done.stderr
    assert "Traceback" not in done.stderr
    assert not allowed.courses.exists()


def test_what_a_course_tells_does_nothing_to_a_terminal(
    allowed: Home, course: ScriptedCourse
) -> None:
    course.notice = "We\x1b[2J\x07 see it.\nAll\u202e of it."
    done = foretrace(allowed, "collect", "join", course.address, FORETRACE_COURSE_TOKEN=TOKEN)
    assert done.returncode == 0
    assert not {"\x1b", "\x07", "\u202e"} & set(done.stdout)
    assert "see it.\nAll" in done.stdout


def test_leaving_says_what_was_erased_or_that_nobody_heard(
    allowed: Home, course: ScriptedCourse
) -> None:
    foretrace(allowed, "collect", "join", course.address, FORETRACE_COURSE_TOKEN=TOKEN)
    course.script.append((503, {"error": "busy", "message": "the disk is full"}, {}))
    done = foretrace(allowed, "collect", "leave")
    assert done.returncode == 1
    assert "the disk is full" in done.stdout
    again = foretrace(allowed, "collect", "leave")
    assert again.returncode == 0
    assert "erased_events: 0" in again.stdout
    assert course.withdrawn
    # What the course answered stays, and it is not asked again.
    requests = len(course.requests)
    assert foretrace_json(allowed, "collect", "leave", course.address)["receipt"] is not None
    assert len(course.requests) == requests
    assert TOKEN not in allowed.courses.read_text()


def test_who_joined_nothing_is_told_so(home: Home) -> None:
    assert foretrace(home, "collect", "leave").returncode == 2
    assert "joined no course" in foretrace(home, "collect", "push").stderr
    status = foretrace(home, "collect", "status")
    assert (status.returncode, status.stdout) == (
        0,
        "You joined no course. Nothing is sent anywhere.\n",
    )
    assert not home.path.exists()


def test_who_joined_two_courses_says_which_to_leave(allowed: Home) -> None:
    with scripted_course() as one, scripted_course() as two:
        for each in (one, two):
            foretrace(allowed, "collect", "join", each.address, FORETRACE_COURSE_TOKEN=TOKEN)
        done = foretrace(allowed, "collect", "leave")
        assert done.returncode == 2
        assert one.address in done.stderr
        assert two.address in done.stderr
        assert foretrace(allowed, "collect", "leave", two.address).returncode == 0
        assert (one.withdrawn, two.withdrawn) == (False, True)
        told = foretrace_json(allowed, "collect", "status")["courses"]
        assert [bool(each["receipt"]) for each in told] == [False, True]


def test_a_file_of_courses_that_cannot_be_read_is_named(allowed: Home) -> None:
    allowed.courses.write_text(json.dumps({"version": 9}))
    for command in ("leave", "push", "status"):
        done = foretrace(allowed, "collect", command)
        assert done.returncode == 2
        assert "courses.json cannot be read" in done.stderr
        assert "Traceback" not in done.stderr


def test_who_opened_my_work_is_told_with_what_for(allowed: Home, course: ScriptedCourse) -> None:
    foretrace(allowed, "collect", "join", course.address, FORETRACE_COURSE_TOKEN=TOKEN)
    course.looks = [
        {"looked_wall_us": 10**15, "what": "replay", "purpose": "a\x1b[2J", "session": "s-1"},
        {"looked_wall_us": 10**15, "what": "later", "purpose": "who knows", "session": None},
    ]
    done = foretrace(allowed, "collect", "status")
    assert done.returncode == 0
    assert "Your instructor opened the replay of session s-1 at 2001-09-09" in done.stdout
    assert "your work" in done.stdout
    assert "\x1b" not in done.stdout
    (told,) = foretrace_json(allowed, "collect", "status")["courses"]
    assert [each["what"] for each in told["looks"]] == ["replay", "later"]


@pytest.mark.parametrize("looks", [None, 7, [{}], [{"looked_wall_us": "x"}]])
def test_a_course_that_does_not_say_who_looked_is_named_for_it(
    allowed: Home, course: ScriptedCourse, looks: Any
) -> None:
    foretrace(allowed, "collect", "join", course.address, FORETRACE_COURSE_TOKEN=TOKEN)
    course.looks = looks
    done = foretrace(allowed, "collect", "status")
    assert done.returncode == 0
    assert "Who opened your work is not known now: the course does not say" in done.stdout
