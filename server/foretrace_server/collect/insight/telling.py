"""From each person's work to what is told of the class. Values in, values out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from statistics import median

from attrs import define, field, frozen

from foretrace_server.collect.enrolment import Enrolled
from foretrace_server.collect.insight.hiding import (
    HIDDEN_CELL,
    Split,
    hidden_overlapping,
    hidden_parts,
    hidden_splits,
    spread_of,
    told,
    told_parts,
    told_people,
    told_share,
)
from foretrace_server.collect.insight.merging import all_integrity
from foretrace_server.collect.insight.signs import MEANINGS
from foretrace_server.collect.insight.told import (
    FEWEST_PEOPLE,
    OTHER_KINDS,
    AssignmentTold,
    Cell,
    ClassOverview,
    ErrorSource,
    ErrorTold,
    RosterRow,
    SectionTold,
    SectionWork,
    SessionTold,
    Spread,
    StuckAssignment,
    StuckKind,
    StuckTold,
    Work,
)


@frozen
class Person:
    """Who is enrolled, what they did on each assignment, and their sessions, the oldest first."""

    enrolled: Enrolled
    works: tuple[Work, ...] = ()
    sessions: tuple[SessionTold, ...] = ()

    @property
    def time_seconds(self) -> float:
        """The time on all assignments."""
        return sum(work.time_seconds for work in self.works)


@frozen
class _Done:
    """One person's work on the assignment that is told of, and their section."""

    subject: str
    section: str
    work: Work


def told_assignments(people: Sequence[Person]) -> tuple[AssignmentTold, ...]:
    """Return every assignment that anybody worked on, in the order in which the class began it."""
    sections = _sections(people)
    done: dict[str, list[_Done]] = defaultdict(list)
    for person in people:
        for work in person.works:
            done[work.assignment].append(
                _Done(person.enrolled.subject, person.enrolled.section, work)
            )
    order = sorted(
        done, key=lambda name: (median(each.work.first_wall_us for each in done[name]), name)
    )
    return tuple(_assignment(name, done[name], sections) for name in order)


def is_named(assignment: AssignmentTold) -> bool:
    """Return whether an assignment is named among the aggregates."""
    return assignment.people.value is not None


def told_overview(
    course: str,
    as_of_wall_us: int,
    idle_limit_seconds: int,
    people: Sequence[Person],
    assignments: Sequence[AssignmentTold],
) -> ClassOverview:
    """Return the class at a glance."""
    sent = [person for person in people if person.sessions]
    works = [(person.enrolled.subject, work) for person in sent for work in person.works]
    named = tuple(filter(is_named, assignments))
    seen = _seen_in(named)
    stuck = [
        StuckAssignment(each.assignment, each.people, each.stuck)
        for each in named
        if each.stuck.value is not None
    ]
    sessions = [session.integrity for person in sent for session in person.sessions]
    return ClassOverview(
        course,
        as_of_wall_us,
        idle_limit_seconds,
        sum(not person.enrolled.withdrawn for person in people),
        told_people(len(sent)),
        spread_of(person.time_seconds for person in sent),
        spread_of(len(person.sessions) for person in sent),
        named,
        len(assignments) - len(named),
        _errors(works, len(sent), seen),
        _signs(works, len(sent), seen),
        tuple(sorted(stuck, key=lambda each: (-(each.stuck.value or 0), each.assignment))),
        all_integrity(sessions) if len(sent) >= FEWEST_PEOPLE else None,
    )


def told_sections(
    people: Sequence[Person], assignments: Iterable[AssignmentTold]
) -> tuple[SectionTold, ...]:
    """Return the sections beside each other, none where the roster names none."""
    sections = _sections(people)
    here = [person for person in people if not person.enrolled.withdrawn]
    enrolled = told_parts(_counts(sections, (each.enrolled.section for each in here)))
    sent = told_parts(_counts(sections, (each.enrolled.section for each in here if each.sessions)))
    works: dict[str, list[tuple[str, SectionWork]]] = {section: [] for section in sections}
    for assignment in filter(is_named, assignments):
        for work in assignment.sections:
            works[work.section].append((assignment.assignment, work))
    return tuple(
        SectionTold(section, enrolled[section], sent[section], tuple(works[section]))
        for section in sections
    )


