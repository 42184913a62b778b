"""A session that leaves while it goes on: hidden as in a bundle, and what left stays as it left."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from foretrace_telemetry.events import Actor, Body, Edited, Event, Opened, Recorded
from foretrace_telemetry.exchange.leaving import Stretches, leaving
from foretrace_telemetry.exchange.report import SessionReport
from foretrace_telemetry.identity import Identity
from foretrace_telemetry.replay import replay

A = "file:///home/lovelace/a.py"
ADA = Identity(("lovelace",), b"key")


def recorded(*bodies: Body, first: int = 1) -> list[Recorded]:
    return [
        Recorded("s", number, Event(number, number, Actor.USER, body, A, number))
        for number, body in enumerate(bodies, start=first)
    ]


def typed(text: str, offset: int = 0) -> list[Body]:
    return [Edited(offset + n, "", each) for n, each in enumerate(text)]


def text_of(events: Sequence[Recorded]) -> str:
    result = replay(events)
    assert result.problems == []
    (text,) = result.texts.values()
    assert text is not None
    return text


def test_one_stretch_leaves_as_a_bundle_does() -> None:
    events = recorded(Opened("# by lovelace\n"), *typed("lovelace", 14), Edited(0, "# by", "x"))
    whole = leaving(lambda: events, ADA, None, SessionReport("s"))
    assert Stretches(ADA).leave(events) == list(whole.events())
    assert "lovelace" not in repr(list(whole.events()))


def test_what_left_before_a_name_was_whole_stays_and_replays_exactly() -> None:
    events = recorded(Opened(""), *typed("lovelace"), Edited(2, "velace", ""), Edited(0, "lo", "x"))
    stretches = Stretches(ADA)
    left = [*stretches.leave(events[:4]), *stretches.leave(events[4:])]
    assert text_of(left[:4]) == "lov"
    pseudonym = ADA.pseudonym("lovelace")
    assert text_of(left[:9]) == "lov" + pseudonym[3:]
    assert text_of(left) == "x"


@given(st.data())
def test_any_stretches_replay_exactly_and_come_out_the_same_again(data: st.DataObject) -> None:
    text, bodies = "by lovelace\n", list[Body]()
    bodies.append(Opened(text))
    for _ in range(data.draw(st.integers(0, 12))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, len(text)))
        new = data.draw(st.sampled_from(["", "l", "lovel", "ace", "ace lovelace", "\n", "x = 1"]))
        bodies.append(Edited(start, text[start:end], new))
        text = text[:start] + new + text[end:]
    events = recorded(*bodies)
    cuts = sorted(data.draw(st.sets(st.integers(0, len(events)))) | {0, len(events)})
    ways = []
    for _ in range(2):
        stretches = Stretches(ADA)
        ways.append([stretches.leave(events[a:b]) for a, b in itertools.pairwise(cuts)])
    assert ways[0] == ways[1]
    left = [each for stretch in ways[0] for each in stretch]
    assert len(text_of(left)) == len(text)
    assert [each.event.uri for each in left] == [left[0].event.uri] * len(left)
