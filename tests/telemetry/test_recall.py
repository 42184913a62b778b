"""What is known of a document's past, from what was recorded."""

from __future__ import annotations

from contextlib import closing

from foretrace_telemetry import recall
from foretrace_telemetry.events import (
    Actor,
    Body,
    Closed,
    Edited,
    Event,
    Opened,
    RunFinished,
    Saved,
    SuggestionMoved,
    SuggestionStage,
    Withheld,
)
from foretrace_telemetry.home import Home
from foretrace_telemetry.recall import Recalled
from foretrace_telemetry.secrets import PLACEHOLDER
from foretrace_telemetry.store import SessionInfo, Store

A, B = "file:///work/a.py", "file:///work/b.py"


def keep(home: Home, name: str, *bodies: Body, uri: str = A, source: str | None = None) -> None:
    store = Store.create(home)
    info = SessionInfo(name, 5, "0.1", "an editor", source and "somebody", source)
    events = [Event(n, n, Actor.USER, body, uri, n) for n, body in enumerate(bodies)]
    assert store.begin_session(info).append(events) == []
    store.close()


def recalled(home: Home, uri: str = A) -> Recalled:
    with closing(Store.read(home)) as store:
        return recall.recall(store, uri)


def test_a_text_is_known_for_each_moment_at_which_somebody_stopped_and_the_latest_is_last(
    home: Home,
) -> None:
    keep(home, "first", Opened("a\n"), Edited(0, "a", "b"), Saved(), Edited(0, "b", "c"), Closed())
    keep(home, "second", Opened("c\n"), RunFinished(1, 20), Edited(0, "c", "d"))
    assert recalled(home).texts == ("b\n", "c\n", "d\n")
    assert recalled(home, B) == Recalled()


def test_of_other_documents_and_other_peoples_sessions_nothing_is_known(home: Home) -> None:
    keep(home, "other", Opened("x\n"), Closed(), uri=B)
    keep(home, "imported", Opened("y\n"), Closed(), source="a bundle")
    assert recalled(home) == Recalled()


def test_a_text_that_was_withheld_or_hidden_in_part_is_not_known(home: Home) -> None:
    keep(home, "withheld", Opened(Withheld(3)), Saved(), Closed())
    keep(home, "hidden", Opened(f"key = '{PLACEHOLDER * 20}'\n"), Closed())
    keep(home, "unfitting", Opened("a\n"), Edited(0, "b", "c"), Closed())
    assert recalled(home).texts == ()


def test_only_so_much_is_read(home: Home) -> None:
    keep(home, "long", Opened("a\n"), *[Edited(0, "", "b")] * 10_000, Closed())
    for n in range(12):
        keep(home, f"short {n}", *[e for m in range(3) for e in (Opened(f"{n} {m}\n"), Closed())])
    texts = recalled(home).texts
    assert texts == tuple(f"{n} {m}\n" for n in range(4, 12) for m in range(3))[-20:]
    keep(home, "long, too", Opened("a\n"), *[Edited(0, "", "b")] * 10_000, Closed())
    assert recalled(home).texts == ()


def test_the_changes_that_were_turned_down_in_any_session_are_known(home: Home) -> None:
    dismissed = SuggestionMoved("i", SuggestionStage.DISMISSED, turned_down=("0a", "1b"))
    keep(home, "first", Opened("a\n"), dismissed, Closed())
    keep(home, "second", Opened("a\n"), SuggestionMoved("i", SuggestionStage.OFFERED))
    assert recalled(home).turned_down == {"0a", "1b"}