def told_row(person: Person) -> RosterRow:
    """Return the row of one person."""
    enrolled, works, sessions = person.enrolled, person.works, person.sessions
    return RosterRow(
        enrolled.subject,
        enrolled.section,
        enrolled.enrolled_wall_us,
        enrolled.withdrawn,
        len(sessions),
        min((each.started_wall_us for each in sessions), default=None),
        max((each.ended_wall_us for each in sessions), default=None),
        person.time_seconds,
        len(works),
        sum(work.passed_wall_us is not None for work in works),
        sum(bool(work.signals) for work in works),
    )


def _sections(people: Iterable[Person]) -> tuple[str, ...]:
    """Return the sections by name; who has none while others have one is in a section "" as well.

    Who withdrew has none any more, and makes no section of it.
    """
    found = {each.enrolled.section for each in people if not each.enrolled.withdrawn}
    return tuple(sorted(found)) if found - {""} else ()


def _counts(sections: Iterable[str], of: Iterable[str]) -> dict[str, int]:
    counts = dict.fromkeys(sections, 0)
    for section in of:
        if section in counts:
            counts[section] += 1
    return counts


def _assignment(name: str, done: Sequence[_Done], sections: Sequence[str]) -> AssignmentTold:
    tested = [each for each in done if each.work.best_share is not None]
    passed = [each for each in tested if each.work.passed_wall_us is not None]
    stuck = sum(bool(each.work.signals) for each in done)
    outcome = told_parts({True: len(passed), False: len(tested) - len(passed)})
    works = [(each.subject, each.work) for each in done]
    return AssignmentTold(
        name,
        told_people(len(done)),
        told_people(len(tested)),
        outcome[True],
        outcome[False],
        told_share(stuck, len(done)),
        *_spreads(done),
        spread_of(each.work.runs for each in done),
        spread_of(each.work.tests for each in done),
        _errors(works, len(done)),
        _signs(works, len(done)),
        _section_works(done, sections),
    )


def _spreads(done: Sequence[_Done]) -> tuple[Spread, Spread]:
    return (
        spread_of(each.work.time_seconds for each in done),
        spread_of(each.work.edits for each in done),
    )


def _section_works(done: Sequence[_Done], sections: Sequence[str]) -> tuple[SectionWork, ...]:
    """Return the parts of the sections; sections that are hidden tell nothing more."""
    by_section = {
        section: [each for each in done if each.section == section] for section in sections
    }
    sizes = {section: len(own) for section, own in by_section.items()}
    small = hidden_parts(sizes)
    tested = {
        section: [each for each in own if each.work.best_share is not None]
        for section, own in by_section.items()
    }
    untold = small | hidden_parts({section: len(own) for section, own in tested.items()})
    passed = {
        section: sum(each.work.passed_wall_us is not None for each in own)
        for section, own in tested.items()
    }
    stuck = {
        section: sum(bool(each.work.signals) for each in own) for section, own in by_section.items()
    }
    results = _told_splits(passed, {section: len(own) for section, own in tested.items()}, untold)
    signs = _told_splits(stuck, sizes, small)
    return tuple(
        SectionWork(
            section,
            HIDDEN_CELL if section in small else Cell(sizes[section]),
            HIDDEN_CELL if section in untold else Cell(len(tested[section])),
            results[section],
            signs[section],
            *_spreads([] if section in small else own),
        )
        for section, own in by_section.items()
    )


def _told_splits(
    yes: Mapping[str, int], sizes: Mapping[str, int], hidden_before: Collection[str]
) -> dict[str, Cell]:
    splits = {section: Split(yes[section], sizes[section] - yes[section]) for section in sizes}
    of_class = hidden_parts(
        {True: sum(yes.values()), False: sum(sizes.values()) - sum(yes.values())}
    )
    hidden = set(splits) if of_class else hidden_splits(splits, hidden_before)
    return {
        section: HIDDEN_CELL if section in hidden else Cell(split.yes)
        for section, split in splits.items()
    }


