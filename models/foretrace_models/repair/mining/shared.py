"""Mining a class: the edits that several students share, tried on what others of them wrote.

A rule is kept if at least so many students made the edit, if it mends by itself the broken program
of one more, and if it leads from no correct program of the class to one that fails. All that it has
of anybody's text stands in the programs of all of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from time import monotonic

from attrs import evolve, frozen

from foretrace_models.repair import class_help
from foretrace_models.repair.assignment import Assignment
from foretrace_models.repair.edits import OverlapError, apply_edits
from foretrace_models.repair.mining.counting import (
    Pair,
    Sighting,
    parses,
    sightings,
    unweighed,
    weighed,
)
from foretrace_models.repair.mining.generalise import MANNERS, Generalised, Manner
from foretrace_models.repair.mining.trial import Trial
from foretrace_models.repair.parse import find_parsing, syntax_error
from foretrace_models.repair.rules.mined import MinedRule, MinedRules
from foretrace_models.repair.source import Source
from foretrace_telemetry.class_help import HelpRefusedError

LEAST_AUTHORS = 5
_PARSING_SECONDS = 1.0
_MOST_TRIED = 400

Tell = Callable[[str], None]


@frozen
class Work:
    """What a student wrote for an assignment: the texts of one program, the first one first."""

    author: str
    texts: tuple[str, ...]


@frozen
class Mined:
    """The rules that a class shares, and of how much they are: students, and edits that mend."""

    rules: tuple[MinedRule, ...]
    authors: int
    edits: int


@frozen
class _Written:
    """A program of somebody's, in a form that parses."""

    author: str
    text: str


@frozen
class _Class:
    """What is known of a class's programs for an assignment."""

    pairs: tuple[Pair, ...]
    broken: tuple[_Written, ...]
    correct: tuple[str, ...]


def mine(
    works: Iterable[Work],
    assignment: Assignment,
    trial: Trial,
    tell: Tell,
    least: int = LEAST_AUTHORS,
) -> Mined:
    """Return the rules that at least so many students of a class share.

    Raises:
        SandboxError: programs cannot be run any more.
    """
    works = list(works)
    found = _judged(works, trial, assignment.id)
    authors = len({work.author for work in works})
    tell(f"{len(found.pairs)} edits that mend, by {authors} students")
    own = class_help.own_words(assignment)
    shared = shared_rules(found.pairs, own, least)
    likely = weighed([rule for rule, _ in shared], found.pairs, tell, by_hand=()).rules
    tried = likely[:_MOST_TRIED]
    tell(f"{len(shared)} rules that {least} students share; {len(tried)} are tried")
    who = {_key(rule): those for rule, those in shared}
    kept = _that_mend(tried, who, found, trial, least)
    return Mined(tuple(kept[: class_help.MOST_RULES]), authors, len(found.pairs))


def _judged(works: Sequence[Work], trial: Trial, group: str) -> _Class:
    """Run all programs, and see by which edits they came to pass more tests."""
    counts = dict(
        zip(
            (text for work in works for text in work.texts),
            trial.passed([text for work in works for text in work.texts]),
            strict=True,
        )
    )
    starts: dict[str, str | None] = {}
    pairs: dict[Pair, None] = {}
    broken: dict[_Written, None] = {}
    for work in works:
        for at, text in enumerate(work.texts):
            if counts[text] == trial.all:
                continue
            start = starts.setdefault(text, _parsing(text))
            if start is None:
                continue
            broken[_Written(work.author, start)] = None
            for after in _mended(work.texts[at:], counts, trial.all):
                pair = Pair(group, work.author, start, after)
                if start != after and parses(pair):
                    pairs[pair] = None
    correct = tuple(text for text, count in counts.items() if count == trial.all)
    return _Class(tuple(pairs), tuple(broken), correct)


def _mended(texts: Sequence[str], counts: Mapping[str, int], all_tests: int) -> Iterator[str]:
    """Yield what became of the first text: the next if it passes more, the first that works."""
    first, *later = texts
    if later and counts[later[0]] > max(0, counts[first]):
        yield later[0]
    works = next((text for text in later if counts[text] == all_tests), None)
    if works is not None and works != later[0]:
        yield works


def _parsing(text: str) -> str | None:
    """Return a program as it parses: as it is, or as repair first makes it."""
    error = syntax_error(text)
    if error is None:
        return text
    ends = monotonic() + _PARSING_SECONDS
    found = find_parsing(text, error, lambda: monotonic() > ends)
    return found[0].text if found else None


def shared_rules(
    pairs: Sequence[Pair], own: frozenset[str], least: int
) -> list[tuple[MinedRule, frozenset[str]]]:
    """Return the rules that so many students' edits show, each with the students."""
    manners = (
        *(evolve(manner, own=own) for manner in MANNERS),
        *(Manner(wide, literal=True, own=own) for wide in (False, True)),
    )
    found = []
    for templates, where in sightings(pairs, manners).items():
        authors = frozenset(sighting.pair.author for sighting in where)
        if len(authors) < least:
            continue
        places = _places_shared(where, least)
        rule = unweighed(templates, [s.pair for s in where], places)
        if rule.elsewhere is None and not places:
            continue
        try:
            class_help.check(rule, own)
            class_help.ready([rule])
        except HelpRefusedError:
            continue
        found.append((rule, authors))
    return found


def _places_shared(where: Iterable[Sighting], least: int) -> list[str]:
    """Return the kinds of places in which so many students made the edit."""
    authors: dict[str, set[str]] = defaultdict(set)
    for sighting in where:
        authors[sighting.place].add(sighting.pair.author)
    return [place for place, those in authors.items() if len(those) >= least]


def _that_mend(
    rules: Sequence[MinedRule],
    authors: Mapping[Generalised, frozenset[str]],
    found: _Class,
    trial: Trial,
    least: int,
) -> list[MinedRule]:
    """Return the rules that mend somebody's program of which they were not made, and break none.

    A rule can do without one of those who share it where enough others do: what it mends of that
    one's was not needed for it. Those that mend the programs of most come first.
    """
    matching = MinedRules(rules)
    breaking: set[Generalised] = set()
    for text in found.correct:
        for key, works in _led_to(matching, text, trial):
            if not works:
                breaking.add(key)
    matching = MinedRules([rule for rule in rules if _key(rule) not in breaking])
    mended: dict[Generalised, set[str]] = defaultdict(set)
    for written in found.broken:
        for key, works in _led_to(matching, written.text, trial):
            if works and len(authors[key] - {written.author}) >= least:
                mended[key].add(written.author)
    kept = [rule for rule in matching.rules if _key(rule) in mended]
    return sorted(kept, key=lambda rule: (-len(mended[_key(rule)]), *_key(rule)))


def _led_to(rules: MinedRules, text: str, trial: Trial) -> list[tuple[Generalised, bool]]:
    """Return for each rule that fits a program whether what it leads to passes all tests."""
    made: list[tuple[Generalised, str]] = []
    for application in rules.applications(Source(text)):
        try:
            changed = apply_edits(text, application.candidate.edits)
        except OverlapError:
            continue
        if changed != text:
            made.append((_key(application.rule), changed))
    working = trial.work([changed for _, changed in made])
    return [(key, works) for (key, _), works in zip(made, working, strict=True)]


def _key(rule: MinedRule) -> Generalised:
    return rule.before, rule.after
