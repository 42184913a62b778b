from __future__ import annotations

import pytest
from attrs import evolve
from tests.models.gap_people import shuffled, somebody, stream

from foretrace_models.gap.comparing import Gap, compare
from foretrace_models.gap.measures import MEASURES
from foretrace_models.gap.samples import FEWEST_EVENTS, person_of, size_for
from foretrace_models.gap.streams import Stream
from foretrace_models.gap.words import is_clear, summary

PEOPLE = [somebody(f"person {number}") for number in range(12)]
FEW = PEOPLE[:6]  # too few to learn to tell them apart, which takes a second


def gap_to(simulated: list[Stream], real: list[Stream] = PEOPLE) -> Gap:
    return compare(real, simulated, 7, lambda _: None)


@pytest.fixture(scope="module")
def to_shuffled() -> Gap:
    return gap_to([shuffled(each) for each in PEOPLE])


def test_a_sample_has_whole_sessions_but_for_the_last_that_was_drawn() -> None:
    person = person_of(PEOPLE[0], 200, 7)
    assert person is not None
    assert sum(map(len, person.sample)) == 200
    whole = {tuple(each.times_s) for each in person.sessions}
    assert sum(tuple(each.times_s) not in whole for each in person.sample) <= 1
    starts = [each.times_s[0] for each in person.sample]
    assert starts == sorted(starts)
    assert person_of(somebody("person 0"), 200, 7) == person
    assert person_of(PEOPLE[0], 200, 8) != person


def test_who_has_too_few_events_is_left_out() -> None:
    assert person_of(PEOPLE[0], len(PEOPLE[0]) + 1, 7) is None
    few = gap_to(FEW, [*FEW, somebody("guest", count=20)])
    assert few.left_out == (1, 0)


def test_everybody_is_measured_on_what_half_of_the_people_have() -> None:
    assert size_for(PEOPLE, [somebody("a", 150), somebody("b", 300), somebody("c", 310)]) == 300
    few = somebody("a", FEWEST_EVENTS - 1)
    assert size_for(PEOPLE, [few, few, somebody("b", 300)]) == 300
    with pytest.raises(ValueError, match=f"the most are {FEWEST_EVENTS - 1}"):
        size_for(PEOPLE, [few])
    with pytest.raises(ValueError, match="the most are 0"):
        size_for([], PEOPLE)


def test_the_same_people_have_no_gap() -> None:
    none = gap_to([somebody(f"person {number}") for number in range(12)])
    assert none.paired
    for each in none.measures:
        assert each.difference.value == each.shift == 0
        assert each.real == each.simulated
        assert not is_clear(each)
    for told in none.told or ():
        assert told.auc.value == pytest.approx(0.5)
    assert all(each.real_by_real == each.real_by_simulated for each in none.coverage)


def test_shuffled_people_do_as_many_things_in_no_order(to_shuffled: Gap) -> None:
    found = {each.name: each for each in to_shuffled.measures}
    # Samples differ by which sessions were drawn, as far as order is at all.
    assert found["entropy of events"].difference.value == pytest.approx(0, abs=0.02)
    assert is_clear(found["entropy of the next event"])
    assert found["entropy of the next event"].difference.value > 1
    assert found["entropy of the next event"].shift == 1
    assert found["burstiness"].difference.value == 0
    assert to_shuffled.told is not None
    by = {told.seen: told.auc.value for told in to_shuffled.told}
    assert by["events"] > 0.95
    assert by["times"] == pytest.approx(0.5)


def test_people_of_other_names_are_compared_without_pairs() -> None:
    others = gap_to([somebody(f"guest {number}", seed=1) for number in range(11)])
    assert not others.paired
    assert others.told is not None
    assert all(0.3 < told.auc.value < 0.7 for told in others.told)


def test_the_same_seed_gives_the_same_figures(to_shuffled: Gap) -> None:
    assert gap_to([shuffled(each) for each in PEOPLE]) == to_shuffled


def test_what_only_oneself_does_is_not_covered_by_others() -> None:
    own = [stream(name, name * 150, [1] * 149) for name in "abc"]
    swapped = [evolve(each, events="bca"[at] * 150) for at, each in enumerate(own)]
    single = gap_to(swapped, own).coverage[0]
    assert single.real_by_real is not None
    assert single.real_by_simulated is not None
    assert single.real_by_real.value == 0
    assert single.real_by_simulated.value == 1
    same = gap_to(own, own).coverage[0]
    assert same.real_by_simulated is not None
    assert same.real_by_simulated.value == 0


def test_one_person_has_figures_without_intervals() -> None:
    alone = gap_to([shuffled(PEOPLE[0])], PEOPLE[:1])
    assert all(each.difference.low is None for each in alone.measures)
    assert alone.told is None
    assert any("fewer than 10 people" in line for line in summary(alone))
    assert any("One person" in line for line in summary(alone))
    assert any("harder to foretell" in line for line in summary(alone))


def test_files_are_measured_where_they_are_known() -> None:
    places = [f"{number % 3}.py" for number in range(len(PEOPLE[0]))]
    known = [evolve(each, places=places) for each in FEW]
    assert "returns to an earlier file" in {each.name for each in gap_to(known, known).measures}
    assert "returns to an earlier file" not in {each.name for each in gap_to(FEW, FEW).measures}


def test_the_summary_says_what_is_more_and_what_is_less(to_shuffled: Gap) -> None:
    text = "\n".join(summary(to_shuffled))
    assert "almost always" in text
    assert "are harder to foretell from the last event" in text
    assert "No difference is sure for: " in text


def test_measures_have_names_of_their_own() -> None:
    assert len({measure.name for measure in MEASURES}) == len(MEASURES)


def test_people_who_rest_after_every_event_have_no_pairs_to_compare() -> None:
    lone = [stream(f"p{number}", "ab" * 100, [4000] * 199) for number in range(3)]
    found = gap_to(lone, lone)
    assert [each.name.partition(",")[0] for each in found.distances] == ["events", "gaps"]
    assert "entropy of the next event" not in {each.name for each in found.measures}
    assert found.coverage[1].real_by_real is None


def test_halves_of_real_people_are_as_far_apart_as_half_of_them_is_from_their_doubles() -> None:
    for each in gap_to(FEW, FEW).distances:
        assert each.real == each.simulated > 0
