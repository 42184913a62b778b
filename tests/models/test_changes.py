"""Changes: what the last events did to a document, and words that hold to it."""

from __future__ import annotations

import pytest

from foretrace_models.changes import change_of
from foretrace_telemetry.events import Actor, Edited, Event, Saved, Text, Withheld

URI = "file:///a.py"


def _edits(*edits: tuple[int, Text, Text], uri: str = URI) -> list[Event]:
    return [Event(n, n, Actor.USER, Edited(*edit), uri, n) for n, edit in enumerate(edits)]


def test_a_change_is_told_by_its_lines() -> None:
    text = "a = 1\nb = 20\nc = 3\n"
    events = _edits((10, "2", ""), (10, "", "2"), (11, "", "0"))
    assert change_of(text, events, URI) == "-b = 2\n+b = 20\n"


def test_events_of_other_documents_and_other_kinds_do_not_count() -> None:
    events = [
        *_edits((0, "", "x"), uri="file:///b.py"),
        Event(1, 1, Actor.USER, Saved(), URI),
        *_edits((4, "1", "2")),
    ]
    assert change_of("a = 2\n", events, URI) == "-a = 1\n+a = 2\n"


@pytest.mark.parametrize(
    "events",
    [
        [],
        _edits((0, "", Withheld(1))),
        _edits((0, "", "something else")),
        _edits((0, "", "a"), (0, "a", ""), (0, "", "")),
    ],
    ids=["no events", "withheld", "not what stands there", "nothing left"],
)
def test_what_cannot_be_told_is_not_told(events: list[Event]) -> None:
    assert change_of("a = 1\n", events, URI) == ""


def test_a_change_of_many_lines_is_too_much_for_a_few_words() -> None:
    text = "".join(f"x{n} = {n}\n" for n in range(20))
    assert change_of(text, _edits((0, "", text)), URI) == ""


CHANGE = "+    names = sorted(names)\n"


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("sorting the names", True),
        ("sorting a name", True),
        ("adding a new column to a list", False),
        ("sorting the people", False),
        ("changing it", False),
        ("", False),
    ],
)
def test_words_are_kept_only_if_they_stand_in_the_change(words: str, kept: bool) -> None:
    pytest.importorskip("torch", reason="torch is not installed: pip install 'foretrace[model]'")
    from foretrace_models.wording import grounded

    assert grounded(words, CHANGE) is kept
