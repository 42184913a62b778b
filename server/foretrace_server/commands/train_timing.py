"""`foretrace train timing`: the weights that say when to speak."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from pathlib import Path
from typing import Any

import click
from attrs import asdict

from foretrace_models.learned.card import Card, Learned
from foretrace_models.learned.keeping import save
from foretrace_models.timing import acceptance, stepping_in
from foretrace_models.timing.acceptance import KINDS, SHARE_KEPT, THRESHOLD
from foretrace_models.timing.copilot import Shown, shown_in
from foretrace_models.timing.stepping_in import IDLE_SECONDS
from foretrace_models.timing.students import Watched, watched_in
from foretrace_models.timing.thresholds import keeping
from foretrace_models.who import person_digest
from foretrace_server.bench.fit import Fit
from foretrace_server.bench.timing import stepping, taking
from foretrace_server.bench.timing.judges import told_of
from foretrace_server.bench.timing.left_out import LeftOut
from foretrace_server.bench.timing.measuring import measure
from foretrace_server.bench.timing.run import Run
from foretrace_server.commands.output import MissingError, json_option, print_json
from foretrace_server.commands.training import command_line, data_argument, seed_option
from foretrace_telemetry.readers import cups, fitech

_CUPS_LICENCE = "MIT"
# It asks that what is adapted from it be shared alike, and so are the weights.
_FITECH_LICENCE = "CC-BY-SA-4.0"


@click.command("timing")
@data_argument
@click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="For the weights, a folder in it for each.",
)
@seed_option
@json_option
def command(data: tuple[Path, ...], out: Path, seed: int, as_json: bool) -> None:
    """Learn when to speak: what is taken when it is shown, and when experts step in.

    DATA are folders with CUPS or with FITech. What their cards say of how good they are is measured
    first, with each person left out.
    """
    told = command_line("timing")
    cards: dict[str, Card] = {}
    try:
        for folder in data:
            run = Run(folder, Fit.LOO, None, seed, None)
            figures = measure(run, lambda line: click.echo(line, err=True))
            if (file := cups.find(folder)) is not None:
                cards |= _learn_acceptance(file, figures, told, out, seed)
            elif (file := fitech.find(folder)) is not None:
                cards |= _learn_stepping_in(file, figures, told, out, seed)
    except (OSError, ValueError) as error:
        raise MissingError(str(error)) from error
    if as_json:
        print_json({name: asdict(card) for name, card in cards.items()})
    else:
        for name, card in cards.items():
            click.echo(f"{out / name}: {card.metrics}")


def _learn_acceptance(
    file: Path, figures: dict[str, Any], told: str, out: Path, seed: int
) -> dict[str, Card]:
    by_person: dict[str, list[Shown]] = defaultdict(list)
    for each in shown_in(cups.read(file)):
        by_person[each.person].append(each)
    everybody = [each for own in by_person.values() for each in own]
    learned = _learned(file, taking.DATASET, _CUPS_LICENCE, len(everybody), list(by_person))
    cards = {}
    for kind in KINDS:
        left_out = LeftOut(
            {person: acceptance.examples_of(own, kind) for person, own in by_person.items()}, seed
        )
        classifier = left_out.without()
        measured = figures if kind == "acceptance" else figures["without_code"]
        cards[kind] = Card(
            kind,
            _CUPS_LICENCE,
            told,
            seed,
            (learned,),
            classifier.features,
            classifier.classes,
            {
                "auc": measured["auc"],
                "brier_skill": measured["brier_skill"],
                THRESHOLD: keeping(SHARE_KEPT, told_of(left_out, by_person)),
            },
        )
        save(out / kind, classifier, cards[kind])
    return cards


def _learn_stepping_in(
    file: Path, figures: dict[str, Any], told: str, out: Path, seed: int
) -> dict[str, Card]:
    by_person: dict[str, list[Watched]] = defaultdict(list)
    for watched in watched_in(fitech.read(file)):
        by_person[watched.person].append(watched)
    examples = {
        person: [example for watched in own for example in stepping_in.examples_of(watched)]
        for person, own in by_person.items()
    }
    count = sum(map(len, examples.values()))
    classifier = LeftOut(examples, seed).without()
    card = Card(
        stepping_in.NAME,
        _FITECH_LICENCE,
        told,
        seed,
        (_learned(file, stepping.DATASET, _FITECH_LICENCE, count, list(by_person)),),
        classifier.features,
        classifier.classes,
        {
            "average_precision": figures["average_precision"],
            "share": figures["share"],
            IDLE_SECONDS: stepping.best_idle_seconds(by_person),
        },
    )
    save(out / stepping_in.NAME, classifier, card)
    return {stepping_in.NAME: card}


def _learned(file: Path, name: str, licence: str, count: int, people: list[str]) -> Learned:
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    seen = tuple(sorted(person_digest(name, person) for person in people))
    return Learned(name, digest, licence, count, seen)
