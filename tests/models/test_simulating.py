from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise

import pytest
from tests.models.gap_people import somebody, stream

from foretrace_models.gap.streams import Stream
from foretrace_models.simulating.markov import Markov
from foretrace_models.simulating.pauses import Pauses
from foretrace_models.simulating.people import By, Gaps, Like, Way, simulated, simulated_people
from foretrace_models.simulating.sequence import Pool
from foretrace_models.simulating.successors import Drawn

PEOPLE = [somebody(f"person {number}", count=300) for number in range(3)]
EVERY_WAY = [Way(by, like, gaps) for by in By for like in Like for gaps in Gaps]


@pytest.mark.parametrize("way", EVERY_WAY, ids=lambda way: f"{way.by} {way.like} {way.gaps}")
def test_there_is_somebody_simulated_for_each_real_person(way: Way) -> None:
    made = list(simulated_people(PEOPLE, way, seed=7))
    for real, other in zip(PEOPLE, made, strict=True):
        assert (other.person, len(other)) == (real.person, len(real))
        assert other.times_s[0] == real.times_s[0]
        assert list(other.times_s) == sorted(other.times_s)
        assert set(other.events) <= {event for each in PEOPLE for event in each.events}
    assert made == list(simulated_people(PEOPLE, way, seed=7))
    assert made != list(simulated_people(PEOPLE, way, seed=8))


def test_a_person_can_be_made_shorter() -> None:
    way = Way(By.MARKOV1, Like.EVERYBODY, Gaps.PAIR)
    assert [len(each) for each in simulated_people(PEOPLE, way, 7, most_events=40)] == [40] * 3


def test_a_chain_goes_on_as_people_did_in_as_many_cases() -> None:
    real = stream("ada", "aabab" * 400, [1] * 1999)
    made = simulated(real, Markov.of([real], 1), Pauses.of([real], True), 7)
    after_a = Counter(after for before, after in pairwise(made.events) if before == "a")
    # Two in three lead to b; what falls back on single events moves that a little.
    assert after_a["b"] / after_a.total() == pytest.approx(2 / 3, abs=0.05)


def test_a_longer_memory_keeps_what_a_shorter_one_forgets() -> None:
    real = stream("ada", "aabb" * 400, [1] * 1599)
    runs = {}
    for order in (1, 2):
        made = simulated(real, Markov.of([real], order), Pauses.of([real], True), 7)
        runs[order] = "".join(made.events).count("aabb")
    assert runs[2] > 2 * runs[1]


def test_pauses_of_a_pair_are_those_between_its_events() -> None:
    real = stream("ada", "abab", [1, 60, 1])
    chance = random.Random(7)
    by_pair, overall = Pauses.of([real], by_pair=True), Pauses.of([real], by_pair=False)
    assert {by_pair.draw("a", "b", chance) for _ in range(50)} == {1}
    assert {overall.draw("a", "b", chance) for _ in range(50)} == {1, 60}
    # A pair that nobody made is as any.
    assert {by_pair.draw("b", "b", chance) for _ in range(50)} == {1, 60}


def test_whatever_foretells_can_draw() -> None:
    class Turns:
        def distribution(self, history: Sequence[str]) -> Mapping[str, float]:
            return {"b": 2.0} if history[-1:] == ["a"] else {"a": 0.5, "c": 0.0}

    real = stream("ada", "aaaa", [1, 1, 1])
    made = simulated(real, Drawn(Turns(), 1), Pauses.of([real], False), 7)
    assert made.events == ["a", "b", "a", "b"]


def test_shares_of_the_next_event_add_up_to_one() -> None:
    pool = Pool.of(PEOPLE)
    for person in (None, PEOPLE[0].person):
        told = pool.foreteller(person).distribution(PEOPLE[0].events[:4])
        assert sum(told.values()) == pytest.approx(1)


def test_a_persons_habit_shows_in_what_is_foretold_for_them() -> None:
    lone = stream("lone", "ab" * 50, [1] * 99)
    others = [stream(f"p{number}", "ac" * 50, [1] * 99) for number in range(5)]
    pool = Pool.of([lone, *others])
    own, any_ = (pool.foreteller(person).distribution(["a"]) for person in ("lone", None))
    assert own["b"] > 0.8 > any_["b"]


def test_nobody_can_be_learned_from_who_did_nothing() -> None:
    with pytest.raises(ValueError, match="no events"):
        Markov.of([Stream("ada", (), ())], 1)
