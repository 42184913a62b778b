"""The roster: each student once, however the table was saved, and nothing of it repeated."""

from __future__ import annotations

import codecs

import pytest

from foretrace_server.collect.roster import RosterError, alike, read_roster

TABLE = "student,name\nada@x.org,Ada\nbob@x.org,Bob\n"
ADA_AND_BOB = ("ada@x.org", "bob@x.org")


@pytest.mark.parametrize(
    "raw",
    [
        TABLE.encode(),
        TABLE.encode("utf-8-sig"),
        TABLE.encode("utf-16"),
        codecs.BOM_UTF16_BE + TABLE.encode("utf-16-be"),
        TABLE.replace("\n", "\r\n").encode(),
        TABLE.replace(",", ";").encode(),
        TABLE.replace(",", "\t").encode(),
        b'\r\n"student", "name"\n"ada@x.org","A, ""B"""\n\n,\n bob@x.org ,Bob\n',
        b"name,STUDENT \nAda,ada@x.org\nBob,bob@x.org",
    ],
)
def test_each_way_to_save_a_table_gives_the_same_students(raw: bytes) -> None:
    assert read_roster(raw).students == ADA_AND_BOB


def test_a_student_in_two_lines_is_one() -> None:
    roster = read_roster("student\nZoë\nzoe\u0308\n ZOË \nAda\n".encode())
    assert (roster.students, roster.repeated) == (("Zoë", "Ada"), 2)
    assert alike("Zoe\u0308  B") == alike("ZOË B")


def test_another_column_can_say_who_a_student_is() -> None:
    raw = b"Student,SIS Login ID\nAda,a1\nAda,a2\n"
    assert read_roster(raw, "sis login id").students == ("a1", "a2")


def test_a_formula_is_a_name_like_any_other() -> None:
    assert read_roster(b"student\n=1+1\n@SUM(A1)\n").students == ("=1+1", "@SUM(A1)")


@pytest.mark.parametrize(
    ("raw", "named"),
    [
        (b"", "no student in it"),
        (b"student\n", "no student in it"),
        (b"name\nAda\n", "no column 'student'"),
        (b"student,Student\na,b\n", "2 columns 'student'"),
        (b"student,name\n,Ada\n", "line 2: the column 'student' is empty"),
        (b"name,student\nAda\n", "line 2: the column 'student' is empty"),
        (b"student\n\x1b[2Jada\n", "line 2: .* characters without a sign"),
        (b"student\na\0b\n", "line 2"),
        (b"student\n" + b"a" * 201 + b"\n", "longer than 200"),
        (b'student\n"ada\n', "line 2 is not CSV"),
        ("student\nZoë\n".encode("latin-1"), "neither UTF-8 nor UTF-16"),
        (codecs.BOM_UTF16_LE + b"a", "neither UTF-8 nor UTF-16"),
        (b"student\n" + b"a\n" * 2**23, "hardly a roster"),
        (b"PK\x03\x04" + bytes(range(128, 256)), "neither UTF-8 nor UTF-16"),
    ],
)
def test_what_is_no_roster_is_refused_in_words(raw: bytes, named: str) -> None:
    with pytest.raises(RosterError, match=named) as refusal:
        read_roster(raw)
    assert "\x1b" not in str(refusal.value)


def test_a_column_can_say_in_which_section_a_student_is() -> None:
    raw = b"student,Group\nAda, Friday  a \nBob\nADA,Monday\n"
    roster = read_roster(raw, section_column="group")
    assert roster.sections == {"Ada": "Friday a", "Bob": ""}
    assert read_roster(raw).sections == {}
    with pytest.raises(RosterError, match="section of a student with --section-column"):
        read_roster(raw, section_column="seminar")
    with pytest.raises(RosterError, match="line 2: the column 'group' is longer"):
        read_roster(b"student,group\nAda,\x1b[2J\n", section_column="group")
