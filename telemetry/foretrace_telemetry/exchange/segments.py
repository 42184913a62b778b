"""The segment: a run of a session's events as it travels from a laptop to a course.

Lines of JSON in one gzip stream: a header that says which events of which session these are and
which decisions cover them, then one event a line, numbered without gaps. Whoever decodes one sets
limits, and what goes beyond them is refused while it is read: no more of it is ever held.
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Iterable, Iterator
from typing import Any

import cattrs
from attrs import field, frozen

from foretrace_telemetry.event_json import from_json, to_json
from foretrace_telemetry.events import (
    BODIES,
    SCHEMA_VERSION,
    Closed,
    Edited,
    Erased,
    Foreign,
    Opened,
    Recorded,
    Resynced,
    Saved,
)

FORMAT = "foretrace-segment"
VERSION = 1

SESSION_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_MOST_DIGITS = 19
_MOST_NUMBER = 2**63 - 1
# The wall clock's last moment that every calendar knows how to write, in the year 9987.
_MOST_WALL_US = 253 * 10**15
_MOST_WORD_CHARACTERS = 4096
# Half of a surrogate pair is no text, and what commands a terminal is no part of a name.
_NOT_IN_A_WORD = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_INFLATED_AT_ONCE = 2**16
# What other tools recorded came with an import: it is nobody's own work, and is not sent.
_KINDS = BODIES.keys() - {Foreign.kind}
_OF_A_DOCUMENT = {body.kind for body in (Opened, Edited, Resynced, Saved, Closed)}
# Fields of an event, and the types that they may have.
_ENVELOPE: dict[str, tuple[type, ...]] = {
    "session": (str,),
    "sequence": (int,),
    "wall_us": (int,),
    "monotonic_us": (int,),
    "actor": (str,),
    "kind": (str,),
    "document": (str, type(None)),
    "version": (int, type(None)),
    "data": (dict,),
}


class SegmentError(ValueError):
    """Something is wrong with a segment; the message says what, and quotes nothing of a text."""


class SegmentUnreadableError(SegmentError):
    """It is no gzip stream of lines of JSON."""


class SegmentTooLargeError(SegmentError):
    """It goes beyond a limit."""


class SegmentInvalidError(SegmentError):
    """It can be read, and says what cannot be."""


@frozen
class Limits:
    """How large a segment may be: its bytes as they come, inflated and of one line; its events.

    `most_decisions` are the lines of the log of decisions in the header.
    """

    most_bytes: int = 4 * 2**20
    most_inflated_bytes: int = 32 * 2**20
    most_line_bytes: int = 16 * 2**20
    most_events: int = 20_000
    most_decisions: int = 10_000


LIMITS = Limits()


@frozen
class SegmentSession:
    """The session that a segment is of, as the laptop knows it."""

    name: str
    started_wall_us: int
    foretrace_version: str
    editor: str = ""
    schema_version: int = SCHEMA_VERSION


@frozen
class Segment:
    """The events of a session from number `first` to number `last`, both included.

    `consent` has the lines of the laptop's log of decisions, each without its line end. What stands
    for forgotten events counts as all of them.
    """

    session: SegmentSession
    first: int
    last: int
    consent: tuple[str, ...]
    events: tuple[Recorded, ...] = field(repr=False)


_converter = cattrs.Converter(forbid_extra_keys=True)


def encode(segment: Segment) -> bytes:
    """Return a segment as it travels; equal segments are equal bytes."""
    header = {
        "format": FORMAT,
        "version": VERSION,
        "session": _converter.unstructure(segment.session),
        "first": segment.first,
        "last": segment.last,
        "consent": list(segment.consent),
    }
    values: list[dict[str, Any]] = [header, *map(to_json, segment.events)]
    lines = (json.dumps(value, separators=(",", ":")).encode() + b"\n" for value in values)
    return gzip.compress(b"".join(lines), mtime=0)


def decode(parts: Iterable[bytes], limits: Limits = LIMITS) -> Segment:
    """Return the segment whose bytes come in these parts.

    Raises:
        SegmentUnreadableError: it is no gzip stream of lines of JSON.
        SegmentTooLargeError: it goes beyond a limit.
        SegmentInvalidError: it is of another version, or an event is none or not the next.
    """
    lines = _lines(_inflated(_counted(parts, limits), limits), limits)
    header = next(lines, None)
    if header is None:
        raise SegmentUnreadableError("the segment is empty")
    session, first, last, consent = _header(_parsed(header, 1), limits)
    events: list[Recorded] = []
    following = first
    for number, line in enumerate(lines, start=2):
        if len(events) == limits.most_events:
            raise SegmentTooLargeError(
                f"the segment has more than {limits.most_events} events; send fewer at once"
            )
        recorded = _event(_parsed(line, number), number)
        if recorded.session != session.name or recorded.sequence != following:
            raise SegmentInvalidError(f"line {number} is not event {following} of the session")
        events.append(recorded)
        following = last_of(recorded) + 1
    if following != last + 1:
        raise SegmentInvalidError(
            f"the header says events {first} to {last}, and they end with {following - 1}"
        )
    return Segment(session, first, last, consent, tuple(events))


def last_of(recorded: Recorded) -> int:
    """Return the number of the last event that this one stands for: its own, but for `erased`."""
    body = recorded.event.body
    return body.last if isinstance(body, Erased) else recorded.sequence


def _counted(parts: Iterable[bytes], limits: Limits) -> Iterator[bytes]:
    count = 0
    for part in parts:
        count += len(part)
        if count > limits.most_bytes:
            raise SegmentTooLargeError(
                f"the segment has more than {limits.most_bytes} bytes; send fewer events at once"
            )
        yield part


def _inflated(parts: Iterable[bytes], limits: Limits) -> Iterator[bytes]:
    """Inflate one gzip stream, a little at a time: a small one can be terabytes inside."""
    inflater = zlib.decompressobj(zlib.MAX_WBITS | 16)
    count = 0
    for part in parts:
        while part and not inflater.eof:
            try:
                inflated = inflater.decompress(part, _INFLATED_AT_ONCE)
            except zlib.error as error:
                raise SegmentUnreadableError("the segment is no gzip stream") from error
            part = inflater.unconsumed_tail
            count += len(inflated)
            if count > limits.most_inflated_bytes:
                raise SegmentTooLargeError(
                    f"the segment has more than {limits.most_inflated_bytes} bytes inside; "
                    "send fewer events at once"
                )
            yield inflated
        if part or inflater.unused_data:
            raise SegmentUnreadableError("something follows the end of the gzip stream")
    if not inflater.eof:
        raise SegmentUnreadableError("the gzip stream breaks off")


def _lines(parts: Iterable[bytes], limits: Limits) -> Iterator[bytes]:
    begun: list[bytes] = []
    count = 0
    for part in parts:
        *whole, rest = part.split(b"\n")
        for each in whole:
            _check_line(count + len(each), limits)
            yield b"".join([*begun, each])
            begun, count = [], 0
        begun.append(rest)
        count += len(rest)
        _check_line(count, limits)
    if count:
        raise SegmentUnreadableError("the last line breaks off")


def _check_line(count: int, limits: Limits) -> None:
    if count > limits.most_line_bytes:
        raise SegmentTooLargeError(f"a line has more than {limits.most_line_bytes} bytes")


def _parsed(line: bytes, number: int) -> dict[str, Any]:
    try:
        value = json.loads(line, parse_int=_whole_number, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise SegmentUnreadableError(f"line {number} is no JSON that can be read") from error
    if not isinstance(value, dict):
        raise SegmentUnreadableError(f"line {number} is no JSON object")
    return value


def _whole_number(digits: str) -> int:
    if len(digits.lstrip("-")) > _MOST_DIGITS or abs(number := int(digits)) > _MOST_NUMBER:
        raise ValueError("the number does not fit into 64 bits")
    return number


def _no_number(word: str) -> float:
    raise ValueError(f"{word} is not JSON")


def _header(
    value: dict[str, Any], limits: Limits
) -> tuple[SegmentSession, int, int, tuple[str, ...]]:
    if value.get("format") != FORMAT:
        raise SegmentInvalidError("the first line is not the header of a segment")
    if value.get("version") != VERSION:
        raise SegmentInvalidError(f"the segment is not of version {VERSION}, which is read here")
    first, last, consent = value.get("first"), value.get("last"), value.get("consent")
    if type(first) is not int or type(last) is not int or not 1 <= first <= last:
        raise SegmentInvalidError("the header does not say which events follow")
    if not isinstance(consent, list) or not all(type(line) is str for line in consent):
        raise SegmentInvalidError("the header has no list of decisions")
    if len(consent) > limits.most_decisions:
        raise SegmentTooLargeError(f"the log has more than {limits.most_decisions} decisions")
    return _session(value.get("session")), first, last, tuple(consent)


def _session(value: Any) -> SegmentSession:
    try:
        session = _converter.structure(value, SegmentSession)
    except Exception as error:  # cattrs raises whatever a wrong value leads to
        raise SegmentInvalidError("the header does not say what session it is") from error
    if not _is_unchanged(value, _converter.unstructure(session)):
        raise SegmentInvalidError("a field of the session has another type")
    if SESSION_NAME.fullmatch(session.name) is None:
        raise SegmentInvalidError(
            "the name of a session has up to 100 letters, digits, dots, hyphens and underscores"
        )
    if not all(map(_is_word, (session.foretrace_version, session.editor))):
        raise SegmentInvalidError("the header has words that are too long or no text")
    if not 0 <= session.started_wall_us <= _MOST_WALL_US:
        raise SegmentInvalidError("the session began at a time that no calendar has")
    if session.schema_version > SCHEMA_VERSION:
        raise SegmentInvalidError(
            f"events of version {session.schema_version} are not known here; "
            "the course needs a newer Foretrace"
        )
    return session


def _event(value: dict[str, Any], number: int) -> Recorded:
    """Return the event of a line, if it means exactly what it says."""
    for name, kinds in _ENVELOPE.items():
        if name not in value or type(value[name]) not in kinds:
            raise SegmentInvalidError(f"line {number} has no {name}, or one of another type")
    if value["kind"] not in _KINDS:
        raise SegmentInvalidError(f"line {number} is of a kind that is not known here")
    if value["document"] is None and value["kind"] in _OF_A_DOCUMENT:
        raise SegmentInvalidError(f"line {number} concerns no document")
    if _has_negative(value["data"]):
        raise SegmentInvalidError(f"line {number} counts less than nothing")
    try:
        recorded = from_json(value)
    except Exception as error:  # cattrs raises whatever a wrong value leads to
        raise SegmentInvalidError(f"line {number} does not fit its kind") from error
    body = recorded.event.body
    if not _is_unchanged(value, to_json(recorded)):
        raise SegmentInvalidError(f"line {number} has a field of another type")
    if not 0 <= recorded.event.wall_us <= _MOST_WALL_US:
        raise SegmentInvalidError(f"line {number} is of a time that no calendar has")
    if not _is_word(recorded.event.uri or "") or not _is_word(getattr(body, "rule", "")):
        raise SegmentInvalidError(f"line {number} has words that are too long or no text")
    if isinstance(body, Erased) and not recorded.sequence == body.first <= body.last:
        raise SegmentInvalidError(f"line {number} stands for other events than its own")
    return recorded


def _has_negative(value: Any) -> bool:
    """Return whether a number that counts something is below zero."""
    if isinstance(value, dict):
        return any(_has_negative(each) for name, each in value.items() if name != "exit_code")
    return isinstance(value, int) and value < 0


def _is_unchanged(value: Any, read: Any) -> bool:
    """Return whether what was read is what was said: cattrs makes a number of `"5"`.

    Fields that an older version did not have come with their defaults.
    """
    if isinstance(value, dict) and isinstance(read, dict):
        return all(name in read and _is_unchanged(value[name], read[name]) for name in value)
    if isinstance(value, list) and isinstance(read, (list, tuple)):
        return len(value) == len(read) and all(map(_is_unchanged, value, read))
    if isinstance(value, str) and isinstance(read, str):  # one of them may be an enumeration's
        return value == read
    if type(value) is int and type(read) is float:  # JSON has but one kind of number
        return value == read
    return type(value) is type(read) and bool(value == read)


def _is_word(text: str) -> bool:
    """Return whether a text can be a name, for the store and on a terminal."""
    return len(text) <= _MOST_WORD_CHARACTERS and _NOT_IN_A_WORD.search(text) is None
