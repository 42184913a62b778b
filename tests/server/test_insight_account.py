"""What the events of a session say of work, and which signs of being stuck there are in them."""

from __future__ import annotations

import json

from cattrs.preconf.json import make_converter
from hypothesis import given
from hypothesis import strategies as st

from foretrace_server.collect.insight.account import Account, Accounted, assignment_of
from foretrace_server.collect.insight.told import (
    NAME_WITHHELD,
    ErrorCount,
    ErrorSource,
    StuckKind,
    StuckSignal,
    Work,
)
from foretrace_telemetry.events import (
    Actor,
    Body,
    Closed,
    Diagnosed,
    Edited,
    Erased,
    Event,
    Foreign,
    Opened,
    Origin,
    Recorded,
    Resynced,
    RunFinished,
    Saved,
    SuggestionMoved,
    SuggestionStage,
    TestsFinished,
    Viewed,
    Withheld,
)

SEARCH = "file:///home/student/search.py"
SORT = "file:///home/student/sort.py"
IDLE_LIMIT_US = 300 * 1_000_000
Happened = tuple[float, Body, str | None]


def recorded(*happened: Happened, first: int = 1) -> list[Recorded]:
    """Return events that happened so many seconds after the beginning, numbered from `first`."""
    events, sequence = [], first
    for seconds, body, uri in happened:
        actor = Actor.TOOL if isinstance(body, Diagnosed) else Actor.USER
        at_us = int(seconds * 1e6)
        events.append(Recorded("s", sequence, Event(at_us, at_us, actor, body, uri)))
        sequence = (body.last if isinstance(body, Erased) else sequence) + 1
    return events


def account(*happened: Happened) -> Accounted:
    """Return what comes of a session in which this happened."""
    begun = Account("s", 0, "an editor", IDLE_LIMIT_US)
    begun.take_all(recorded(*happened))
    return begun.accounted()


def work(*happened: Happened) -> Work:
    """Return the only work of a session."""
    (only,) = account(*happened).works
    return only


def signals(*happened: Happened) -> list[StuckSignal]:
    """Return the signs of being stuck in the only work of a session."""
    return list(work(*happened).signals)


def typed(seconds: float, offset: int, text: str = "x", uri: str = SEARCH) -> Happened:
    return seconds, Edited(offset, "", text, Origin.TYPED), uri


def opened(text: str = "", uri: str = SEARCH, seconds: float = 0) -> Happened:
    return seconds, Opened(text, "python"), uri


def test_a_gap_above_the_idle_limit_is_no_time_on_the_task() -> None:
    events = (opened(), typed(100, 0), typed(400, 1), typed(701, 2), typed(711, 3))
    assert work(*events).time_seconds == 100 + 300 + 10
    assert work(*events).edits == 4


def test_a_gap_belongs_to_the_document_that_was_before_the_person() -> None:
    found = account(
        opened(),
        opened(uri=SORT, seconds=1),
        typed(10, 0),
        (40, Viewed(), SORT),
        typed(50, 0, uri=SORT),
        (60, Saved(), SORT),
    )
    assert {each.assignment: each.time_seconds for each in found.works} == {
        "search": 1 + 30,
        "sort": 9 + 10 + 10,
    }
    assert [each.sessions for each in found.works] == [1, 1]


def test_what_no_person_did_is_no_sign_of_one() -> None:
    offered = SuggestionMoved("1", SuggestionStage.OFFERED)
    assert work(opened(), typed(10, 0), (200, offered, SEARCH), typed(320, 1)).time_seconds == 10
    taken = SuggestionMoved("1", SuggestionStage.ACCEPTED)
    assert work(opened(), typed(10, 0), (200, taken, SEARCH), typed(320, 1)).time_seconds == 320


def test_a_document_that_was_only_read_is_no_work() -> None:
    assert account(opened(), (10, Viewed(), SEARCH), (20, Closed(), SEARCH)).works == ()


def test_two_documents_of_an_assignment_are_one_session_of_it() -> None:
    other = "file:///home/student/old/search.py"
    done = work(opened(), opened(uri=other), typed(10, 0), typed(20, 0, uri=other))
    assert (done.assignment, done.sessions, done.edits) == ("search", 1, 2)


def test_an_assignment_is_called_as_another_tool_called_it() -> None:
    assert assignment_of("imported:main.py?assignment=a1&problem=p1") == "p1"
    assert assignment_of("imported:main.py?assignment=a1") == "a1"
    assert assignment_of("file:///home/a/two%20sums.py") == "two sums"
    assert assignment_of("withheld:1234abcd") == NAME_WITHHELD


