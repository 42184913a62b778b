"""The insight into a class: of what came, brought up to date, and gone when what it is of goes."""

from __future__ import annotations

import itertools
import json
import threading
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.courses import make_course
from tests.forensics import found_in
from tests.itap_class import SECTIONS, STUDENTS, class_of_itap

from foretrace_server.collect.course import SOURCE, Course
from foretrace_server.collect.enrolment import Enrolments
from foretrace_server.collect.insight import keeping
from foretrace_server.collect.insight.insight import Insight
from foretrace_server.collect.insight.told import FEWEST_PEOPLE, SubjectTold
from foretrace_server.collect.keeper import Keeper
from foretrace_telemetry.erase import Selection, forget
from foretrace_telemetry.events import (
    Actor,
    Body,
    Edited,
    Event,
    Opened,
    Origin,
    RunFinished,
    TestsFinished,
)
from foretrace_telemetry.exchange.forgetting import Forgetting
from foretrace_telemetry.lineage import derived
from foretrace_telemetry.store import NoTracesError, SessionInfo, Store
from foretrace_telemetry.transaction import writing

NAMES = ("ada", "bob", "cleo", "dan", "eve", "fay")
SECOND_US = 1_000_000


def document(name: str) -> str:
    return f"file:///home/student/{name}.py"


