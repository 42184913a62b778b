"""Scrubbing: however a secret comes into a document, no event tells it, and replay stays exact."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.made_up_keys import KINDS, Key, make_keys

from foretrace_telemetry.consent import Content
from foretrace_telemetry.digest import digest_of
from foretrace_telemetry.events import (
    Actor,
    Body,
    Closed,
    Edited,
    Event,
    Opened,
    Recorded,
    Redacted,
    Saved,
    Text,
)
from foretrace_telemetry.replay import Replay, replay
from foretrace_telemetry.scrub import Kept, Scrubber
from foretrace_telemetry.secrets import placeholder_of

URI = "file:///a.py"
KEY = b"k" * 32


class Session:
    """A store in memory, and an editor that writes to it in batches."""

    def __init__(self) -> None:
        self.stored: list[Event] = []
        self.texts: dict[str, str] = {}
        self._new: list[Kept] = []
        self._scrubber = Scrubber(lambda: KEY, self._past)

    def _past(self, uri: str) -> Iterator[tuple[int, Event]]:
        for number in range(len(self.stored) - 1, -1, -1):
            if self.stored[number].uri == uri:
                yield number, self.stored[number]

    def tell(self, body: Body, uri: str = URI) -> None:
        self._new.append((Event(0, 0, Actor.USER, body, uri, 1), Content.FULL))

    def open(self, text: str, uri: str = URI) -> None:
        self.texts[uri] = text
        self.tell(Opened(text), uri)

    def edit(self, offset: int, removed: int, inserted: str, uri: str = URI) -> None:
        text = self.texts[uri]
        self.texts[uri] = text[:offset] + inserted + text[offset + removed :]
        self.tell(Edited(offset, text[offset : offset + removed], inserted), uri)

    def type(self, offset: int, text: str, uri: str = URI) -> None:
        for number, character in enumerate(text):
            self.edit(offset + number, 0, character, uri)

    def save(self, uri: str = URI) -> None:
        self.tell(Saved(digest_of(self.texts[uri], KEY)), uri)

    def flush(self) -> None:
        waiting: list[Kept] = []
        self._scrubber.scrub(waiting, self._new)
        self._new = []
        self.stored += [event for event, _ in waiting]
        for number, body in self._scrubber.rewritten.items():
            old = self.stored[number]
            self.stored[number] = Event(0, 0, old.actor, body, old.uri, old.version)
        self._scrubber.rewritten.clear()

    def recorded(self) -> list[Recorded]:
        return [Recorded("s", number, event) for number, event in enumerate(self.stored, 1)]

    def states(self) -> Iterator[str]:
        """Iterate over all that replay gives, and all that events tell."""
        recorded = self.recorded()
        for number, each in enumerate(recorded):
            texts = replay(recorded[: number + 1]).texts
            yield texts.get(each.event.uri or "") or ""
            yield str(each.event.body)

    def replayed(self) -> Replay:
        result = replay(self.recorded(), KEY)
        assert result.problems == []
        return result

    def redactions(self) -> list[Redacted]:
        return [e.body for e in self.stored if isinstance(e.body, Redacted)]


def assert_nothing_is_left(session: Session, key: Key) -> None:
    for state in session.states():
        assert not [part for part in key.parts if part in state]


def hidden(session: Session) -> int:
    """Return how many characters came in as placeholders."""
    texts: list[Text] = []
    for event in session.stored:
        if isinstance(event.body, Opened):
            texts.append(event.body.text)
        elif isinstance(event.body, Edited):
            texts.append(event.body.inserted)
    return sum(text.count("█") + text.count("🔒") for text in texts if isinstance(text, str))


def enter(session: Session, key: Key, way: str, flush_every: int) -> None:
    """Write a key into a new document, in one of the ways in which people do."""
    chance = random.Random(key.text)
    head = "import os\n"
    session.open(head + key.before + key.after + "\nprint(os.name)\n")
    at = len(head + key.before)
    half = len(key.text) // 2
    if way == "pasted":
        session.edit(at, 0, key.text)
    elif way == "pasted in halves":
        session.edit(at, 0, key.text[:half])
        session.flush()
        session.edit(at + half, 0, key.text[half:])
    elif way == "pasted in halves, the second first":
        session.edit(at, 0, key.text[half:])
        session.flush()
        session.edit(at, 0, key.text[:half])
    else:
        for number, character in enumerate(key.text):
            if way == "typed with corrections" and chance.random() < 0.2:
                session.edit(at + number, 0, chance.choice("xyz"))
                session.edit(at + number, 1, "")
            session.edit(at + number, 0, character)
            if flush_every and number % flush_every == 0:
                session.flush()
            if number % 11 == 0:
                session.save()
    session.save()
    session.flush()


WAYS = (
    "typed",
    "typed with corrections",
    "pasted",
    "pasted in halves",
    "pasted in halves, the second first",
)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_key_is_in_no_event_however_it_was_entered(kind: str, way: str) -> None:
    key = next(key for key in make_keys(len(KINDS), seed=3) if key.kind == kind)
    for flush_every in (0, 1, 7):
        session = Session()
        enter(session, key, way, flush_every)
        assert_nothing_is_left(session, key)
        result = session.replayed()
        assert result.texts[URI] is not None
        assert placeholder_of(key.text) in (result.texts[URI] or "")
        assert sum(each.characters for each in session.redactions()) == hidden(session)
        assert result.saves_checked >= 1


def test_what_is_removed_of_a_key_is_not_told_either() -> None:
    key = make_keys(1, seed=1)[0]
    session = Session()
    session.open("")
    session.type(0, f'k = "{key.text}"')
    session.flush()
    for _ in range(10):
        session.edit(15, 1, "")
        session.flush()
    session.replayed()
    removed = [e.body.removed for e in session.stored if isinstance(e.body, Edited)]
    assert removed[-10:] == ["█"] * 10


def test_a_key_that_comes_and_goes_within_a_batch_is_found() -> None:
    key = make_keys(1, seed=1)[0]
    session = Session()
    session.open("k = ''\n")
    session.edit(5, 0, key.text)
    session.edit(5, len(key.text), "")
    session.edit(5, 0, key.text)  # undone and done again
    session.tell(Closed())
    session.flush()
    assert_nothing_is_left(session, key)
    assert len(session.redactions()) == 2
    session.replayed()


def test_a_name_that_comes_later_makes_a_secret_of_what_was_there() -> None:
    session = Session()
    session.open("x = 'hunter'\n")
    session.save()
    session.flush()
    session.edit(11, 0, "2")
    session.save()
    session.flush()
    session.edit(0, 1, "password")
    session.save()
    session.flush()
    assert not [state for state in session.states() if "hunter" in state]
    assert session.replayed().saves_checked == 3
    assert [each.characters for each in session.redactions()] == [7]


def test_half_of_a_known_key_is_known_again_in_every_document() -> None:
    key = make_keys(2, seed=1)[1]
    session = Session()
    session.open(f"# {key.text[:20]}\n", "file:///earlier.py")
    session.open("")
    session.flush()
    session.type(0, f"aws_secret_key = '{key.text}'\n")
    session.flush()
    session.open("", "file:///later.py")
    session.type(0, f"# {key.text[20:]}\n", "file:///later.py")
    session.flush()
    for state in session.states():
        assert key.text[:20] not in state
        assert key.text[20:] not in state
    session.replayed()


def test_a_password_that_grows_is_listed_once() -> None:
    session = Session()
    session.open('password = ""\n')
    for number, character in enumerate("correct horse"):
        session.edit(12 + number, 0, character)
        session.flush()
    assert session.redactions() == [Redacted("Secret Keyword", 13)]
    assert not [state for state in session.states() if "cor" in state]


_PIECES = ["password = '", "hunter2'", "'", "\n", "\r\n", "AKIA0123456789ABCDEF", "😀", "x", " = "]
_EDITS = st.tuples(st.floats(0, 1), st.floats(0, 0.3), st.sampled_from(_PIECES), st.booleans())


@given(st.lists(st.sampled_from(_PIECES), max_size=5).map("".join), st.lists(_EDITS, max_size=25))
def test_replay_is_exact_but_for_placeholders(
    start: str, edits: list[tuple[float, float, str, bool]]
) -> None:
    session = Session()
    session.open(start)
    for place, share, inserted, flushes in edits:
        length = len(session.texts[URI])
        offset = round(place * length)
        removed = min(round(share * length), length - offset)
        session.edit(offset, removed, inserted)
        session.save()
        if flushes:
            session.flush()
    session.flush()
    text = session.replayed().texts[URI]
    assert text is not None
    assert len(text) == len(session.texts[URI])
    for mine, original in zip(text, session.texts[URI], strict=True):
        assert mine == original or mine == placeholder_of(original)
    assert sum(each.characters for each in session.redactions()) == hidden(session)


def test_a_pasted_key_is_found_though_something_is_typed_into_it_at_once() -> None:
    key = make_keys(1, seed=1)[0]
    session = Session()
    session.open("")
    session.edit(0, 0, key.text)
    session.type(5, "x = ")
    session.flush()
    assert_nothing_is_left(session, key)
    assert session.replayed().texts[URI] == "█████x = ███████████████"
