"""The file of an instructor: checked wholly, told in words, published under numbers that rise."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.command import foretrace, foretrace_json
from tests.pages import DOCS, fences, names, rows, text_of

from foretrace_models.repair.assignment import Level
from foretrace_server.collect.course import create, find
from foretrace_server.policy.publishing import published
from foretrace_server.policy.reading import Condition, CoursePolicy, PolicyError, read_policy
from foretrace_server.policy.rules import Rule
from foretrace_telemetry.home import Home

STUDY = """
[study]
id = "hints-or-steps"
[[study.condition]]
name = "hints"
ceiling = "hint"
share = 2
[[study.condition]]
name = "steps"
ceiling = "step"
"""


@pytest.fixture
def course(home: Home) -> Home:
    foretrace(home, "collect", "init", "Programming 1")
    return home


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "policy.toml"


def test_a_rule_is_for_an_assignment_or_all_and_for_a_time_with_its_zone() -> None:
    text = (
        '[[rule]]\nassignment = "search"\nceiling = "hint"\n'
        "from = 1970-01-01T02:00:01+02:00\nuntil = 1970-01-01T00:00:02.5Z\n".replace("1970", "2026")
        + '[[rule]]\nceiling = "off"\n'
    )
    begins_us = 1_767_225_601_000_000
    first = Rule(
        ceiling=Level.HINT,
        assignment="search",
        from_wall_us=begins_us,
        until_wall_us=begins_us + 1_500_000,
    )
    assert read_policy(text.encode()) == CoursePolicy((first, Rule(ceiling=Level.OFF)))


def test_a_study_has_conditions_with_shares() -> None:
    study = read_policy(STUDY.encode()).study
    assert study is not None
    hints, steps = Condition("hints", Level.HINT, 2), Condition("steps", Level.STEP, 1)
    assert (study.id, study.conditions, study.tell_conditions) == (
        "hints-or-steps",
        (hints, steps),
        False,
    )


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[[rule]]\n", "rule 1: the ceiling is missing"),
        ('[[rule]]\nceiling = "most"', "'most' is none; it is one of off, nudge, hint, step, fix"),
        ('[[rule]]\nceiling = "hint"\nunitl = 1', "rule 1 has no key 'unitl'"),
        ('[[rules]]\nceiling = "hint"', "the file has no key 'rules'"),
        ('[rule]\nceiling = "hint"', "each written [[rule]]"),
        ('rule = ["hint"]', "each written [[rule]]"),
        ('[[rule]]\nceiling = "hint"\nuntil = 2026-11-30T10:00:00', "with their time zone"),
        ('[[rule]]\nceiling = "hint"\nuntil = 2026-11-30', "with their time zone"),
        ('[[rule]]\nceiling = "hint"\nuntil = "2026-11-30T10:00:00Z"', "without quotes"),
        ('[[rule]]\nceiling = "hint"\nuntil = 9999-12-31T23:59:59-12:00', "the year 9999"),
        (
            '[[rule]]\nceiling = "hint"\nfrom = 2026-11-30T10:00:00Z\n'
            "until = 2026-11-30T11:00:00+01:00",
            "until must be later than from",
        ),
        ('[[rule]]\nceiling = "hint"\nassignment = ""', "assignment is required and must be text"),
        ('[[rule]]\nceiling = "hint"\nassignment = "\\u001b"', "text in one line"),
        ('[[rule]]\nceiling = "hint"\n' * 101, "more than 100 tables"),
        (STUDY.replace('name = "steps"', 'name = "hints"'), "two conditions of one name"),
        (STUDY.partition('[[study.condition]]\nname = "steps"')[0], "two conditions or more"),
        (STUDY.replace("share = 2", "share = 0"), "share must be a whole number"),
        (STUDY.replace("share = 2", "share = true"), "share must be a whole number"),
        (STUDY.replace("share = 2", "weight = 2"), "condition 1 has no key 'weight'"),
        (STUDY.replace('"hints-or-steps"', '"a/b"'), "letters, digits, dots"),
        (STUDY.replace("[study]", "[study]\ntell_conditions = 1"), "must be true or false"),
        ("[[study]]\n", "one study, written [study]"),
        ("= 1", "is not valid TOML"),
        ("\udcff", "is not UTF-8"),
        ("#" * 70_000, "hardly a policy"),
    ],
)
def test_what_is_wrong_with_a_policy_is_said(text: str, named: str) -> None:
    with pytest.raises(PolicyError) as refusal:
        read_policy(text.encode("utf-8", "surrogateescape"))
    assert named in str(refusal.value)


def test_what_is_wrong_is_not_published(course: Home, file: Path) -> None:
    file.write_text('[[rule]]\nceiling = "hint"\nuntill = 1\n')
    done = foretrace(course, "collect", "policy", str(file))
    assert (done.returncode, "has no key 'untill'" in done.stderr) == (2, True), done.stderr
    missing = foretrace(course, "collect", "policy", str(file.with_name("missing")))
    assert (missing.returncode, "cannot be read" in missing.stderr) == (2, True)
    assert foretrace_json(course, "collect", "policy")["number"] == 0


def test_each_policy_that_is_published_has_a_higher_number_and_is_told_in_words(
    course: Home, file: Path
) -> None:
    none = foretrace(course, "collect", "policy")
    assert "No policy was published" in none.stdout
    assert "The course sets no limit" in none.stdout
    file.write_text('[[rule]]\nceiling = "hint"\nassignment = "search"\n' + STUDY)
    first = foretrace(course, "collect", "policy", str(file))
    assert first.returncode == 0, first.stderr
    assert "Policy 1" in first.stdout
    assert "The assignment search: up to a hint." in first.stdout
    assert "hints: up to a hint, 67% of the students." in first.stdout
    file.write_text('[[rule]]\nceiling = "off"\nuntil = 2026-01-01T00:00:00Z\n')
    second = foretrace_json(course, "collect", "policy", str(file))
    assert second["number"] == 2
    assert "(over)" in second["words"][0]
    assert foretrace_json(course, "collect", "policy") == second
    # What held before can still be told.
    texts = [each.text for each in published(find(course.path / "courses" / "Programming-1"))]
    assert ["search" in text for text in texts] == [True, False]


def test_a_study_that_was_published_keeps_its_conditions(course: Home, file: Path) -> None:
    file.write_text(STUDY)
    assert foretrace_json(course, "collect", "policy", str(file))["number"] == 1
    file.write_text("")
    assert foretrace_json(course, "collect", "policy", str(file))["number"] == 2
    file.write_text(STUDY.replace("share = 2", "share = 3"))
    done = foretrace(course, "collect", "policy", str(file))
    assert (done.returncode, "give it another id" in done.stderr) == (2, True)
    file.write_text(STUDY.replace("[study]", "[study]\nuntil = 2030-01-01T00:00:00Z"))
    assert foretrace_json(course, "collect", "policy", str(file))["number"] == 3


def test_the_key_of_a_course_is_made_with_it_or_when_it_is_first_needed(tmp_path: Path) -> None:
    made = create("A", tmp_path / "a")
    assert made.home.signing_key.exists()
    made.home.signing_key.unlink()  # as in a course of before
    told = foretrace_json(made.home, "collect", "policy", "--path", str(made.home.path))
    assert len(told["key"]) == 64
    again = foretrace_json(made.home, "collect", "policy", "--path", str(made.home.path))
    assert again["key"] == told["key"]


def test_what_was_published_and_cannot_be_read_is_told(course: Home, file: Path) -> None:
    file.write_text(STUDY)
    found = find(course.path / "courses" / "Programming-1")
    found.policies.write_text("{")
    for arguments in ((str(file),), ()):
        done = foretrace(course, "collect", "policy", *arguments)
        assert done.returncode == 2
        assert "cannot be read" in done.stderr
        assert "Traceback" not in done.stderr


def test_the_examples_of_the_page_can_be_published() -> None:
    for example in fences(DOCS / "policy.md", "toml"):
        assert read_policy(example.encode()) != CoursePolicy()


def test_every_key_of_a_policy_is_told_and_none_is_made_up() -> None:
    condition = STUDY.replace("share = 2", "unknown = 1")
    known: dict[str, set[str]] = {}
    for table, text in (
        ("[[rule]]", '[[rule]]\nceiling = "hint"\nunknown = 1\n'),
        ("[study]", STUDY.replace("[study]", "[study]\nunknown = 1")),
        ("[[study.condition]]", condition),
    ):
        with pytest.raises(PolicyError) as refusal:
            read_policy(text.encode())
        for key in str(refusal.value).partition("it may have ")[2].split(", "):
            known.setdefault(key, set()).add(table)
    del known["condition"]  # it is the table of that name
    told = rows(text_of("policy.md"), "For the instructor")
    assert {row[0].strip("`"): names(row[1]) for row in told} == known
