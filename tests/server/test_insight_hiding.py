"""What is hidden of a class cannot be worked out from what is told."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

from hypothesis import example, given
from hypothesis import strategies as st

from foretrace_server.collect.enrolment import Enrolled
from foretrace_server.collect.insight.hiding import (
    Split,
    hidden_parts,
    hidden_splits,
    spread_of,
    told_parts,
    told_people,
    told_share,
)
from foretrace_server.collect.insight.telling import (
    Person,
    told_assignments,
    told_overview,
    told_sections,
)
from foretrace_server.collect.insight.told import (
    FEWEST_PEOPLE,
    HIDDEN,
    OTHER_KINDS,
    AssignmentTold,
    Cell,
    ErrorCount,
    ErrorSource,
    Integrity,
    SessionTold,
    StuckKind,
    StuckSignal,
    StuckTold,
    Work,
)

COUNTS = st.integers(0, 12)
PARTS = st.lists(COUNTS, min_size=1, max_size=5).map(lambda counts: dict(enumerate(counts)))
SPLITS = st.lists(st.builds(Split, COUNTS, COUNTS), min_size=1, max_size=4).map(
    lambda splits: dict(enumerate(splits))
)


@given(PARTS)
def test_no_count_of_fewer_than_five_is_told(parts: dict[int, int]) -> None:
    for part, cell in told_parts(parts).items():
        assert cell in (Cell(parts[part]), Cell(None, HIDDEN))
        assert cell.value is None or cell.value >= FEWEST_PEOPLE


@given(PARTS)
def test_a_whole_does_not_tell_of_its_hidden_parts(parts: dict[int, int]) -> None:
    hidden = hidden_parts(parts)
    if sum(parts.values()) < FEWEST_PEOPLE:
        assert hidden == set(parts)  # the whole itself is not told then
        return
    for part in hidden:
        others = sum(parts[other] for other in hidden if other != part)
        # The part could be one more or one less, and all that is told would be the same.
        assert others or parts[part]
        assert len(hidden) > 1
        assert others + parts[part] >= FEWEST_PEOPLE


@given(PARTS)
def test_where_every_part_is_large_enough_nothing_is_hidden(parts: dict[int, int]) -> None:
    if min(parts.values()) >= FEWEST_PEOPLE:
        assert not hidden_parts(parts)


@given(st.integers(0, 40), st.integers(0, 40))
def test_a_share_is_not_told_where_nearly_all_or_nearly_none_are_in_it(yes: int, no: int) -> None:
    is_told = told_share(yes, yes + no).value is not None
    assert is_told == (min(yes, no) >= FEWEST_PEOPLE)


def possible(splits: dict[int, Split], hidden: set[int]) -> set[tuple[int, ...]]:
    """Return how many are in each hidden section, in all ways that agree with what is told.

    It is told how many each section is, how the class splits, and how the others do.
    """
    order = sorted(hidden)
    yes = sum(splits[section].yes for section in order)
    sizes = [splits[section].yes + splits[section].no for section in order]
    return {
        counts for counts in product(*(range(size + 1) for size in sizes)) if sum(counts) == yes
    }


@example({0: Split(0, 6), 1: Split(0, 7), 2: Split(8, 8)})
@example({0: Split(6, 0), 1: Split(7, 0), 2: Split(8, 8)})
@given(SPLITS)
def test_the_class_does_not_tell_how_a_hidden_section_splits(splits: dict[int, Split]) -> None:
    yes = sum(split.yes for split in splits.values())
    no = sum(split.no for split in splits.values())
    sizes = {section: split.yes + split.no for section, split in splits.items()}
    if min(yes, no) < FEWEST_PEOPLE or min(sizes.values()) < FEWEST_PEOPLE:
        return  # the class's split is not told, or not all sizes are
    hidden = hidden_splits(splits)
    ways = possible(splits, hidden)
    for place, section in enumerate(sorted(hidden)):
        if min(splits[section].yes, splits[section].no) < FEWEST_PEOPLE:
            assert len({way[place] for way in ways}) > 1
    for section in splits.keys() - hidden:
        assert min(splits[section].yes, splits[section].no) >= FEWEST_PEOPLE


def test_a_spread_of_fewer_than_five_is_hidden() -> None:
    assert spread_of([1, 2, 3, 4]).median == Cell(None, HIDDEN)
    assert spread_of([5, 1, 4, 2, 3]).median == Cell(3.0)
    assert spread_of([5, 1, 4, 2, 3]).lower_quartile == Cell(2.0)
    assert told_people(4).value is None
    assert told_people(5).value == 5


def person(
    name: str,
    section: str = "",
    assignments: tuple[str, ...] = ("search",),
    passed: bool = True,
    errors: tuple[str, ...] = (),
    signs: tuple[StuckKind, ...] = (),
) -> Person:
    """Return somebody with work on assignments."""
    signals = tuple(StuckSignal(kind, "", "s", 1, 2, 1, 2) for kind in signs)
    counts = tuple(ErrorCount(error, ErrorSource.RUN, 2, 1) for error in errors)
    works = tuple(
        Work(
            *(assignment, number, 9, 60.0, 1, 3, 2, 1, 1, float(passed), 5 if passed else None),
            *(counts, signals),
        )
        for number, assignment in enumerate(assignments)
    )
    session = SessionTold("s", 1, 9, "", Integrity(1, 10, 0, 0, 0, 1, 1.0))
    return Person(Enrolled(name, section, 0, False), works, (session,))


def cells_in(value: object) -> list[Cell]:
    """Return all cells in what is told."""
    if isinstance(value, Cell):
        return [value]
    if isinstance(value, tuple):
        return [cell for each in value for cell in cells_in(each)]
    if hasattr(value, "__attrs_attrs__"):
        return [
            cell
            for attribute in value.__attrs_attrs__
            for cell in cells_in(getattr(value, attribute.name))
        ]
    return []


PEOPLE = st.lists(
    st.builds(
        person,
        st.just("s"),
        st.sampled_from(["", "A", "B"]),
        st.sets(st.sampled_from(["search", "sort"]), max_size=2).map(tuple),
        st.booleans(),
        st.sets(st.sampled_from(["NameError", "TypeError", "AdaError"]), max_size=2).map(tuple),
        st.sets(st.sampled_from([*StuckKind][:3]), max_size=2).map(tuple),
    ),
    max_size=30,
)


@given(PEOPLE)
def test_no_people_cell_of_a_class_counts_fewer_than_five(people: list[Person]) -> None:
    people = [
        Person(Enrolled(f"s{number}", each.enrolled.section, 0, False), each.works, each.sessions)
        for number, each in enumerate(people)
    ]
    assignments = told_assignments(people)
    overview = told_overview("A", 1, 300, people, assignments)
    sections = told_sections(people, assignments)
    counted = [
        overview.people,
        *(each.people for each in overview.errors),
        *(each.people for each in overview.signs),
        *(cell for each in overview.hardest for cell in (each.people, each.stuck)),
        *(cell for each in assignments for cell in _people_cells(each)),
        *(cell for each in sections for cell in (each.enrolled, each.people)),
    ]
    assert all(cell.value is None or cell.value >= FEWEST_PEOPLE for cell in counted)
    hidden = [cell for cell in cells_in((overview, assignments, sections)) if cell.value is None]
    assert all(cell.reason == HIDDEN for cell in hidden)
    if len(people) < FEWEST_PEOPLE:
        assert all(cell.value is None for cell in cells_in((overview, assignments, sections)))
        assert overview.integrity is None


def _people_cells(told: AssignmentTold) -> list[Cell]:
    return [
        *(told.people, told.tested, told.passed, told.not_passed, told.stuck),
        *(each.people for each in told.errors),
        *(each.people for each in told.signs),
        *(
            cell
            for section in told.sections
            for cell in (section.people, section.tested, section.passed, section.stuck)
        ),
    ]


def test_an_assignment_of_few_is_not_named_in_the_overview() -> None:
    people = [person(f"s{n}") for n in range(5)] + [person("s9", assignments=("adas-diary",))]
    assignments = told_assignments(people)
    overview = told_overview("A", 1, 300, people, assignments)
    assert [each.assignment for each in overview.assignments] == ["search"]
    assert overview.other_assignments == 1


def test_an_error_of_few_is_not_named() -> None:
    people = [person(f"s{n}", errors=("NameError",)) for n in range(6)]
    people += [person("s7", errors=("AdaError",)), *(person(f"t{n}") for n in range(6))]
    (told,) = told_assignments(people)
    assert [(each.kind, each.people.value) for each in told.errors] == [
        ("NameError", 6),
        (OTHER_KINDS, None),
    ]


def test_the_times_of_the_class_do_not_tell_those_of_an_assignment_of_few() -> None:
    people = [person(f"s{n}", errors=("NameError",)) for n in range(6)]
    people += [person(f"t{n}") for n in range(6)]
    overview = told_overview("A", 1, 300, people, told_assignments(people))
    (error,) = overview.errors
    assert (error.people.value, error.times.value) == (6, 12)
    people += [person("u", assignments=("adas-diary",), errors=("NameError",))]
    overview = told_overview("A", 1, 300, people, told_assignments(people))
    assert [each.times.value for each in overview.assignments[0].errors] == [12]
    (error,) = overview.errors
    assert (error.people.value, error.times.value) == (None, None)


def test_other_kinds_of_the_class_do_not_tell_those_of_an_assignment_of_few() -> None:
    people = [person(f"s{n}", errors=(f"Error{n // 3}",)) for n in range(6)]
    people += [person(f"t{n}") for n in range(6)]
    overview = told_overview("A", 1, 300, people, told_assignments(people))
    assert [(each.kind, each.people.value) for each in overview.errors] == [(OTHER_KINDS, 6)]
    people += [person("u", assignments=("adas-diary",), errors=("AdaError",))]
    overview = told_overview("A", 1, 300, people, told_assignments(people))
    assert [each.people.value for each in overview.assignments[0].errors] == [6]
    assert [(each.kind, each.people.value) for each in overview.errors] == [(OTHER_KINDS, None)]


def test_who_is_stuck_and_a_sign_do_not_tell_of_another_sign() -> None:
    same, pause = StuckKind.SAME_ERROR, StuckKind.LONG_PAUSE
    people = [person(f"s{n}", signs=(same,)) for n in range(6)]
    people += [person(f"t{n}") for n in range(6)]
    (told,) = told_assignments(people)
    assert (told.stuck.value, [each.people.value for each in told.signs]) == (6, [6])
    (told,) = told_assignments([*people, *(person(f"u{n}", signs=(pause,)) for n in range(2))])
    assert (told.stuck.value, [each.people.value for each in told.signs]) == (8, [None, None])
    (told,) = told_assignments([*people, *(person(f"u{n}", signs=(pause,)) for n in range(5))])
    assert (told.stuck.value, [each.people.value for each in told.signs]) == (11, [6, 5])


@given(PEOPLE)
def test_the_signs_that_are_told_leave_the_rest_to_nobody_or_to_five(people: list[Person]) -> None:
    people = [
        Person(Enrolled(f"s{number}", "", 0, False), each.works, each.sessions)
        for number, each in enumerate(people)
    ]
    assignments = told_assignments(people)
    overview = told_overview("A", 1, 300, people, assignments)
    shown = {each.assignment: kinds_told(each.signs) for each in overview.assignments}
    for each in overview.assignments:
        if each.stuck.value is not None and shown[each.assignment]:
            name = each.assignment
            rest = who(people, {name: {*StuckKind}}) - who(people, {name: shown[name]})
            assert not 0 < len(rest) < FEWEST_PEOPLE
    for kind in kinds_told(overview.signs):
        everywhere = {each.assignment: {kind} for each in assignments}
        seen = {assignment: kinds & {kind} for assignment, kinds in shown.items()}
        assert not 0 < len(who(people, everywhere) - who(people, seen)) < FEWEST_PEOPLE


def kinds_told(signs: tuple[StuckTold, ...]) -> set[StuckKind]:
    return {each.kind for each in signs if each.people.value is not None}


def who(people: list[Person], kinds: Mapping[str, set[StuckKind]]) -> set[str]:
    """Return who shows any of the signs, which are named by assignment."""
    return {
        person.enrolled.subject
        for person in people
        for work in person.works
        for signal in work.signals
        if signal.kind in kinds.get(work.assignment, ())
    }


def test_sections_are_told_beside_each_other() -> None:
    people = [
        person(f"{section}{n}", section, passed=n % 2 == 0)
        for section in ("A", "B")
        for n in range(12)
    ]
    assignments = told_assignments(people)
    a, b = told_sections(people, assignments)
    assert (a.section, a.enrolled.value, a.people.value) == ("A", 12, 12)
    ((name, work),) = b.works
    assert (name, work.people.value, work.tested.value, work.passed.value) == ("search", 12, 12, 6)
    assert work.time_seconds.median.value == 60.0


def test_a_section_of_few_takes_another_one_with_it() -> None:
    people = [person(f"{section}{n}", section) for section in ("A", "B") for n in range(12)]
    people += [person(f"c{n}", "C") for n in range(2)]
    a, b, c = told_sections(people, told_assignments(people))
    assert [each.enrolled.value for each in (a, b, c)] == [None, 12, None]
    assert all(cell.value is None for cell in cells_in(c))


def test_where_the_roster_has_no_sections_none_are_told() -> None:
    people = [person(f"s{n}") for n in range(12)]
    assert told_sections(people, told_assignments(people)) == ()
