"""Making what is shipped: from a data set to weights with a card."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from foretrace_models.intent import learning, shipping
from foretrace_models.intent.activities import OF_CUPS, Activity
from foretrace_models.intent.belief import by_hand, perplexity
from foretrace_models.intent.of_cups import labelled
from foretrace_models.intent.symbols import Symbol, symbols_of_commands
from foretrace_models.learned import keeping as classifiers
from foretrace_models.learned.card import Card, Learned
from foretrace_models.learned.fitting import Example, fit
from foretrace_models.next_command import keeping as next_command
from foretrace_models.next_command.commands import commands_of
from foretrace_models.next_command.counts import Counts, Vocabulary, counts_of, moments
from foretrace_models.who import person_digest
from foretrace_telemetry.readers import abb, cups

_LICENCE = "Apache-2.0"
# So many of each developer's events are looked at, from the middle of their log on.
_MOST_EVENTS = 1500
_ASKED = 3


def train_beside_suggestions(
    file: Path, out: Path, command: str, seed: int, metrics: Mapping[str, float]
) -> Path:
    """Fit the classifier of activities to CUPS; return the folder that it is in.

    Raises:
        NoFittingError: there is nothing to fit with.
        OSError: a file cannot be read or written.
        ValueError: the data are not what they should be.
    """
    sessions = cups.read(file)
    examples = [
        Example(numbers, OF_CUPS[state].value)
        for session in sessions
        for _, _, numbers, state in labelled(session)
    ]
    classifier = fit(examples, seed)
    learned = _learned("cups", file, "MIT", len(examples), [each.person for each in sessions])
    folder = out / shipping.BESIDE_SUGGESTIONS.name
    card = Card(
        "activity beside suggestions",
        _LICENCE,
        command,
        seed,
        (learned,),
        classifier.features,
        classifier.classes,
        dict(metrics),
    )
    classifiers.save(folder, classifier, card)
    return folder


def train_next_command(
    file: Path, out: Path, command: str, seed: int, metrics: Mapping[str, float]
) -> Path:
    """Count what developers of Visual Studio do next; return the folder that it is in.

    Raises:
        OSError: a file cannot be read or written.
        ValueError: the data are not what they should be.
    """
    logs, vocabulary, pooled, total = abb.read(file), Vocabulary(), Counts(), 0
    for log in logs:
        timed = commands_of(zip(log.times_s, log.messages, strict=True))
        own = list(moments(timed, vocabulary, pooled.order))
        total += len(own)
        pooled.add(counts_of(own, pooled.order))
    learned = _learned("abb", file, _ABB_LICENCE, total, [log.person for log in logs])
    folder = out / shipping.NEXT_COMMAND.name
    card = Card(
        "next command",
        _LICENCE,
        command,
        seed,
        (learned,),
        (),
        vocabulary.names,
        dict(metrics),
    )
    next_command.save(folder, pooled, card)
    return folder


def train_activities(file: Path, out: Path, command: str, seed: int) -> Path:
    """Learn what activities bring forth and lead to; return the folder that it is in.

    Raises:
        OSError: a file cannot be read or written.
        ValueError: the data are not what they should be.
    """
    logs = abb.read(file)
    people = [_middle(list(symbols_of_commands(_timed(log)))) for log in logs]
    people = [own for own in people if own]
    # How well it foretells the symbols of a third of them, learned from the others.
    asked, others = people[::_ASKED], [own for n, own in enumerate(people) if n % _ASKED]
    metrics = {
        "perplexity": perplexity(learning.learn(others), asked),
        "perplexity_by_hand": perplexity(by_hand(), asked),
    }
    hidden = learning.learn(people)
    total = sum(map(len, people))
    learned = _learned("abb", file, _ABB_LICENCE, total, [log.person for log in logs])
    folder = out / shipping.ACTIVITIES.name
    symbols, activities = (tuple(each.value for each in kind) for kind in (Symbol, Activity))
    card = Card("activities", _LICENCE, command, seed, (learned,), symbols, activities, metrics)
    shipping.save(folder, hidden, card)
    return folder


_ABB_LICENCE = "none stated; public research data"


def _timed(log: abb.CommandLog) -> list[tuple[int, str]]:
    return list(zip(log.times_s, log.messages, strict=True))


def _middle(symbols: Sequence[Symbol]) -> Sequence[Symbol]:
    half = len(symbols) // 2
    return symbols[half : half + _MOST_EVENTS]


def _learned(name: str, file: Path, licence: str, examples: int, people: Sequence[str]) -> Learned:
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    seen = tuple(sorted(person_digest(name, person) for person in people))
    return Learned(name, digest, licence, examples, seen)
