"""What simulated students type: the work of real people, a change at a time.

Most write the programs that students of the ITAP tutor wrote, from nothing to each of their states,
key by key. One of ten goes on in the middle of a keystroke history of the editing traces.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import islice
from pathlib import Path

from attrs import frozen

from foretrace_telemetry.readers import editing_traces, itap
from foretrace_telemetry.readers.editing_traces import EditingTrace
from foretrace_telemetry.text import Replacement
from foretrace_telemetry.traces import Trace

_HISTORY_EVERY = 10
_SAVE_EVERY = 40


@frozen
class Work:
    """One document: how it begins, its changes, and after how many of them it is saved."""

    uri: str
    start: str
    changes: tuple[Replacement, ...]
    saves: frozenset[int]


def works(data: Path, laptops: int, changes: int, seed: int) -> Iterator[tuple[Work, ...]]:
    """Iterate over what each laptop is to type, `changes` in all of each.

    Raises:
        OSError: the data cannot be read.
        ValueError: it is not what it should be.
    """
    chance = random.Random(seed)
    traces = list(itap.read_traces(data / "csedm2019_itap"))
    histories = [editing_traces.read(path) for path in editing_traces.find(data / "editing_traces")]
    for laptop in range(laptops):
        if laptop % _HISTORY_EVERY == 0:
            yield (_goes_on(chance.choice(histories), changes, chance),)
        else:
            yield tuple(_written(traces, chance.randrange(len(traces)), changes))


def _goes_on(history: EditingTrace, changes: int, chance: random.Random) -> Work:
    """Return changes from the middle of a history; as many as there are, if it has fewer."""
    every = list(history.replacements())
    first = chance.randrange(max(1, len(every) - changes))
    text = history.start_text
    for each in every[:first]:
        text = applied(text, each)
    own = tuple(every[first : first + changes])
    return Work(
        f"file:///class/{history.name}.txt",
        text,
        own,
        frozenset(range(_SAVE_EVERY, len(own) + 1, _SAVE_EVERY)),
    )


def _written(traces: list[Trace], first: int, changes: int) -> Iterator[Work]:
    """Iterate over documents that are written from nothing, one trace of a student each."""
    number = 0
    while changes:
        trace = traces[(first + number) % len(traces)]
        number += 1
        text, own, saves = "", list[Replacement](), set[int]()
        for state in trace.states:
            own += islice(_keys(text, state.text), changes - len(own))
            saves.add(len(own))
            text = state.text
        if own:
            changes -= len(own)
            yield Work(f"file:///class/{number}.py", "", tuple(own), frozenset(saves))


def _keys(before: str, after: str) -> Iterator[Replacement]:
    """Iterate over the keys that lead from a text to another: what goes, then what comes."""
    shift = 0
    for kind, start, end, new_start, new_end in SequenceMatcher(
        None, before, after, autojunk=False
    ).get_opcodes():
        if kind == "equal":
            continue
        if start < end:
            yield Replacement(start + shift, before[start:end], "")
        for offset in range(new_start, new_end):
            yield Replacement(offset, "", after[offset])
        shift += (new_end - new_start) - (end - start)


def applied(text: str, change: Replacement) -> str:
    """Return a text after a change."""
    return text[: change.offset] + change.inserted + text[change.offset + len(change.removed) :]
