"""`foretrace collect`: a course is made, its students get tokens, and what it has can be had."""

from __future__ import annotations

import csv
import io
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from tests.command import foretrace, foretrace_json
from tests.courses import consent_lines, segment, served
from tests.forensics import found_in

from foretrace_server.collect.course import find
from foretrace_server.collect.enrolment import Enrolments
from foretrace_telemetry.events import Edited, Erased, Opened, Resynced
from foretrace_telemetry.home import Home


@pytest.fixture
def roster(tmp_path: Path) -> Path:
    path = tmp_path / "roster.csv"
    path.write_text("name;student\nAda;ada@x.org\nBob;=1+1\nAda;ADA@x.org\n", encoding="utf-8")
    return path


def tokens(text: str) -> dict[str, str]:
    return {row["student"]: row["token"] for row in csv.DictReader(io.StringIO(text))}


def test_a_course_is_a_folder_that_nobody_else_can_read(home: Home) -> None:
    made = foretrace_json(home, "collect", "init", "Programming 1: lists & loops")
    folder = Path(made["path"])
    assert folder == home.path / "courses" / "Programming-1-lists-loops"
    assert '"Programming 1: lists & loops"' in made["notice"]
    if os.name == "posix":
        assert folder.stat().st_mode & 0o777 == 0o700
        assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    again = foretrace(home, "collect", "init", "Programming 1: lists & loops")
    assert again.returncode == 2
    assert "is there already" in again.stderr


@pytest.mark.parametrize("name", ["", "..", " / ", "a\x1b[2J"])
def test_a_course_without_a_name_is_not_made(home: Home, name: str) -> None:
    done = foretrace(home, "collect", "init", name)
    assert (done.returncode, "needs a name" in done.stderr) == (2, True)
    assert not home.path.exists()


def test_the_name_of_a_course_is_no_path(home: Home) -> None:
    made = foretrace_json(home, "collect", "init", "../../course")
    assert Path(made["path"]).parent == home.path / "courses"


def test_an_instructor_can_write_the_notice(home: Home, tmp_path: Path) -> None:
    notice = tmp_path / "notice.txt"
    notice.write_text("We look at <b>everything</b>.", encoding="utf-8")
    made = foretrace_json(home, "collect", "init", "A", "--notice", str(notice))
    assert made["notice"] == "We look at <b>everything</b>."
    notice.write_bytes(b"\xff")
    done = foretrace(home, "collect", "init", "B", "--notice", str(notice))
    assert (done.returncode, "no text in UTF-8" in done.stderr) == (2, True)


def test_tokens_are_told_once_and_only_what_recognises_them_is_kept(
    home: Home, roster: Path
) -> None:
    foretrace(home, "collect", "init", "A")
    done = foretrace(home, "collect", "enrol", str(roster))
    assert done.returncode == 0, done.stderr
    told = tokens(done.stdout)
    assert list(told) == ["ada@x.org", "'=1+1"]  # a formula is text to a spreadsheet
    assert "2 tokens for A; 0 enrolled before; 1 line with one again" in done.stderr
    again = foretrace(home, "collect", "enrol", str(roster))
    assert tokens(again.stdout) == {}
    assert "2 enrolled before" in again.stderr
    assert all(token.startswith("foretrace_") for token in told.values())
    course = find(home.path / "courses" / "A")
    assert all(Enrolments(course).of_token(token) for token in told.values())
    assert found_in(home.path, {*told.values(), "ada@x.org"}) == set()


