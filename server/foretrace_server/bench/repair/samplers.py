"""Samplers: which model is asked for samples, and about whose programs."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from attrs import frozen

from foretrace_models.catalogue import FETCH, describe, read_card
from foretrace_models.repair.sources import SourceName
from foretrace_models.trace_model import card as trace_cards
from foretrace_server.bench.repair.tasks import BrokenProgram, Dataset, SituationName
from foretrace_server.model import Model, trace_model
from foretrace_server.worker import Worker
from foretrace_telemetry.home import Home

Tell = Callable[[str], None]


@frozen
class Sampler:
    """A model under a name that no other has, and whom it may be asked about; or nothing at all."""

    name: str | None = None
    model: Model | None = None
    asked_about: Callable[[BrokenProgram], bool] = lambda _: False


def sampler_of(
    dataset: Dataset,
    situation: SituationName,
    without: frozenset[SourceName],
    base: str | None,
    tell: Tell,
) -> Sampler:
    """Return who gives samples: a fetched language model, by default the shipped trace model.

    Where there is a pool of peers' programs nobody does. The trace model is asked about exercises
    that it knows and is told, as in an editor, and not about people from whom it has learned.

    Raises:
        CatalogueError: the card of the language model cannot be read.
        ValueError: that language model was not fetched, or cannot be asked.
    """
    if SourceName.SAMPLES in without or situation is SituationName.POOL:
        return Sampler()
    if base is not None:
        return _language_model(base)
    model = trace_model()
    if not model.available:
        tell(f"no samples of the trace model: {model.status['reason']}")
        return Sampler()
    card = trace_cards.read_card(trace_cards.SHIPPED)

    def may_be_asked(program: BrokenProgram) -> bool:
        told = situation is not SituationName.NONE and card.knows(program.task)
        is_new = program.person is None or not card.has_seen(dataset.kind, program.person)
        return told and is_new

    return Sampler(f"{card.name} {card.files[trace_cards.NETWORK]}", model, may_be_asked)


def _language_model(name: str) -> Sampler:
    home = Home.default()
    worker = Worker("the model's process", "-m", "foretrace_models.model_worker", "--model", name)
    model = Model(worker, partial(describe, home, name))
    try:
        status = model.status
        card = read_card(home, name)
    except FileNotFoundError:
        raise ValueError(f"there is no model {name}; run `{FETCH} {name}`") from None
    if not status["available"]:
        raise ValueError(f"the model {name} cannot be asked: {status['reason']}")
    digests = " ".join(digest for _, digest in sorted(card.files.items()))
    return Sampler(f"{card.name} {digests}", model, lambda _: True)