def test_runs_tests_and_errors_are_counted_by_kind() -> None:
    done = work(
        opened("x = 1\n"),
        (1, RunFinished(1, 5, "NameError", 1), SEARCH),
        (2, RunFinished(1, 5, "TypeError", 1), SEARCH),
        (3, RunFinished(1, 5, "NameError", 1), None),
        (4, RunFinished(3), SEARCH),
        (5, RunFinished(0), SEARCH),
        (6, TestsFinished(1, 3), SEARCH),
        (7, TestsFinished(4, 0), SEARCH),
        (8, TestsFinished(2, 2), SEARCH),
    )
    assert (done.runs, done.failed_runs, done.tests) == (5, 4, 3)
    assert (done.best_share, done.passed_wall_us) == (1.0, 7_000_000)
    assert done.errors == (
        ErrorCount("NameError", ErrorSource.RUN, 2, 3_000_000),
        ErrorCount("TypeError", ErrorSource.RUN, 1, 2_000_000),
        ErrorCount("exit code 3", ErrorSource.RUN, 1, 4_000_000),
    )


def test_what_does_not_parse_is_an_error_of_the_text_once() -> None:
    done = work(
        opened("print(1\n"),
        (1, Saved(), SEARCH),
        (2, Diagnosed(1, 0), SEARCH),
        (3, Diagnosed(2, 0), SEARCH),
        typed(4, 7, ")"),
        (5, Saved(), SEARCH),
        (6, Diagnosed(0, 0), SEARCH),
    )
    assert done.errors == (
        ErrorCount("problems", ErrorSource.EDITOR, 1, 2_000_000),
        ErrorCount("bracket", ErrorSource.TEXT, 1, 0),
    )


def test_without_text_there_are_times_and_results_but_no_errors_of_the_text() -> None:
    uri = "withheld:00aa"
    found = account(
        (0, Opened(Withheld(7), "python"), uri),
        (10, Edited(0, Withheld(0), Withheld(1)), uri),
        (20, RunFinished(1, 5, "NameError", 1), uri),
    )
    (done,) = found.works
    assert (done.assignment, done.time_seconds, done.edits) == (NAME_WITHHELD, 20, 1)
    assert [each.kind for each in done.errors] == ["NameError"]
    assert found.integrity.replayable_sessions == 0


def test_the_same_error_in_three_runs_is_a_sign_until_the_lines_around_it_change() -> None:
    text = "a = 1\n" * 10
    failed = RunFinished(1, 5, "NameError", 1)

    def run(seconds: float) -> Happened:
        return seconds, failed, SEARCH

    (signal,) = signals(opened(text), run(1), typed(2, len(text), "b = 2\n"), run(3), run(4))
    assert (signal.kind, signal.times, signal.error) == (StuckKind.SAME_ERROR, 3, "NameError")
    assert (signal.first_sequence, signal.last_sequence) == (2, 5)
    assert signal.words == "NameError in 3 runs in a row, with the lines around it unchanged"
    assert not signals(opened(text), run(1), run(2), typed(3, 6, "b = 2\n"), run(4))
    fine = (3.0, RunFinished(0), SEARCH)
    assert not signals(opened(text), run(1), run(2), fine, run(4))
    (longer,) = signals(opened(text), run(1), run(2), run(3), run(4), run(5))
    assert (longer.times, longer.last_sequence) == (5, 6)


def submitted(seconds: float, text: str, score: float) -> Happened:
    columns = (("Score", str(score)),)
    return seconds, Foreign("Submit", text, columns), "imported:?problem=search"


def test_where_another_tool_tells_only_whether_all_pass_it_is_all_or_nothing() -> None:
    def share(**columns: str) -> float | None:
        foreign = Foreign("Submit", "x", tuple(columns.items()))
        return work((0, foreign, "imported:?problem=search")).best_share

    assert [share(Correct=word) for word in ("TRUE", "False", "NA")] == [1.0, 0.0, None]
    assert share(Correct="TRUE", Score="0.5") == 0.5
    assert share(Correct="TRUE", Score="none") == 1.0


def test_results_that_get_no_better_are_a_sign() -> None:
    tries = [submitted(n, f"x = {n}\n", 0.5) for n in range(6)]
    (signal,) = signals(*tries)
    assert (signal.kind, signal.times) == (StuckKind.NO_PROGRESS, 5)
    assert (signal.first_sequence, signal.last_sequence) == (2, 6)
    assert "none better than the 50 % passed before" in signal.words
    assert not signals(*tries[:3], submitted(4, "y\n", 0.6), *tries[3:])
    assert not signals(*[submitted(n, "x = 1\n", 0.5) for n in range(9)])  # the same text again
    solved = submitted(0, "x = 0\n", 1)
    assert not signals(solved, *[submitted(n, f"x = {n}\n", 0.5) for n in range(1, 9)])


