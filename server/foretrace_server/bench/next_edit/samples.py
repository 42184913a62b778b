"""Samples: a document as it was before a burst, what was known by then, and what came."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence

from attrs import frozen

from foretrace_models.next_edit.moment import Keystroke, Moment
from foretrace_models.next_edit.settling import Burst, burst_of, goes_on, net
from foretrace_server.bench.next_edit.streams import Stream

_MOST_KEYSTROKES = 200
_FORWARD = 5
_MOST_OF_A_PERSON = 150


@frozen
class Sample:
    """What was known before a burst, and what followed.

    `texts` are those after the burst and the few that came next; `place` is the line that the
    burst began to change, in the text before it; it means little unless the stream `is_ordered`.
    """

    id: str
    dataset: str
    person: str
    moment: Moment
    texts: tuple[str, ...]
    place: int
    is_ordered: bool


@frozen
class _Found:
    """A burst of a stream: its keystrokes, and the text before and after it."""

    first: int
    last: int
    before: str
    after: str
    burst: Burst


def samples_of(streams: Sequence[Stream], limit: int | None, seed: int) -> list[Sample]:
    """Return samples, in the order of time within a stream, chosen by the seed.

    Of each person there are as many as of any other, where they have as many, and at most 150.
    """
    places: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for index, stream in enumerate(streams):
        person = f"{stream.dataset}/{stream.person}"
        places[person] += [
            (index, number)
            for number, found in enumerate(bursts_in(stream))
            if number > 0 and found.first not in stream.at_once
        ]
    chosen = _evenly(places, limit, seed)
    wanted: dict[int, set[int]] = defaultdict(set)
    for index, number in chosen:
        wanted[index].add(number)
    return [
        sample
        for index in sorted(wanted)
        for sample in _samples(streams[index], index, wanted[index])
    ]


def bursts_in(stream: Stream) -> Iterator[_Found]:
    """Yield the bursts of a stream, but for those that leave nothing behind."""
    text = before = stream.text
    first = 0
    for number, keystroke in enumerate(stream.keystrokes):
        if number > first and not goes_on(stream.keystrokes[number - 1], keystroke, text):
            yield from _found(stream, first, number, before, text)
            first, before = number, text
        end = keystroke.offset + len(keystroke.removed)
        text = text[: keystroke.offset] + keystroke.inserted + text[end:]
    yield from _found(stream, first, len(stream.keystrokes), before, text)


def place_of(burst: Burst, before: str) -> int:
    """Return the line that a burst began to change; a line that it adds is the one after."""
    ends = burst.offset == len(before) or before[burst.offset] in "\n\r"
    return burst.line + (ends and not burst.removed and burst.inserted[:1] in ("\n", "\r"))


def _found(stream: Stream, first: int, last: int, before: str, after: str) -> Iterator[_Found]:
    keystrokes: Sequence[Keystroke] = stream.keystrokes[first:last]
    edit = net(keystrokes, before, after)
    if edit is not None:
        yield _Found(first, last, before, after, burst_of(before, after, edit))


def _evenly(
    places: dict[str, list[tuple[int, int]]], limit: int | None, seed: int
) -> list[tuple[int, int]]:
    """Return one of each person, then another of each, until there are enough."""
    drawn = []
    people = sorted(places)
    random.Random(seed).shuffle(people)  # noqa: S311 - no secret
    for person in people:
        own = list(places[person])
        random.Random(f"{seed} {person}").shuffle(own)  # noqa: S311 - no secret
        drawn.append(own[:_MOST_OF_A_PERSON])
    rounds = max(map(len, drawn), default=0)
    chosen = [own[turn] for turn in range(rounds) for own in drawn if turn < len(own)]
    return chosen[:limit]


def _samples(stream: Stream, index: int, wanted: set[int]) -> Iterator[Sample]:
    open_ones: list[tuple[int, _Found, list[str]]] = []
    for number, found in enumerate(bursts_in(stream)):
        if number in wanted:
            open_ones.append((number, found, []))
        for _, _, texts in open_ones:
            texts.append(found.after)
        while open_ones and len(open_ones[0][2]) == _FORWARD:
            yield _sample(stream, index, *open_ones.pop(0))
    for each in open_ones:
        yield _sample(stream, index, *each)


def _sample(stream: Stream, index: int, number: int, found: _Found, texts: list[str]) -> Sample:
    known = stream.keystrokes[max(0, found.first - _MOST_KEYSTROKES) : found.first]
    last = known[-1]
    moment = Moment(
        found.before, known, stream.language, cursor_offset=last.offset + len(last.inserted)
    )
    return Sample(
        f"{stream.dataset}/{stream.person}/{index}/{number}",
        stream.dataset,
        f"{stream.dataset}/{stream.person}",
        moment,
        tuple(texts),
        place_of(found.burst, found.before),
        stream.is_ordered,
    )