def add(
    course: Course, student: str, session: str, *bodies: Body, uri: str = document("search")
) -> str:
    """Let events come of a student's session, one a second; return the pseudonym."""
    subject = course.subject_of(student, course.key())
    whole = f"{session}-{subject}"
    with closing(Store.create(course.home)) as store:
        try:
            writer = store.continue_session(whole)
        except NoTracesError:
            writer = store.begin_session(SessionInfo(whole, 0, "", "an editor", subject, SOURCE))
        first = writer.last_sequence + 1
        writer.append_whole(
            [
                Event(n * SECOND_US, n * SECOND_US, Actor.USER, body, uri)
                for n, body in enumerate(bodies, start=first)
            ]
        )
    return subject


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A course in which six have worked on the same assignment, half of them with success."""
    made, _ = make_course(tmp_path / "course", *NAMES)
    for number, student in enumerate(NAMES):
        add(
            made,
            student,
            "s1",
            Opened(f"x = 'the text of {student}'\n", "python"),
            Edited(0, "", "# ", Origin.TYPED),
            RunFinished(1, 5, "NameError", 1),
            TestsFinished(number % 2 + 1, 1 - number % 2),
        )
    return made


def rows(course: Course) -> set[str]:
    """Return of whom there is a roll-up."""
    with closing(Store.read(course.home)) as store:
        return {each.name for each in derived(store.db, keeping.KIND)}


def told_of(insight: Insight, *subjects: str) -> dict[str, SubjectTold]:
    found = {subject: insight.subject(subject) for subject in subjects}
    return {subject: told for subject, told in found.items() if told is not None}


def test_a_course_to_which_nothing_came_tells_so(tmp_path: Path) -> None:
    course, _ = make_course(tmp_path / "course", *NAMES)
    insight = Insight.open(course)
    overview = insight.class_overview()
    assert (overview.enrolled, overview.people.value, overview.integrity) == (6, None, None)
    assert [*insight.assignments(), *insight.sections(), *insight.progress("search")] == []
    assert [row.sessions for row in insight.roster()] == [0] * 6
    assert insight.subject("s0") is None
    assert insight.assignment("search") is None


def test_the_class_is_told_first_and_then_each_by_pseudonym(course: Course) -> None:
    insight = Insight.open(course)
    overview = insight.class_overview()
    assert (overview.course, overview.people.value) == ("Programming 1", 6)
    (told,) = insight.assignments()
    assert (told.assignment, told.people.value, told.passed.value) == ("search", 6, None)
    assert told.time_seconds.median.value == 3.0
    assert overview.integrity is not None
    assert (overview.integrity.sessions, overview.integrity.events) == (6, 24)
    assert overview.integrity.replayable_share == 1.0
    rows = insight.roster()
    assert [row.subject for row in rows] == sorted(row.subject for row in rows)
    assert sum(row.passed for row in rows) == 3
    bob = insight.subject(course.subject_of("bob", course.key()))
    assert bob is not None
    (work,) = bob.works
    assert (work.runs, work.best_share, work.passed_wall_us) == (1, 1.0, 4 * SECOND_US)
    assert [each.events for each in (bob.integrity, bob.sessions[0].integrity)] == [4, 4]
    assert {each.work.assignment for each in insight.progress("search")} == {"search"}


def test_no_name_of_a_student_is_in_what_is_kept(course: Course) -> None:
    Insight.open(course)
    with closing(Store.read(course.home)) as store:
        for each in derived(store.db, keeping.KIND):
            assert each.name not in NAMES


def test_only_what_is_new_is_read(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    insight = Insight.open(course)
    ada = add(course, "ada", "s1", Edited(0, "", "more", Origin.TYPED))
    read: list[tuple[str, int]] = []
    events = Store.events

    def watched(store: Store, session: str, *rest: object, first: int = 1) -> Iterator[object]:
        read.append((session, first))
        return events(store, session, first=first)

    monkeypatch.setattr(Store, "events", watched)
    insight.refresh()
    assert read == [(f"s1-{ada}", 5)]
    told = insight.subject(ada)
    assert told is not None
    assert told.works[0].edits == 2
    insight.refresh()
    again = Insight.open(course)
    assert len(read) == 1
    assert again.subject(ada) == told


def test_a_change_of_the_idle_rule_makes_all_anew(course: Course) -> None:
    Insight.open(course)
    strict = Insight(course, idle_limit_seconds=0)
    strict.refresh()
    assert strict.class_overview().idle_limit_seconds == 0
    assert strict.class_overview().time_seconds.median.value == 0
    assert Insight.open(course).class_overview().time_seconds.median.value == 3.0


def test_a_later_version_makes_all_anew(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    Insight.open(course)
    read: list[str] = []
    events = Store.events

    def watched(store: Store, session: str, *rest: object, first: int = 1) -> Iterator[object]:
        read.append(session)
        return events(store, session, first=first)

    monkeypatch.setattr(Store, "events", watched)
    monkeypatch.setattr(keeping, "VERSION", keeping.VERSION + 1)
    Insight.open(course)
    assert len(read) == len(NAMES)


def test_a_roll_up_that_was_damaged_is_made_anew(course: Course) -> None:
    before = Insight.open(course).roster()
    with closing(Store.create(course.home)) as store:
        store.db.execute("UPDATE derived SET content = x'00'")
        store.db.commit()
    assert Insight.open(course).roster() == before


def test_who_goes_on_after_a_roll_up_was_damaged_is_told_of(course: Course) -> None:
    Insight.open(course).roster()
    with closing(Store.create(course.home)) as store, writing(store.db):
        for row in list(store.db.query("SELECT rowid, content FROM derived")):
            content = json.loads(zlib.decompress(row["content"]))
            content["going_on"] = {"of": "another form"}
            store.db.execute(
                "UPDATE derived SET content = ? WHERE rowid = ?",
                [zlib.compress(json.dumps(content).encode()), row["rowid"]],
            )
    subject = add(course, NAMES[0], "s1", Edited(0, "", "y", Origin.TYPED))
    told = Insight.open(course).subject(subject)
    assert told is not None
    assert [work.edits for work in told.works] == [2]


def test_who_withdraws_is_gone_from_what_is_told_and_from_the_bytes(course: Course) -> None:
    insight = Insight.open(course)
    # What was there once leaves bytes: of a roll-up that gave way to the next one.
    ada = add(
        course, "ada", "s1", Opened("adas_secret = 1\n", "python"), uri=document("adas-diary")
    )
    add(course, "ada", "s1", Edited(0, "", "#", Origin.TYPED), uri=document("adas-diary"))
    insight.refresh()
    assert ada in rows(course)
    assert found_in(course.home.path, ["the text of ada", "adas-diary", "adas_secret"])
    keeper = Keeper(course)
    receipt = keeper.withdraw(ada).result()
    keeper.close()
    assert receipt.complete
    assert receipt.derived == (f"insight {ada}",)
    assert ada not in rows(course)
    assert not found_in(course.home.path, ["the text of ada", "adas-diary", "adas_secret"])
    insight.refresh()
    told = insight.subject(ada)
    assert told is not None
    assert (told.row.withdrawn, told.row.sessions, told.works, told.sessions) == (True, 0, (), ())
    assert insight.class_overview().enrolled == insight.class_overview().people.value == 5
    assert ada not in rows(course)
    assert Insight.open(course).roster() == insight.roster()


def test_what_is_forgotten_goes_from_the_roll_up_as_well(course: Course) -> None:
    ada = add(course, "ada", "s2", Opened("second = 'text'\n", "python"), uri=document("sort"))
    add(course, "ada", "s2", Edited(0, "", "#", Origin.TYPED), uri=document("sort"))
    insight = Insight.open(course)
    forget(course.home, Selection(frozenset({f"s2-{ada}"}), and_later_texts=False), "kept long")
    assert rows(course) == {each.subject for each in insight.roster()} - {ada}
    assert not found_in(course.home.path, ["second = 'text'", "sort.py"])
    insight.refresh()
    told = insight.subject(ada)
    assert told is not None
    assert [each.assignment for each in told.works] == ["search"]
    assert len(told.sessions) == 1


def test_what_is_known_of_others_stays_where_somebody_forgot_something(course: Course) -> None:
    insight = Insight.open(course)
    ada, bob = (course.subject_of(each, course.key()) for each in ("ada", "bob"))
    before = told_of(insight, ada, bob)
    with closing(Keeper(course)) as keeper:
        keeper.forget(ada, Forgetting("s1", ((1, 1),))).result()
    insight.refresh()
    after = told_of(insight, ada, bob)
    assert after[bob].works[0] is before[bob].works[0]
    assert (before[ada].integrity.erased_events, after[ada].integrity.erased_events) == (0, 1)
    assert after == told_of(Insight.open(course), ada, bob)


def test_what_lost_a_text_only_is_worked_out_anew(course: Course) -> None:
    insight = Insight.open(course)
    ada, bob = (course.subject_of(each, course.key()) for each in ("ada", "bob"))
    assert rows(course) >= {ada, bob}
    # With the text that came later of the same document, whoever it came from.
    forget(course.home, Selection(frozenset({f"s1-{ada}"})))
    assert bob not in rows(course)
    insight.refresh()
    for each in (ada, bob):
        assert insight.subject(each) == Insight.open(course).subject(each)
    assert bob in rows(course)


def test_a_course_whose_database_was_begun_anew_is_told_as_it_is_now(course: Course) -> None:
    insight = Insight.open(course)
    for path in course.home.path.glob("traces.db*"):
        path.unlink()
    bob = add(course, "bob", "s2", Opened("x", "python"), Edited(0, "", "#", Origin.TYPED))
    insight.refresh()
    assert {row.subject for row in insight.roster() if row.sessions} == {bob}


def test_whose_work_cannot_be_read_is_left_out_and_the_others_are_told_of(
    course: Course, caplog: pytest.LogCaptureFixture
) -> None:
    ada = course.subject_of("ada", course.key())
    with closing(Store.create(course.home)) as store, writing(store.db):
        store.db.execute(
            "UPDATE events SET kind = 'adas own' WHERE sequence = 3 AND session = ?",
            [store.number_of(f"s1-{ada}")],
        )
    insight = Insight.open(course)
    assert [row.subject for row in insight.roster() if not row.sessions] == [ada]
    assert insight.class_overview().people.value == len(NAMES) - 1
    assert ada not in rows(course)
    (said,) = caplog.messages
    assert said == f"what {ada} did cannot be worked out (UnreadableEventError)"
    with closing(Store.create(course.home)) as store, writing(store.db):
        store.db.execute("UPDATE events SET kind = 'save', data = NULL WHERE kind = 'adas own'")
    insight.refresh()
    assert insight.class_overview().people.value == len(NAMES)


def test_of_whom_nothing_is_left_nothing_is_kept(course: Course) -> None:
    insight = Insight.open(course)
    ada = course.subject_of("ada", course.key())
    forget(course.home, Selection(frozenset({f"s1-{ada}"}), and_later_texts=False), "kept long")
    insight.refresh()
    insight.refresh()
    assert ada not in rows(course)
    told = insight.subject(ada)
    assert told is not None
    assert (told.row.withdrawn, told.row.sessions) == (False, 0)


def test_who_leaves_while_the_class_is_worked_out_is_gone(course: Course) -> None:
    for number in range(40):
        add(course, "ada", f"s{number}", *[Opened("the text of ada", "python")] * 5)
    done = threading.Event()

    def go_on() -> None:
        while not done.is_set():
            anew = Insight(course, idle_limit_seconds=next(limits))
            anew.refresh()

    limits = itertools.count()
    ada = course.subject_of("ada", course.key())
    keeper = Keeper(course)
    with ThreadPoolExecutor() as threads:
        going_on = threads.submit(go_on)
        receipt = keeper.withdraw(ada).result()
        while not receipt.complete:  # the old bytes were being read
            receipt = keeper.withdraw(ada).result()
        done.set()
        going_on.result()
    keeper.close()
    assert ada not in rows(course)
    assert not found_in(course.home.path, ["the text of ada"])
    told = Insight.open(course).subject(ada)
    assert told is not None
    assert (told.row.withdrawn, told.works) == (True, ())


@pytest.mark.parametrize(
    "name", ["http://[bad", "//[x", "file://[/a.py", "http://\u2100/a"], ids=range(4)
)
def test_a_document_may_be_called_anything(course: Course, name: str) -> None:
    before = Insight.open(course).class_overview()
    add(course, NAMES[0], "odd", Opened("x = 1\n"), Edited(0, "", "y"), uri=name)
    assert Insight.open(course).class_overview().people == before.people


def test_who_comes_back_is_told_of_from_then_on(course: Course) -> None:
    insight = Insight.open(course)
    keeper = Keeper(course)
    ada = course.subject_of("ada", course.key())
    keeper.withdraw(ada).result()
    keeper.close()
    Enrolments(course).enrol(("ada",), frozenset({"ada"}))
    add(course, "ada", "s3", Opened("x", "python"), Edited(0, "", "#", Origin.TYPED))
    insight.refresh()
    told = insight.subject(ada)
    assert told is not None
    assert (told.row.withdrawn, told.row.sessions, told.works[0].edits) == (False, 1, 1)


@settings(
    deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(NAMES[:2]),
            st.sampled_from(["s1", "s2"]),
            st.sampled_from(["search", "sort"]),
            st.integers(1, 3),
            st.booleans(),
        ),
        max_size=8,
    )
)
def test_taken_in_bit_by_bit_it_is_the_same_as_at_once(
    tmp_path_factory: pytest.TempPathFactory, came: list[tuple[str, str, str, int, bool]]
) -> None:
    course, _ = make_course(tmp_path_factory.mktemp("course") / "course", *NAMES)
    bit_by_bit = Insight(course)
    for student, session, name, edits, refreshed in came:
        bodies = [Opened("", "python"), *[Edited(0, "", "(", Origin.TYPED)] * edits]
        add(
            course, student, session, *bodies, RunFinished(1, 1, "NameError", 1), uri=document(name)
        )
        if refreshed:
            bit_by_bit.refresh()
    bit_by_bit.refresh()
    at_once = Insight(course, idle_limit_seconds=301)  # by another rule nothing is found there
    at_once.refresh()
    for row in at_once.roster():
        assert bit_by_bit.subject(row.subject) == at_once.subject(row.subject)


def test_a_class_of_74_is_told_of(tmp_path: Path, data: Path) -> None:
    insight = Insight.open(class_of_itap(tmp_path / "course", data))
    overview = insight.class_overview()
    assert (overview.enrolled, overview.people.value) == (STUDENTS, STUDENTS)
    assert overview.integrity is not None
    assert overview.integrity.events == 2573
    assert [each.section for each in insight.sections()] == [*SECTIONS]
    assert sum(each.enrolled.value or 0 for each in insight.sections()) == STUDENTS
    told = insight.assignment("helloWorld")
    assert told is not None
    assert (told.people.value, told.passed.value, told.not_passed.value) == (59, 54, 5)
    assert "no-progress" in {each.kind.value for each in overview.signs}
    for each in overview.assignments:
        assert (each.people.value or 0) >= FEWEST_PEOPLE
        assert len(insight.progress(each.assignment)) == each.people.value