def test_who_lost_a_token_gets_another(home: Home, roster: Path, tmp_path: Path) -> None:
    foretrace(home, "collect", "init", "A")
    first = tokens(foretrace(home, "collect", "enrol", str(roster)).stdout)
    out = tmp_path / "tokens.csv"
    arguments = ("collect", "enrol", str(roster), "--new-token", "Ada@X.org", "--out", str(out))
    assert foretrace_json(home, *arguments)["issued"] == 1
    if os.name == "posix":
        assert out.stat().st_mode & 0o777 == 0o600
    second = tokens(out.read_text(encoding="utf-8-sig"))
    assert list(second) == ["ada@x.org"]
    assert second["ada@x.org"] != first["ada@x.org"]
    assert foretrace(home, *arguments).returncode == 2  # the file is there already
    unknown = foretrace(home, *arguments[:4], "carol")
    assert (unknown.returncode, "'carol' is not in the roster" in unknown.stderr) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("enrol", "{roster}"), "make one with: foretrace collect init"),
        (("serve",), "make one with: foretrace collect init"),
        (("export", "--format", "csv", "--out", "x.csv"), "foretrace collect init"),
        (("serve", "--path", "{roster}"), "no folder of a course"),
    ],
)
def test_without_a_course_it_is_told_how_to_make_one(
    home: Home, roster: Path, arguments: tuple[str, ...], named: str
) -> None:
    done = foretrace(home, "collect", *(each.format(roster=roster) for each in arguments))
    assert (done.returncode, named in done.stderr) == (2, True), done.stderr


def test_of_several_courses_one_is_to_be_named(home: Home, roster: Path) -> None:
    for name in ("A", "B"):
        foretrace(home, "collect", "init", name)
    done = foretrace(home, "collect", "enrol", str(roster))
    assert (done.returncode, "several courses (A, B)" in done.stderr) == (2, True)
    path = str(home.path / "courses" / "B")
    assert foretrace_json(home, "collect", "enrol", str(roster), "--path", path)["course"] == "B"


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (("--host", "0.0.0.0"), "without TLS everybody on the way could read along"),
        (("--host", "::"), "without TLS"),
        (("--tls-certificate", "x.pem"), "belong together"),
        (("--tls-certificate", "x.pem", "--tls-key", "x.pem"), "cannot be used"),
        (("--host", "192.0.2.1", "--behind-proxy"), "cannot listen on 192.0.2.1"),
    ],
)
def test_what_could_be_read_on_its_way_is_not_served(
    home: Home, options: tuple[str, ...], named: str
) -> None:
    foretrace(home, "collect", "init", "A")
    done = foretrace(home, "collect", "serve", *options)
    assert (done.returncode, named in done.stderr) == (2, True), done.stderr


def test_without_the_extra_it_is_told_how_to_get_it(home: Home, tmp_path: Path) -> None:
    foretrace(home, "collect", "init", "A")
    (tmp_path / "without").mkdir()
    (tmp_path / "without" / "uvicorn.py").write_text("raise ImportError('uvicorn')\n")
    done = foretrace(home, "collect", "serve", PYTHONPATH=str(tmp_path / "without"))
    assert (done.returncode, "pip install 'foretrace[collect]'" in done.stderr) == (2, True)


def test_what_commands_a_terminal_is_shown_and_not_done(
    home: Home, roster: Path, tmp_path: Path
) -> None:
    foretrace(home, "collect", "init", "A")
    course = find(home.path / "courses" / "A")
    told = tokens(foretrace(home, "collect", "enrol", str(roster)).stdout)
    bodies = (Opened("\x1b[2J<b>\n"), Resynced("\x1b[2J<b>\n", "\x1b[2J\nforged"))
    with served(course) as server:
        sent = segment(consent_lines(tmp_path / "laptop"), *bodies, Erased(3, 9, "\x9b2J"))
        assert server.push(told["ada@x.org"], sent).status == 200
    for arguments in (("show",), ("show", "last", "--events"), ("list",), ("replay", "--check")):
        done = foretrace(course.home, "traces", *arguments)
        assert done.returncode == 0, done.stderr
        assert not {"\x1b", "\x9b"} & set(done.stdout)
        assert "\nforged" not in done.stdout
    # In a file a text is as it was.
    assert foretrace(course.home, "traces", "replay").stdout == "\x1b[2J<b>\n\n"


