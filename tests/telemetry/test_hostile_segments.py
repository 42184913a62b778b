"""Whatever a segment may hold is kept as it came, and nothing that reads it afterwards fails."""

from __future__ import annotations

import tempfile
import types
from collections.abc import Iterator
from contextlib import closing
from enum import Enum
from itertools import accumulate
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints

import attrs
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from foretrace_telemetry.events import (
    BODIES,
    Actor,
    Body,
    Closed,
    ConditionHeld,
    Edited,
    Erased,
    Event,
    Foreign,
    Opened,
    Recorded,
    Resynced,
    Saved,
)
from foretrace_telemetry.exchange.exporting import Format, export
from foretrace_telemetry.exchange.segments import Segment, SegmentSession, decode, encode
from foretrace_telemetry.home import Home
from foretrace_telemetry.recorded_traces import traces_of
from foretrace_telemetry.replay import replay
from foretrace_telemetry.store import SessionInfo, Store
from foretrace_telemetry.timeline import timeline

NASTY = [
    "",
    "x = 1\n",
    "=1+1",
    "\x1b[2J",
    "\ud800",
    "a\0b",
    "<b>",
    "\r",
    "😀",
    "SyntaxError",
    "../",
]
NUMBERS = st.sampled_from([0, 1, 5, 2**31, 2**63 - 1])
DOCUMENTS: list[str | None] = [
    "file:///a.py",
    "file:///../../etc/x.py",
    "withheld:a.py",
    "imported:x?problem=1",
]


def values(kind: Any) -> st.SearchStrategy[Any]:
    """Return values of a type, nasty ones among them."""
    if get_origin(kind) in (Union, types.UnionType):
        return st.one_of([values(each) for each in get_args(kind)])
    if get_origin(kind) is tuple:
        return st.lists(values(get_args(kind)[0]), max_size=3).map(tuple)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return st.sampled_from(kind)
    if attrs.has(kind):
        return bodies(kind)
    known: dict[Any, st.SearchStrategy[Any]] = {
        str: st.sampled_from(NASTY) | st.text(st.characters(), max_size=9),
        int: NUMBERS,
        float: st.floats(0, 1),
        type(None): st.none(),
    }
    return known[kind]


def bodies(kind: type[Any]) -> st.SearchStrategy[Any]:
    hints = get_type_hints(kind)
    # A rule is a word, as it has a column of its own.
    fields = {
        each.name: st.just("a rule") if each.name == "rule" else values(hints[each.name])
        for each in attrs.fields(kind)
    }
    return st.builds(kind, **fields)


def events_of(kinds: list[type[Body]], documents: list[str | None]) -> st.SearchStrategy[Event]:
    return st.builds(
        Event,
        st.sampled_from([0, 10**15, 253 * 10**15]),
        st.sampled_from([0, -5, 2**62]),
        st.sampled_from(Actor),
        st.one_of([bodies(kind) for kind in kinds]),
        st.sampled_from(documents),
        st.sampled_from([None, 1, -1, 2**63 - 1]),
    )


KINDS = [kind for kind in BODIES.values() if kind not in (Erased, Foreign)]
WITHOUT = [kind for kind in KINDS if kind not in (Opened, Edited, Resynced, Saved, Closed)]
EVENTS = events_of(KINDS, DOCUMENTS) | events_of(WITHOUT, [None])


def numbered(events: list[Event], erasures: list[int]) -> Iterator[Recorded]:
    """Number events, after one that stands for so many that were forgotten."""
    for first, count in zip(accumulate([1, *erasures]), erasures, strict=False):
        body: Body = Erased(first, first + count - 1, "\x1b[2J\ud800")
        yield Recorded("s", first, Event(1, 1, Actor.USER, body))
    for sequence, event in enumerate(events, start=1 + sum(erasures)):
        yield Recorded("s", sequence, event)


@settings(max_examples=60)
@example([Event(0, 0, Actor.USER, ConditionHeld("\ud800", "\0\udc00"))], [])
@given(st.lists(EVENTS, min_size=1, max_size=20), st.lists(st.integers(1, 9), max_size=2))
def test_whatever_may_come_is_kept_and_can_be_read_and_exported(
    events: list[Event], erasures: list[int]
) -> None:
    sent = tuple(numbered(events, erasures))
    whole = Segment(SegmentSession("s", 1, ""), 1, sent[-1].sequence, (), sent)
    decoded = decode([encode(whole)])
    assert decoded == whole
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder) / "home")
        with closing(Store.create(home)) as store:
            writer = store.begin_session(SessionInfo("s", 1, "", "", "subject", "collect"))
            writer.append_whole([each.event for each in decoded.events])
            kept = list(store.events("s"))
        assert tuple(kept) == sent
        replay(kept)
        list(timeline(kept))
        traces_of([kept])
        for form in (Format.CSV, Format.PROGSNAP2, Format.PARQUET):
            export(home, form, Path(folder) / form.value)
        assert {path.name for path in Path(folder).iterdir()} >= {"home", "csv", "progsnap2"}


def test_what_others_recorded_is_not_sent() -> None:
    foreign = Recorded("s", 1, Event(1, 1, Actor.USER, Foreign("Submit")))
    with pytest.raises(ValueError, match="a kind that is not known here"):
        decode([encode(Segment(SegmentSession("s", 1, ""), 1, 1, (), (foreign,)))])
