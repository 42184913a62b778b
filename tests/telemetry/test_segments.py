"""Segments: what was encoded comes back, and nothing else comes in, however it is put."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from typing import Any

import pytest
from attrs import evolve
from tests.event_examples import EXAMPLES

from foretrace_telemetry.events import (
    Actor,
    Body,
    Edited,
    Erased,
    Event,
    Foreign,
    Opened,
    Recorded,
    Saved,
)
from foretrace_telemetry.exchange.segments import (
    Limits,
    Segment,
    SegmentError,
    SegmentInvalidError,
    SegmentSession,
    SegmentTooLargeError,
    SegmentUnreadableError,
    decode,
    encode,
)

DOCUMENT = "file:///a.py"


def segment(*bodies: Body, first: int = 1) -> Segment:
    events, following = [], first
    for body in bodies:
        if isinstance(body, Erased):
            body = evolve(body, first=following, last=following + body.last - body.first)
        event = Event(following, following, Actor.USER, body, DOCUMENT, 1)
        events.append(Recorded("s-1", following, event))
        following = (body.last if isinstance(body, Erased) else following) + 1
    session = SegmentSession("s-1", 5, "0.1.0", "an editor")
    return Segment(session, first, following - 1, ('{"action":"grant"}',), tuple(events))


SMALL = segment(Opened("x = 1\n"), Edited(4, "1", "2"), Saved())


def changed(line: int, **changes: Any) -> bytes:
    """Return the small segment with other values in the JSON object of one of its lines."""
    lines = gzip.decompress(encode(SMALL)).splitlines()
    lines[line] = json.dumps({**json.loads(lines[line]), **changes}).encode()
    return gzip.compress(b"\n".join(lines) + b"\n")


def with_line(line: bytes) -> bytes:
    """Return the small segment with other bytes in the place of its second event."""
    lines = gzip.decompress(encode(SMALL)).splitlines()
    lines[2] = line
    return gzip.compress(b"\n".join(lines) + b"\n")


def test_every_kind_of_event_comes_back_as_it_was() -> None:
    whole = segment(*(each for each in EXAMPLES if not isinstance(each, Foreign)), first=7)
    assert decode([encode(whole)]) == whole


def test_it_does_not_matter_in_which_parts_it_comes() -> None:
    raw = encode(SMALL)
    assert decode(raw[n : n + 1] for n in range(len(raw))) == SMALL


def test_equal_segments_are_equal_bytes() -> None:
    assert encode(SMALL) == encode(evolve(SMALL))


def test_what_stands_for_forgotten_events_counts_as_all_of_them() -> None:
    assert segment(Erased(1, 40, "forgotten"), Saved()).last == 41
    with pytest.raises(SegmentInvalidError, match="other events than its own"):
        decode([changed(1, kind="erased", data={"first": 2, "last": 1, "reason": ""})])


@pytest.mark.parametrize(
    ("raw", "error", "named"),
    [
        (b"", SegmentUnreadableError, "breaks off"),
        (gzip.compress(b"", mtime=0), SegmentUnreadableError, "empty"),
        (b'{"format": "foretrace-segment"}\n', SegmentUnreadableError, "no gzip stream"),
        (encode(SMALL)[:-9], SegmentUnreadableError, "breaks off"),
        (encode(SMALL) + b"more", SegmentUnreadableError, "follows the end"),
        (encode(SMALL) + encode(SMALL), SegmentUnreadableError, "follows the end"),
        (gzip.compress(b"{}", mtime=0), SegmentUnreadableError, "last line breaks off"),
        (gzip.compress(b"\xff\n", mtime=0), SegmentUnreadableError, "line 1 is no JSON"),
        (gzip.compress(b"[]\n", mtime=0), SegmentUnreadableError, "line 1 is no JSON object"),
        (gzip.compress(b"{}\n", mtime=0), SegmentInvalidError, "not the header"),
        (with_line(b"[" * 100_000), SegmentUnreadableError, "line 3 is no JSON"),
        (with_line(b'{"version": 1e999, "wall_us": NaN}'), SegmentUnreadableError, "line 3"),
        (with_line(b'{"wall_us": %s}' % (b"9" * 5000)), SegmentUnreadableError, "line 3"),
        (with_line(b'{"wall_us": 9223372036854775808}'), SegmentUnreadableError, "line 3"),
        (with_line(b"null"), SegmentUnreadableError, "line 3 is no JSON object"),
        (changed(0, version=2), SegmentInvalidError, "version 1"),
        (changed(0, first=0), SegmentInvalidError, "which events follow"),
        (changed(0, first=True), SegmentInvalidError, "which events follow"),
        (changed(0, last=4), SegmentInvalidError, "end with 3"),
        (changed(0, first=2), SegmentInvalidError, "not event 2"),
        (changed(0, consent=[1]), SegmentInvalidError, "no list of decisions"),
        (changed(0, session={"name": "s-1"}), SegmentInvalidError, "what session it is"),
        (changed(1, session="s-2"), SegmentInvalidError, "not event 1"),
        (changed(2, sequence=3), SegmentInvalidError, "not event 2"),
        (changed(2, wall_us="5"), SegmentInvalidError, "no wall_us"),
        (changed(2, wall_us=True), SegmentInvalidError, "no wall_us"),
        (changed(2, document=None), SegmentInvalidError, "concerns no document"),
        (changed(2, document=5), SegmentInvalidError, "no document"),
        (changed(2, document="\ud800"), SegmentInvalidError, "too long or no text"),
        (changed(2, document="\x1b[2J"), SegmentInvalidError, "too long or no text"),
        (changed(2, wall_us=2**62), SegmentInvalidError, "no calendar has"),
        (changed(2, wall_us=-1), SegmentInvalidError, "no calendar has"),
        (changed(2, document="a" * 5000), SegmentInvalidError, "too long or no text"),
        (changed(2, actor="somebody"), SegmentInvalidError, "does not fit"),
        (changed(2, kind="edits"), SegmentInvalidError, "not known here"),
        (
            changed(2, kind="foreign", data={"event_type": "Submit", "text": None, "columns": []}),
            SegmentInvalidError,
            "not known here",
        ),
        (
            changed(2, data={"offset": -1, "removed": "1", "inserted": "2"}),
            SegmentInvalidError,
            "less than nothing",
        ),
        (
            changed(2, data={"offset": 4, "removed": {"characters": -1}, "inserted": "2"}),
            SegmentInvalidError,
            "less than nothing",
        ),
        (changed(2, data={"offset": 4}), SegmentInvalidError, "does not fit"),
        (
            changed(2, data={"offset": "4", "removed": "1", "inserted": "2"}),
            SegmentInvalidError,
            "another type",
        ),
        (
            changed(2, data={"offset": 4, "removed": "1", "inserted": 2}),
            SegmentInvalidError,
            "does not fit|another type",
        ),
        (changed(3, data={"digest": None, "more": 1}), SegmentInvalidError, "does not fit"),
        (changed(3, more=1), SegmentInvalidError, "another type"),
    ],
)
def test_what_is_wrong_is_said_in_words(raw: bytes, error: type[SegmentError], named: str) -> None:
    with pytest.raises(error, match=named):
        decode([raw])


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "a/b", "a\\b", "", ".", "..", ".hidden", "a\0", "é", "a" * 101]
)
def test_the_name_of_a_session_is_no_path(name: str) -> None:
    session = {"name": name, "started_wall_us": 5, "foretrace_version": "", "editor": ""}
    with pytest.raises(SegmentInvalidError, match="name of a session"):
        decode([changed(0, session={**session, "schema_version": 1})])


@pytest.mark.parametrize(
    ("field", "value", "named"),
    [
        ("editor", "\x1b[2J", "too long or no text"),
        ("foretrace_version", "\x9b", "too long or no text"),
        ("started_wall_us", 2**62, "no calendar has"),
        ("started_wall_us", "5", "another type"),
    ],
)
def test_what_is_said_of_a_session_can_be_shown(field: str, value: Any, named: str) -> None:
    session = {"name": "s-1", "started_wall_us": 5, "foretrace_version": "", "editor": ""}
    with pytest.raises(SegmentInvalidError, match=named):
        decode([changed(0, session={**session, "schema_version": 1, field: value})])


def test_events_of_an_older_version_lack_what_came_later() -> None:
    session = {"name": "s-1", "started_wall_us": 5, "foretrace_version": "0.0.1", "editor": ""}
    raw = changed(0, session={**session, "schema_version": 0})
    assert decode([raw]).session.schema_version == 0
    assert decode([changed(3, data={})]).events[2].event.body == Saved()


def test_events_of_a_later_version_ask_for_a_newer_foretrace() -> None:
    session = {"name": "s-1", "started_wall_us": 5, "foretrace_version": "9", "editor": ""}
    with pytest.raises(SegmentInvalidError, match="needs a newer Foretrace"):
        decode([changed(0, session={**session, "schema_version": 99})])


@pytest.mark.parametrize(
    ("limits", "named"),
    [
        (Limits(most_bytes=100), "more than 100 bytes; send fewer"),
        (Limits(most_inflated_bytes=300), "more than 300 bytes inside"),
        (Limits(most_line_bytes=150), "a line has more than 150 bytes"),
        (Limits(most_events=2), "more than 2 events"),
        (Limits(most_decisions=0), "more than 0 decisions"),
    ],
)
def test_each_limit_is_named(limits: Limits, named: str) -> None:
    with pytest.raises(SegmentTooLargeError, match=named):
        decode([encode(SMALL)], limits)


def test_what_is_endless_is_refused_while_it_comes() -> None:
    taken = 0

    def endless() -> Iterator[bytes]:
        nonlocal taken
        deflater = zlib.compressobj(0, wbits=zlib.MAX_WBITS | 16)
        while True:
            taken += 1
            yield deflater.compress(bytes(2**16))

    with pytest.raises(SegmentTooLargeError, match="more than 1048576 bytes"):
        decode(endless(), Limits(most_bytes=2**20))
    assert taken < 20


def test_a_bomb_is_refused_before_it_goes_off() -> None:
    deflater = zlib.compressobj(9, wbits=zlib.MAX_WBITS | 16)
    bomb = deflater.compress(b'{"format": "')
    bomb += b"".join(deflater.compress(bytes(2**20)) for _ in range(64)) + deflater.flush()
    assert len(bomb) < 2**20
    with pytest.raises(SegmentTooLargeError, match="a line has more than 16777216 bytes"):
        decode([bomb])