def test_ten_minutes_of_work_without_a_state_that_parses_are_a_sign() -> None:
    broken = [(60.0 * n, Edited(0, "", f"({n}", Origin.TYPED), SEARCH) for n in range(1, 13)]
    saves = [(60.0 * n + 1, Saved(), SEARCH) for n in range(1, 13)]
    both = sorted([*broken, *saves], key=lambda each: each[0])
    (signal,) = signals(opened(), *both)
    assert (signal.kind, signal.error, signal.seconds) == (StuckKind.NOT_PARSING, "bracket", 660)
    assert not signals(opened(), *both[:20])
    idle = [(1000 * seconds, body, uri) for seconds, body, uri in both]
    assert not signals(opened(), *idle)  # nobody worked in between


def test_going_back_and_forth_is_a_sign() -> None:
    texts = ["a = 1\n", "a = 2\n"]
    (signal,) = signals(*[submitted(n, texts[n % 2], 0.0 if n else 0.1) for n in range(5)])
    assert (signal.kind, signal.times) == (StuckKind.BACK_AND_FORTH, 3)
    assert signal.words == "3 of 5 states in a row were texts that had been left before"
    assert not signals(*[submitted(n, f"a = {n}\n", n / 10) for n in range(9)])


def test_a_long_pause_at_an_error_is_a_sign_where_keystrokes_are_known() -> None:
    failed = (5.0, RunFinished(1, 5, "NameError", 1), SEARCH)
    (signal,) = signals(opened("x\n"), typed(1, 0), failed, typed(245, 0))
    assert (signal.kind, signal.seconds, signal.error) == (StuckKind.LONG_PAUSE, 240, "NameError")
    assert signal.words == "a pause of 4 minutes at an error (NameError)"
    assert not signals(opened("x\n"), typed(1, 0), failed, typed(100, 0))
    assert not signals(opened("x\n"), typed(1, 0), failed, typed(4000, 0))  # went elsewhere
    assert not signals(submitted(0, "x\n", 0.5), submitted(240, "y\n", 0.5))


def test_integrity_tells_of_what_is_missing_and_what_was_forgotten() -> None:
    events = recorded(
        opened("x\n"),
        typed(1, 0),
        (2, Erased(3, 7, "forgotten"), None),
        (3, Resynced("y\n", "drift"), SEARCH),
    )
    begun = Account("s", 0, "", IDLE_LIMIT_US)
    begun.take_all(events)
    whole = begun.accounted()
    assert whole.through == 8
    integrity = whole.integrity
    assert (integrity.events, integrity.erased_events) == (3, 5)
    assert (integrity.gaps, integrity.resyncs, integrity.replayable_share) == (0, 1, 1.0)
    begun.take_all(recorded(typed(4, 0), first=11))
    assert (begun.accounted().integrity.gaps, begun.accounted().integrity.replayable_share) == (
        1,
        0,
    )


BODIES = st.one_of(
    st.builds(
        Edited, st.just(0), st.just(""), st.text("ab(:\n", max_size=3), st.just(Origin.TYPED)
    ),
    st.builds(Saved),
    st.builds(Viewed),
    st.builds(
        RunFinished,
        st.sampled_from([0, 1]),
        st.just(3),
        st.sampled_from([None, "NameError"]),
        st.sampled_from([None, 1, 2]),
    ),
    st.builds(TestsFinished, st.integers(0, 2), st.integers(0, 2)),
    st.builds(Diagnosed, st.integers(0, 1), st.just(0)),
)
HAPPENED = st.lists(
    st.tuples(st.sampled_from([1, 20, 200, 400]), BODIES, st.sampled_from([SEARCH, SORT])),
    max_size=40,
)


@given(HAPPENED, st.integers(0, 42))
def test_an_account_that_was_kept_as_json_goes_on_as_if_it_had_not_been(
    happened: list[tuple[int, Body, str]], cut: int
) -> None:
    seconds, timed = 0, []
    for gap, body, uri in happened:
        seconds += gap
        timed.append((seconds, body, uri))
    events = recorded(opened("x = 1\n"), opened("", SORT), *timed)
    whole = Account("s", 0, "", IDLE_LIMIT_US)
    whole.take_all(events)
    begun = Account("s", 0, "", IDLE_LIMIT_US)
    begun.take_all(events[:cut])
    converter = make_converter()
    kept = json.loads(json.dumps(converter.unstructure(begun)))
    going_on = converter.structure(kept, Account)
    going_on.take_all(events[cut:])
    assert going_on.accounted() == whole.accounted()
    assert going_on == whole
    gaps = sum(each.time_seconds for each in whole.accounted().works)
    assert gaps <= seconds
