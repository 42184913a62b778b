"""A document's way through a session is played back as exactly as it is replayed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foretrace_telemetry import playback as playing
from foretrace_telemetry.digest import digest_of
from foretrace_telemetry.events import (
    Actor,
    Body,
    Closed,
    Edited,
    Erased,
    Event,
    Opened,
    Origin,
    OriginStated,
    Redacted,
    Resynced,
    RunFinished,
    Saved,
    Selected,
    SuggestionMoved,
    SuggestionStage,
    TestsFinished,
    Withheld,
)
from foretrace_telemetry.home import Home
from foretrace_telemetry.playback import (
    LengthEdited,
    Marked,
    Playback,
    TextEdited,
    TextStated,
    TooLargeError,
    playback,
    steps_to_json,
)
from foretrace_telemetry.replay import replay
from foretrace_telemetry.store import NoTracesError, SessionInfo, Store

URI, OTHER = "file:///a.py", "file:///b.py"


@pytest.fixture
def store(home: Home) -> Iterator[Store]:
    with closing(Store.create(home)) as store:
        yield store


def played(store: Store, *bodies: Body, other: Sequence[Body] = (), key: bytes = b"") -> Playback:
    """Record bodies of one document and of another, and play the first back."""
    writer = store.begin_session(SessionInfo("s", 0, "0"))
    names = [None if isinstance(body, Erased) else URI for body in bodies]
    events = [
        Event(1_000_000 + n * 5_000, n, Actor.USER, body, name, n)
        for n, (body, name) in enumerate(zip(bodies, names, strict=True))
    ]
    writer.append([*(Event(1, 1, Actor.USER, body, OTHER, 1) for body in other), *events])
    return playback(store, "s", URI, key)


def shown_at_the_end(found: Playback) -> str | None:
    """Return the text that an editor comes to, which holds it as UTF-16 units."""
    steps = json.loads(steps_to_json(found.steps))
    units: bytes | None = None
    for kind, _, *rest in steps:
        if kind == "text":
            units = None if rest[0] is None else _units(rest[0])
        elif kind == "edit":
            assert units is not None
            offset, removed, inserted, _ = rest
            units = units[: 2 * offset] + _units(inserted) + units[2 * (offset + removed) :]
        elif kind == "length":
            units = None
    return None if units is None else units.decode("utf-16-le", "surrogatepass")


def _units(text: str) -> bytes:
    return text.encode("utf-16-le", "surrogatepass")


def test_steps_tell_when_where_what_and_by_what_means(store: Store) -> None:
    found = played(
        store,
        Opened("x = 1\n", "python"),
        Edited(5, "", "0", Origin.UNKNOWN),
        OriginStated(Origin.PASTE),
        Selected(0, 1),
        RunFinished(1, error_type="NameError", line=2),
        TestsFinished(2, 0),
        SuggestionMoved("a", SuggestionStage.WITHHELD),
        Redacted("github", 40),
        other=[Opened("not of interest"), Edited(0, "n", "N")],
    )
    assert found.started_wall_us == 1_000_000
    assert found.steps == (
        TextStated(0, "x = 1\n", "opened, 2 lines"),
        TextEdited(5, 5, 0, "0", Origin.UNKNOWN),
        Marked(20, "run", "ran: NameError in line 2", failed=True),
        Marked(25, "tests", "tested: 2 passed, 0 failed"),
        Marked(35, "redaction", "a secret was taken out (github, 40 characters)"),
    )


def test_the_origin_that_the_editor_told_outranks_the_inferred_one(store: Store) -> None:
    writer = store.begin_session(SessionInfo("s", 0, "0"))
    bodies = [Opened(""), Edited(0, "", "pasted", Origin.UNKNOWN), OriginStated(Origin.PASTE)]
    writer.append([Event(1, 1, Actor.USER, body, URI, 7) for body in bodies])
    steps = playback(store, "s", URI, None).steps
    assert steps[1] == TextEdited(0, 0, 0, "pasted", Origin.PASTE)


def test_an_origin_holds_until_the_document_is_opened_anew(store: Store) -> None:
    writer = store.begin_session(SessionInfo("s", 0, "0"))
    bodies = [
        *(Opened(""), Edited(0, "", "a", Origin.UNKNOWN), OriginStated(Origin.PASTE), Closed()),
        *(Opened("a"), Edited(1, "", "b", Origin.TYPED)),
    ]
    versions = [1, 2, 2, 2, 1, 2]
    writer.append(
        [
            Event(1, 1, Actor.USER, body, URI, version)
            for body, version in zip(bodies, versions, strict=True)
        ]
    )
    steps = playback(store, "s", URI, None).steps
    assert [step.origin for step in steps if isinstance(step, TextEdited)] == [
        Origin.PASTE,
        Origin.TYPED,
    ]


def test_places_count_as_an_editor_counts_them(store: Store) -> None:
    found = played(
        store,
        Opened("🙂🙂 = 1"),
        Edited(1, "🙂", "ß𝄞"),
        Edited(3, " =", "\ud83d"),
        Edited(4, "", "\ude42"),
    )
    assert [step for step in found.steps if isinstance(step, TextEdited)] == [
        TextEdited(5, 2, 2, "ß𝄞", Origin.UNKNOWN),
        TextEdited(10, 5, 2, "\ud83d", Origin.UNKNOWN),
        TextEdited(15, 6, 0, "\ude42", Origin.UNKNOWN),
    ]
    assert shown_at_the_end(found) == "🙂ß𝄞🙂 1"


def test_what_is_not_known_is_said(store: Store) -> None:
    found = played(
        store,
        Opened(Withheld(3)),
        Edited(1, Withheld(0), Withheld(4)),
        Erased(3, 9, "forgotten"),
        Resynced("whole", "recording began"),
        Edited(2, "not there", "x"),
    )
    assert found.steps[:3] == (
        TextStated(0, None, "opened"),
        LengthEdited(5, 0, 4, Origin.UNKNOWN),
        Marked(10, "erased", "7 events were forgotten here"),
    )
    assert found.steps[3] == TextStated(15, "whole", "the text is stated anew: recording began")
    assert found.steps[4] == Marked(20, "problem", found.problems[0], failed=True)
    assert shown_at_the_end(found) == "whole"


def test_a_save_of_another_text_is_a_problem(store: Store) -> None:
    key = b"k" * 32
    found = played(
        store, Opened("a"), Saved(digest_of("a", key)), Saved(digest_of("b", key)), key=key
    )
    assert (found.saves_checked, len(found.problems)) == (2, 1)


@given(
    st.text("ab\n🙂𝄞é", max_size=8),
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 4), st.text("ab\n🙂𝄞é", max_size=4))),
)
def test_playing_back_leads_where_replaying_does(
    tmp_path_factory: pytest.TempPathFactory, text: str, edits: list[tuple[int, int, str]]
) -> None:
    bodies: list[Body] = [Opened(text)]
    for offset, length, inserted in edits:
        offset = min(offset, len(text))
        removed = text[offset : offset + length]
        bodies.append(Edited(offset, removed, inserted))
        text = text[:offset] + inserted + text[offset + len(removed) :]
    with closing(Store.create(Home(tmp_path_factory.mktemp("home")))) as store:
        found = played(store, *bodies)
        assert replay(store.events("s")).texts == {URI: text}
    assert shown_at_the_end(found) == text


def test_what_is_not_there_and_what_is_too_large_is_named(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    played(store, Opened("a"), Edited(0, "", "b"), Edited(0, "", "c"))
    with pytest.raises(NoTracesError, match="has nothing of"):
        playback(store, "s", "file:///c.py", None)
    with pytest.raises(NoTracesError, match="no session 't'"):
        playback(store, "t", URI, None)
    for limit in ("MOST_EVENTS", "MOST_UNITS", "MOST_CHARACTERS_READ"):
        with monkeypatch.context() as patch:
            patch.setattr(playing, limit, 2)
            with pytest.raises(TooLargeError, match=r"too large .* `foretrace traces replay s`"):
                playback(store, "s", URI, None)


def test_steps_are_compact(store: Store) -> None:
    found = played(store, Opened("a"), Edited(1, "", "b", Origin.TYPED), Saved())
    steps: list[Any] = json.loads(steps_to_json(found.steps))
    assert steps[1:] == [["edit", 5, 1, 0, "b", "typed"], ["mark", 10, "save", "saved", False]]
