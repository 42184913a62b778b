from __future__ import annotations

import pytest
from tests.models.gap_people import session

from foretrace_models.gap import exploring
from foretrace_models.gap.kinds import Kind, kind_of
from foretrace_models.gap.streams import Session


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        ("Edit.LineDown", Kind.NAVIGATION),
        ("Edit.Paste", Kind.EDIT),
        ("Edit.CommentSelection", Kind.EDIT),
        ("Edit.GoToDefinition", Kind.NAVIGATION),
        ("Debug.StepOver", Kind.DEBUG),
        ("View.Debug", Kind.NAVIGATION),
        ("Build.BuildDone", Kind.RUN),
        ("TestExplorer.RunAllTests", Kind.RUN),
        ("edit typed", Kind.EDIT),
        ("selection", Kind.NAVIGATION),
        ("tests", Kind.RUN),
        ("File.Exit", Kind.OTHER),
        ("", Kind.OTHER),
    ],
)
def test_the_words_of_an_event_say_of_which_kind_it_is(event: str, kind: Kind) -> None:
    assert kind_of(event) is kind


def test_a_return_is_a_move_to_what_was_there_before() -> None:
    # Of the moves to b, c, a and b the last two lead back; the repeated b is no move.
    assert exploring.event_revisits([session("abbcab")]) == 0.5
    assert exploring.event_revisits([session("ab"), session("ba")]) == 0
    assert exploring.event_revisits([session("aaa")]) is None


def test_straight_back_is_there_and_back_again() -> None:
    assert exploring.straight_back([session("abac")]) == 0.5
    assert exploring.straight_back([session("aabc")]) == 0
    assert exploring.straight_back([session("aa")]) is None


def test_returns_to_files_need_files() -> None:
    known = Session(range(4), "abcd", None, ("x.py", None, "y.py", "x.py"))
    assert exploring.place_revisits([known]) == 0.5
    assert exploring.place_revisits([session("abcd")]) is None


def test_navigation_is_told_among_navigation_and_edits() -> None:
    sessions = [session(["View.File", "Edit.Paste", "File.Exit", "Edit.Find", "View.Output"])]
    assert exploring.navigation_share(sessions) == 0.75
    assert exploring.navigation_share([session(["File.Exit"])]) is None
    assert exploring.share_of(Kind.EDIT)(sessions) == 0.2


def test_branching_is_how_many_events_follow_one() -> None:
    assert exploring.branching([session("abacab")]) == pytest.approx(4 / 3)
    assert exploring.branching([session("a")]) is None


def test_a_switch_leads_to_an_event_of_another_kind() -> None:
    assert exploring.switches([session(["Edit.Cut", "Edit.Paste", "Debug.Start"])]) == 0.5