@define
class _Met:
    """Who met something and how often.

    `seen` are those of whom any told part of it tells, `unseen` those of whom any other part does.
    """

    people: set[str] = field(factory=set)
    seen: set[str] = field(factory=set)
    unseen: set[str] = field(factory=set)
    times: int = 0

    def add(self, subject: str, times: int, is_seen: bool) -> None:
        """Take in that somebody met it."""
        self.people.add(subject)
        self.times += times
        (self.seen if is_seen else self.unseen).add(subject)

    def told_among(self, people: int) -> tuple[Cell, Cell]:
        """Return how many of some people met it, and how often.

        Each is hidden as well where the told parts would leave it to fewer than five people.
        """
        if 0 < len(self.people - self.seen) < FEWEST_PEOPLE:
            return HIDDEN_CELL, HIDDEN_CELL
        cell = told_share(len(self.people), people)
        is_told = cell.value is not None and not 0 < len(self.unseen) < FEWEST_PEOPLE
        return cell, told(self.times, len(self.people) if is_told else 0)


# The errors and signs of which it is told in an assignment how often they were met.
_Seen = Collection[tuple[str, ErrorSource, str] | tuple[str, StuckKind]]


def _errors(
    works: Iterable[tuple[str, Work]], people: int, seen: _Seen | None = None
) -> tuple[ErrorTold, ...]:
    """Return the kinds of errors that people met; those of fewer than five are one together.

    Where it is also told of each assignment by itself, `seen` are those that are not hidden there.
    """
    counts = [(subject, work.assignment, error) for subject, work in works for error in work.errors]
    who: dict[tuple[ErrorSource, str], set[str]] = defaultdict(set)
    for subject, _, error in counts:
        who[error.source, error.kind].add(subject)
    met: dict[tuple[ErrorSource, str], _Met] = defaultdict(_Met)
    for subject, assignment, error in counts:
        is_few = len(who[error.source, error.kind]) < FEWEST_PEOPLE
        kind = OTHER_KINDS if is_few else error.kind
        is_seen = seen is None or (assignment, error.source, kind) in seen
        met[error.source, kind].add(subject, error.times, is_seen)
    errors = (
        ErrorTold(kind, source, *each.told_among(people)) for (source, kind), each in met.items()
    )
    # What is hidden comes last, whatever it counts: an order would tell of it.
    return tuple(
        sorted(errors, key=lambda each: (-(each.people.value or 0), each.source.value, each.kind))
    )


def _signs(
    works: Iterable[tuple[str, Work]], people: int, seen: _Seen | None = None
) -> tuple[StuckTold, ...]:
    """Return the signs that people show; `seen` as in `_errors`.

    Of an assignment by itself it is told as well how many show any of them.
    """
    met = {kind: _Met() for kind in MEANINGS}
    for subject, work in works:
        for signal in work.signals:
            is_seen = seen is None or (work.assignment, signal.kind) in seen
            met[signal.kind].add(subject, 1, is_seen)
    cells = {kind: each.told_among(people) for kind, each in met.items() if each.times}
    if seen is None:
        hidden = {kind for kind, (count, _) in cells.items() if count.value is None}
        for kind in hidden_overlapping({kind: met[kind].people for kind in cells}, hidden):
            cells[kind] = HIDDEN_CELL, HIDDEN_CELL
    signs = (StuckTold(kind, MEANINGS[kind], *told) for kind, told in cells.items())
    return tuple(sorted(signs, key=lambda each: -(each.people.value or 0)))


def _seen_in(assignments: Iterable[AssignmentTold]) -> _Seen:
    errors = {
        (each.assignment, error.source, error.kind)
        for each in assignments
        for error in each.errors
        if error.times.value is not None
    }
    signs = {
        (each.assignment, sign.kind)
        for each in assignments
        for sign in each.signs
        if sign.times.value is not None
    }
    return errors | signs
