"""Making what is shipped: knowledge of next edits with its card, from folders of streams."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from foretrace_models.learned.card import Card, Learned
from foretrace_models.next_edit.keeping import save
from foretrace_models.who import person_digest
from foretrace_server.bench.fit import Fit
from foretrace_server.bench.next_edit.bench import Run, Tell, measure
from foretrace_server.bench.next_edit.learning import counted, lesson_of, weighed
from foretrace_server.bench.next_edit.proposers import ENGINE
from foretrace_server.bench.next_edit.samples import Sample, samples_of
from foretrace_server.bench.next_edit.streams import LICENCES, Stream, load

_LICENCE = "Apache-2.0"
_MEASURED = ("hit_1", "hit_3", "spoken", "right_of_spoken", "exact_of_spoken")


def make(data: Sequence[Path], out: Path, seed: int, command: str, tell: Tell) -> Card:
    """Learn from all people in some folders, write what is known into another, return its card.

    What is measured for the card is with each person left out.

    Raises:
        NoStreamsError: a folder holds no streams.
        NoFittingError: there is nothing to learn with, or too little to learn from.
        OSError: a file cannot be read or written.
        ValueError: a file is not what its name says.
    """
    measured = measure(Run(tuple(data), Fit.LOO, seed=seed), tell)["proposers"][ENGINE]
    streams = [stream for folder in data for stream in load(folder)]
    samples = samples_of(streams, None, seed)
    lessons = [lesson_of(sample) for sample in samples]
    knowledge = weighed(counted(lessons), lessons)
    datasets = sorted({stream.dataset for stream in streams})
    card = Card(
        name="next-edit",
        licence=_LICENCE,
        command=command,
        seed=seed,
        data=tuple(_seen(dataset, streams, samples) for dataset in datasets),
        features=tuple(knowledge.weights),
        classes=("next", "not next"),
        metrics={
            name: round(measured[name], 4) for name in _MEASURED if measured[name] is not None
        },
    )
    save(out, knowledge, card)
    return card


def _seen(dataset: str, streams: Sequence[Stream], samples: Sequence[Sample]) -> Learned:
    own = [stream for stream in streams if stream.dataset == dataset]
    digest = hashlib.sha256()
    for stream in own:
        digest.update(stream.text.encode("utf-8", "surrogatepass"))
        for each in stream.keystrokes:
            digest.update(f"{each.offset} {each.removed!r} {each.inserted!r}".encode())
    people = sorted({person_digest(dataset, stream.person) for stream in own})
    count = sum(sample.dataset == dataset for sample in samples)
    return Learned(dataset, digest.hexdigest(), LICENCES[dataset], count, tuple(people))
