"""`foretrace collect show`: the class on the terminal, in aggregates."""

from __future__ import annotations

from pathlib import Path

from tests.command import foretrace, foretrace_json
from tests.courses import make_course
from tests.server.test_insight import NAMES, add, document

from foretrace_server.collect.enrolment import Enrolments
from foretrace_telemetry.events import Edited, Opened, Origin, RunFinished
from foretrace_telemetry.home import Home


def test_the_class_is_shown_without_anybody_in_it(home: Home, tmp_path: Path) -> None:
    course, _ = make_course(tmp_path / "course", *NAMES)
    Enrolments(course).enrol(NAMES, sections=dict.fromkeys(NAMES, "Friday"))
    failed = RunFinished(1, 5, "NameError", 1)
    for student in NAMES:
        add(course, student, "s1", Opened("x\n", "python"), failed)
    own = Edited(0, "", "#", Origin.TYPED)
    subject = add(
        course, "ada", "s2", Opened("y\n", "python"), own, failed, uri=document("adas\x1b[2J")
    )
    path = ("--path", str(course.home.path))
    shown = foretrace(home, "collect", "show", *path)
    assert shown.returncode == 0, shown.stderr
    assert "6 students enrolled; sent something: 6." in shown.stdout
    assert "A gap of more than 5 minutes is no time on the task." in shown.stdout
    assert "7 sessions, 15 events, 0 gaps, 0 resyncs; 100 % of the sessions" in shown.stdout
    assert "Of fewer than five people, and not named: 1." in shown.stdout
    assert "· is hidden: it counts fewer than 5 people" in shown.stdout
    for told in (subject, "ada", "\x1b"):
        assert told not in shown.stdout
    answer = foretrace_json(home, "collect", "show", *path)
    assert answer["people"] == {"value": 6, "reason": None}
    assert [each["assignment"] for each in answer["assignments"]] == ["search"]
    assert [each["section"] for each in answer["sections"]] == ["Friday"]
    assert subject not in str(answer)


def test_a_course_to_which_nothing_came_is_shown(home: Home, tmp_path: Path) -> None:
    course, _ = make_course(tmp_path / "course", *NAMES)
    shown = foretrace(home, "collect", "show", "--path", str(course.home.path))
    assert (shown.returncode, "sent something: ·." in shown.stdout) == (0, True)


def test_without_a_course_there_is_nothing_to_show(home: Home) -> None:
    shown = foretrace(home, "collect", "show")
    assert (shown.returncode, "there is no course here" in shown.stderr) == (2, True)


def test_a_course_that_cannot_be_read_says_so(home: Home, tmp_path: Path) -> None:
    course, _ = make_course(tmp_path / "course", *NAMES)
    course.home.traces.write_bytes(b"no database, but long enough to be taken for one" * 100)
    shown = foretrace(home, "collect", "show", "--path", str(course.home.path))
    assert (shown.returncode, "cannot be read now" in shown.stderr) == (2, True)
    assert "Traceback" not in shown.stderr
