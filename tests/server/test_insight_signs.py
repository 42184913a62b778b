"""What it costs to look for signs of being stuck: no more than what changed, in counted steps."""

from __future__ import annotations

import re
from itertools import count
from typing import Any, SupportsIndex

from hypothesis import given
from hypothesis import strategies as st
from tests.server.test_insight_account import IDLE_LIMIT_US, SEARCH, Happened, recorded
from typing_extensions import override

from foretrace_server.collect.insight.account import Account
from foretrace_server.collect.insight.signs import Mark, Signs
from foretrace_server.collect.insight.standing import Standing
from foretrace_telemetry.events import Opened, Resynced, RunFinished, Saved, TestsFinished

LONG = "".join(f"value_{number} = {number}\n" for number in range(10_000))


class ReadText(str):
    """A text that counts how many of its characters are read."""

    read = 0

    @override
    def encode(self, *arguments: Any) -> bytes:
        self.read += len(self)
        return super().encode(*arguments)

    @override
    def split(self, *arguments: Any) -> list[str]:
        self.read += len(self)
        return super().split(*arguments)

    @override
    def find(self, part: str, start: SupportsIndex | None = None, *_: Any) -> int:
        found = super().find(part, start)
        self.read += (found if found >= 0 else len(self)) - int(start or 0)
        return found


class ComparedDigest(str):
    """A digest that counts how often one is compared with another."""

    comparisons = count()

    @override
    def __eq__(self, other: object) -> bool:
        next(ComparedDigest.comparisons)
        return str.__eq__(self, other)

    __hash__ = str.__hash__


def test_what_did_not_change_is_not_read_again_however_often_it_runs() -> None:
    texts = [ReadText(LONG), ReadText(f"{LONG}x = 1\n")]
    happened: list[Happened] = [(0, Opened(texts[0], "python"), SEARCH)]
    for number in range(1, 201):
        if number == 100:
            happened.append((number, Resynced(texts[1], "it changed"), SEARCH))
        line = 5_000 + number % 7
        happened += [
            (number, RunFinished(1, 5, "NameError", line), SEARCH),
            (number, TestsFinished(1, 3), SEARCH),
            (number, Saved(), SEARCH),
        ]
    account = Account("s", 0, "", IDLE_LIMIT_US)
    account.take_all(recorded(*happened))
    (work,) = account.accounted().works
    assert work.failed_runs == 200
    assert [0 < each.read <= 2 * len(each) + 1 for each in texts] == [True, True], [
        each.read / len(each) for each in texts
    ]


def comparisons_of(states: int) -> int:
    """Return how often digests are compared while so many states stand, run and are tested."""
    digests = [ComparedDigest(f"{number % (states // 2):016x}") for number in range(states)]
    ComparedDigest.comparisons = count()
    signs = Signs("s")
    for number, digest in enumerate(digests, start=1):
        mark = Mark(number, number)
        signs.stood(mark, digest, None, 0)
        signs.tested(mark, 0.5, digest)
        signs.ran(mark, "NameError", digest)
    assert signs.signals
    return next(ComparedDigest.comparisons)


def test_a_state_is_compared_with_no_more_than_a_few_however_many_stood_before() -> None:
    assert comparisons_of(2_000) <= 8 * 2_000


def test_what_is_kept_of_a_document_does_not_grow_with_its_runs() -> None:
    signs = Signs("s")
    for number in range(1, 501):
        signs.ran(Mark(number, number), "NameError", "the same lines")
        signs.tested(Mark(number, number), 0.5, f"{number}")
    assert [each.kind.value for each in signs.signals] == ["same-error", "no-progress"]


TEXTS = st.text(st.sampled_from("ab\n\r\u2028\ud800\x0c"), max_size=30)


@given(TEXTS, st.integers(1, 12), TEXTS, st.integers(1, 12))
def test_equal_lines_around_are_equal_and_others_are_not(
    one: str, line: int, other: str, other_line: int
) -> None:
    def around(text: str, line: int) -> list[str]:
        return text.split("\n")[max(0, line - 3) : line + 2]

    standing, another = Standing(one), Standing(other)
    first, second = standing.around(line), another.around(other_line)
    equal = "\n".join(around(one, line)) == "\n".join(around(other, other_line))
    assert (first == second) is equal
    assert (standing.around(line), standing.around(None)) == (first, "")
    assert (standing.digest == another.digest) is (one == other)
    assert re.fullmatch("[0-9a-f]{16}", first)