def test_where_tokens_cannot_be_told_nobody_is_enrolled(home: Home, roster: Path) -> None:
    foretrace(home, "collect", "init", "A")
    out = roster.parent / "missing" / "tokens.csv"
    done = foretrace(home, "collect", "enrol", str(roster), "--out", str(out))
    assert (done.returncode, "nobody was enrolled" in done.stderr) == (2, True)
    assert len(tokens(foretrace(home, "collect", "enrol", str(roster)).stdout)) == 2


def test_what_a_course_has_can_be_exported_but_not_handed_in(
    home: Home, roster: Path, tmp_path: Path
) -> None:
    foretrace(home, "collect", "init", "A")
    course = find(home.path / "courses" / "A")
    told = tokens(foretrace(home, "collect", "enrol", str(roster)).stdout)
    with served(course) as server:
        sent = segment(consent_lines(tmp_path / "laptop"), Opened("=x"), Edited(0, "", "y"))
        assert server.push(told["ada@x.org"], sent).status == 200
    out = tmp_path / "all.csv"
    arguments = ("collect", "export", "--out", str(out), "--format")
    assert foretrace_json(home, *arguments, "csv")["events"] == 2
    table = list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8-sig"))))
    enrolment = Enrolments(course).of_token(told["ada@x.org"])
    assert enrolment is not None
    assert {row["subject"] for row in table} == {enrolment.subject}
    assert table[0]["text"] == "'=x"
    assert foretrace(home, *arguments, "bundle").returncode == 2
    # It is a data folder as any other.
    listed = foretrace_json(course.home, "traces", "list")
    assert [each["subject"] for each in listed["sessions"]] == [enrolment.subject]


def test_a_section_is_kept_with_the_enrolment_until_it_changes_or_the_student_leaves(
    home: Home, tmp_path: Path
) -> None:
    foretrace(home, "collect", "init", "A")
    roster = tmp_path / "roster.csv"
    roster.write_text("student,group\nAda,Friday\nBob,Monday\n", encoding="utf-8")
    foretrace(home, "collect", "enrol", str(roster))
    course = find(home.path / "courses" / "A")
    assert [each.section for each in Enrolments(course).everybody()] == ["", ""]
    enrol = ("collect", "enrol", str(roster), "--section-column", "group")
    assert "2 enrolled before" in foretrace(home, *enrol).stderr
    ada, bob = (course.subject_of(name, course.key()) for name in ("Ada", "Bob"))

    def sections() -> dict[str, str]:
        return {each.subject: each.section for each in Enrolments(course).everybody()}

    assert sections() == {ada: "Friday", bob: "Monday"}
    foretrace(home, "collect", "enrol", str(roster), "--new-token", "Ada")
    assert sections()[ada] == "Friday"  # a new token says nothing about the section
    Enrolments(course).withdraw(bob)
    assert sections() == {ada: "Friday", bob: ""}
    assert not found_in(course.home.path, ["Monday"])
    foretrace(home, *enrol)
    assert sections()[bob] == ""
    foretrace(home, *enrol, "--new-token", "Bob")
    assert sections()[bob] == "Monday"


def test_enrolments_of_an_older_version_get_a_place_for_sections(home: Home) -> None:
    foretrace(home, "collect", "init", "A")
    course = find(home.path / "courses" / "A")
    with closing(sqlite3.connect(course.enrolments)) as db, db:
        db.execute(
            "CREATE TABLE enrolments (subject TEXT PRIMARY KEY, token_sha256 BLOB NOT NULL UNIQUE,"
            " enrolled_wall_us INTEGER NOT NULL, withdrawn_wall_us INTEGER) STRICT, WITHOUT ROWID"
        )
        db.execute("INSERT INTO enrolments VALUES ('s1', x'00', 7, NULL)")
    (found,) = Enrolments(course).everybody()
    assert (found.subject, found.section, found.enrolled_wall_us) == ("s1", "", 7)
