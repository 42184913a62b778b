"""The courses that were joined: where they may be, and a file that tells nobody else."""

from __future__ import annotations

import stat

import pytest

from foretrace_telemetry.home import Home
from foretrace_telemetry.locking import HeldError, holding
from foretrace_telemetry.sending import courses
from foretrace_telemetry.sending.courses import Course, CoursesUnreadableError

COURSE = Course("https://a.example", "Programming 1", "secret", 5, "We see it.")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://a.example/", "https://a.example"),
        (" https://a.example:8443/course/ ", "https://a.example:8443/course"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("http://[::1]:8000/", "http://[::1]:8000"),
    ],
)
def test_an_address_is_https_or_on_this_computer(given: str, kept: str) -> None:
    assert courses.checked_address(given) == kept


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ("http://a.example", "https://"),
        ("http://127.0.0.1.a.example", "https://"),
        ("http://localhost.a.example", "https://"),
        ("http://0.0.0.0", "https://"),
        ("ftp://a.example", "is no address"),
        ("a.example", "is no address"),
        ("https://", "is no address"),
        ("https://[", "is no address"),
        ("https://a.example:port", "is no address"),
        ("https://me:secret@a.example", "the token says who you are"),
        ("https://a.example/?token=secret", "leave out"),
        ("https://a.example/#x", "leave out"),
        ("https://a.example/a b", "characters"),
    ],
)
def test_any_other_address_is_refused_in_words(given: str, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        courses.checked_address(given)


@pytest.mark.parametrize("token", ["", " \n", "a b", "ä", "a\r\nHost: b", "x" * 5000])
def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(ValueError, match="token"):
        courses.checked_token(token)


def test_the_file_is_for_its_owner_only_and_no_message_tells_a_token(home: Home) -> None:
    courses.join(home, COURSE)
    assert stat.S_IMODE(home.courses.stat().st_mode) == 0o600
    assert courses.read_courses(home) == [COURSE]
    assert "secret" not in repr(COURSE)
    home.courses.write_text(home.courses.read_text().replace('"secret"', '["secret"'))
    with pytest.raises(CoursesUnreadableError) as refusal:
        courses.read_courses(home)
    assert "secret" not in str(refusal.value)


def test_joining_again_takes_the_place_of_what_was(home: Home) -> None:
    other = Course("https://b.example", "Programming 2", "other", 6)
    for each in (COURSE, other, Course("https://a.example", "Programming 1", "new", 7)):
        courses.join(home, each)
    assert [each.token for each in courses.read_courses(home)] == ["other", "new"]


def test_a_course_is_left_once_and_its_token_goes_when_it_heard(home: Home) -> None:
    courses.join(home, COURSE)
    assert courses.leave(home, COURSE.address, 10).is_to_hear
    assert courses.leave(home, COURSE.address, 20).left_wall_us == 10
    courses.heard(home, COURSE.address, {"events": 3})
    (course,) = courses.read_courses(home)
    assert (course.receipt, course.token, course.is_to_hear) == ({"events": 3}, "", False)
    with pytest.raises(KeyError):
        courses.leave(home, "https://b.example", 10)


def test_a_lock_is_held_by_one_and_free_once_it_is_let_go(home: Home) -> None:
    home.create()
    path = home.path / "x.lock"
    with holding(path), pytest.raises(HeldError), holding(path):
        pass
    with holding(path):
        pass
