"""`foretrace collect help`: from what students sent to what a laptop is helped with, and back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from attrs import define
from tests.class_edits import ASSIGNMENT, ID, OWN_WORDS, assignment, broken, mended
from tests.command import foretrace, foretrace_json
from tests.courses import GRANTED_US, Served, consent_lines, make_course, segment, served
from tests.forensics import found_in

from foretrace_models.repair.diagnosis import Situation
from foretrace_models.repair.offered_rules import OfferedRules
from foretrace_models.repair.pipeline import diagnose
from foretrace_models.repair.sources import Sources
from foretrace_server.collect.course import SOURCE
from foretrace_server.collect.helping import written_for
from foretrace_server.offers import proof_words
from foretrace_telemetry.consent import Content, Scope, grant
from foretrace_telemetry.events import Actor, Edited, Event, Opened, Saved
from foretrace_telemetry.exchange.exporting import Format, export
from foretrace_telemetry.home import Home
from foretrace_telemetry.lineage import derived
from foretrace_telemetry.store import SessionInfo, Store


@define
class Class:
    """A course whose students sent what they wrote, and the assignment that it was for."""

    server: Served
    tokens: dict[str, str]
    assignment: Path

    def mine(self) -> dict[str, Any]:
        """Mine the assignment, and return what the command tells."""
        return foretrace_json(
            *(self.server.course.home, "collect", "help", str(self.assignment)),
            *("--path", str(self.server.course.home.path)),
        )

    def offered(self, token: str) -> dict[str, Any]:
        """Return what is offered to somebody."""
        answer = self.server.ask("GET", "/v1/help", token)
        assert answer.status == 200
        assignments: dict[str, Any] = answer.content["assignments"]
        return assignments


def write(server: Served, token: str, word: str, consent: tuple[str, ...]) -> None:
    before, after = broken(word), mended(word)
    at = before.index("'Dear'") + len("'Dear")
    assert before[:at] + " " + before[at:] == after
    sent = segment(
        consent,
        Opened(before, "python"),
        Saved(),
        Edited(at, "", " "),
        Saved(),
        name=f"by-{word}",
        uri=f"file:///home/{word}/greet.py",
        wall_us=GRANTED_US + 1,
    )
    answer = server.push(token, sent)
    assert answer.status == 200, answer.content


@pytest.fixture
def taught(tmp_path: Path) -> Iterator[Class]:
    course, tokens = make_course(tmp_path / "course", *OWN_WORDS[:7])
    file = tmp_path / "tasks" / "greeting" / "foretrace.toml"
    file.parent.mkdir(parents=True)
    file.write_text(ASSIGNMENT, encoding="utf-8")
    consent = consent_lines(tmp_path / "laptop")
    with served(course) as server:
        for word in OWN_WORDS[:6]:
            write(server, tokens[word], word, consent)
        yield Class(server, tokens, file)


def test_whose_sessions_were_imported_is_no_student_of_the_class(home: Home) -> None:
    with closing(Store.create(home)) as store:
        for number, word in enumerate(OWN_WORDS):
            source = SOURCE if number < 4 else "another tool"
            info = SessionInfo(f"by-{word}", 1, "", "", word, source)
            space = broken(word).index("'Dear'") + len("'Dear")
            bodies = (Opened(broken(word), "python"), Edited(space, "", " "), Saved())
            store.begin_session(info).append_whole(
                [Event(n, n, Actor.USER, body, "file:///greet.py") for n, body in enumerate(bodies)]
            )
    found = written_for(home, assignment())
    assert {work.author for work in found.works} == set(OWN_WORDS[:4])
    assert set(found.sessions) == {f"by-{word}" for word in OWN_WORDS[:4]}


def test_what_six_students_share_helps_the_seventh_and_tells_of_none(
    taught: Class, tmp_path: Path, home: Home
) -> None:
    told = taught.mine()
    assert told["least_students"] == 5
    row = told["assignments"][ID]
    assert (row["students"], row["edits"]) == (6, 6)
    assert row["rules"] > 0

    token = taught.tokens[OWN_WORDS[6]]
    raw = json.dumps(taught.offered(token))
    assert "'Dear '" in raw
    assert not [word for word in (*OWN_WORDS, "note", "by-") if word in raw]

    grant(home, [Scope.INSTRUCTOR], Content.FULL, "test", datetime.now(timezone.utc))
    Store.create(home).close()
    address = f"http://127.0.0.1:{taught.server.port}"
    done = foretrace(home, "collect", "join", address, FORETRACE_COURSE_TOKEN=token)
    assert done.returncode == 0, done.stderr
    assert foretrace(home, "collect", "push").returncode == 0
    work = tmp_path / "work"
    work.mkdir()
    (work / "foretrace.toml").write_text(ASSIGNMENT, encoding="utf-8")
    rules = OfferedRules(home).rules_for(work / "greet.py")
    assert rules is not None
    situation = Situation(broken("seventh"), work / "greet.py", may_run=True)
    fix = diagnose(situation, 9, sources=Sources(shared=rules)).fix
    assert fix is not None
    assert proof_words(fix) == "2 tests pass; others in your course mended it so"

    assert foretrace(home, "collect", "leave").returncode == 0
    assert OfferedRules(home).rules_for(work / "greet.py") is None


def test_who_leaves_takes_the_help_along_and_the_receipt_lists_it_and_the_exports(
    taught: Class, tmp_path: Path
) -> None:
    home = taught.server.course.home
    taught.mine()
    export(home, Format.CSV, tmp_path / "table.csv")
    receipt = taught.server.ask("POST", "/v1/withdraw", taught.tokens["zebra"]).content
    assert receipt["derived"] == [f"class help {ID}"]
    assert [each["format"] for each in receipt["exports"]] == ["csv"]
    assert receipt["complete"]
    assert taught.offered(taught.tokens["ibis"]) == {}
    assert not found_in(home.path, ['"elsewhere"'])
    # Five are left: too few to try what they share on one more.
    assert taught.mine()["assignments"][ID]["rules"] == 0
    assert taught.offered(taught.tokens["ibis"]) == {}
    assert taught.server.ask("GET", "/v1/help", taught.tokens["zebra"]).status == 403


def test_one_who_sent_nothing_leaves_and_the_help_stays(taught: Class) -> None:
    taught.mine()
    receipt = taught.server.ask("POST", "/v1/withdraw", taught.tokens[OWN_WORDS[6]]).content
    assert receipt["derived"] == []
    assert ID in taught.offered(taught.tokens["ibis"])


def test_help_has_the_sessions_that_it_was_made_of(taught: Class) -> None:
    taught.mine()
    with closing(Store.read(taught.server.course.home)) as store:
        (made,) = derived(store.db)
        assert set(made.sessions) == set(store.names())


def test_help_is_for_those_of_the_course_and_is_sent_again_only_when_it_changed(
    taught: Class,
) -> None:
    server, token = taught.server, taught.tokens["ibis"]
    assert server.ask("GET", "/v1/help").status == 401
    taught.mine()
    tag = server.ask("GET", "/v1/help", token).headers["etag"]
    same = server.ask("GET", "/v1/help", token, headers={"If-None-Match": tag})
    assert (same.status, same.content) == (304, None)


def test_help_can_be_looked_at_and_taken_back(taught: Class) -> None:
    home, path = taught.server.course.home, ("--path", str(taught.server.course.home.path))
    assert "Nothing is offered." in foretrace(home, "collect", "help", *path).stdout
    taught.mine()
    shown = foretrace(home, "collect", "help", *path)
    assert "'Dear'  ->  'Dear '" in shown.stdout
    told = foretrace_json(home, "collect", "help", "--take-back", ID, *path)
    assert told == {"taken_back": True}
    assert taught.offered(taught.tokens["ibis"]) == {}
    again = foretrace_json(home, "collect", "help", "--take-back", ID, *path)
    assert again == {"taken_back": False}


def test_a_folder_is_searched_for_assignments(taught: Class) -> None:
    taught.assignment = taught.assignment.parents[1]
    assert list(taught.mine()["assignments"]) == [ID]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (ASSIGNMENT.replace('id = "greeting"\n', ""), "has no id"),
        (ASSIGNMENT.partition("[[test]]")[0], "has no test"),
        ("[assignment", "is not valid TOML"),
    ],
)
def test_an_assignment_that_cannot_be_mined_is_named(
    tmp_path: Path, text: str, message: str
) -> None:
    course, _ = make_course(tmp_path / "course", "one")
    file = tmp_path / "foretrace.toml"
    file.write_text(text, encoding="utf-8")
    done = foretrace(course.home, "collect", "help", str(file), "--path", str(course.home.path))
    assert (done.returncode, message in done.stderr) == (2, True), done.stderr


def test_a_course_without_anything_collected_has_nothing_to_mine(tmp_path: Path) -> None:
    course, _ = make_course(tmp_path / "course", "one")
    file = tmp_path / "foretrace.toml"
    file.write_text(ASSIGNMENT, encoding="utf-8")
    done = foretrace(course.home, "collect", "help", str(file), "--path", str(course.home.path))
    assert (done.returncode, "collected nothing yet" in done.stderr) == (2, True)
    empty = foretrace(
        course.home, "collect", "help", str(tmp_path / "course"), "--path", str(course.home.path)
    )
    assert (empty.returncode, "has no foretrace.toml" in empty.stderr) == (2, True)
