"""The card of weights: what they are, what they saw, how good they are. Needs no torch."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cattrs
from attrs import asdict, field, frozen

from foretrace_models.catalogue import INSTALL, Missing, missing_packages, words_of
from foretrace_models.coder.as_json import population_from_json
from foretrace_models.coder.population import Population
from foretrace_models.repair.assignment import assignment_of
from foretrace_models.trace_model.lesson import Shape
from foretrace_models.traces.answers import Encoding
from foretrace_models.who import person_digest

CARD = "card.json"
NETWORK, VOCABULARY = "network.safetensors", "vocabulary.json"
ENCODER, POPULATION = "encoder.safetensors", "population.json"
# The weights that every Foretrace brings with it.
SHIPPED = Path(__file__).parent / "shipped"


REINSTALL = INSTALL.replace("install", "install --force-reinstall", 1)


class WeightsError(ValueError):
    """A folder holds no weights that can be used; the message says why."""


@frozen
class Data:
    """A data set that weights were trained on: what was read of it, and under which licence.

    `seen` are the coders whose traces were read, as digests: a card names nobody. `exercises` are
    what they worked on.
    """

    name: str
    sha256: str
    licence: str
    traces: int
    seen: tuple[str, ...]
    exercises: tuple[str, ...] = ()


@frozen
class Base:
    """A language model that was fetched, and the SHA-256 of its weights, by name."""

    name: str
    files: dict[str, str]


@frozen
class Card:
    """What weights are: the command that makes them, what they saw, how good they are.

    `command` has several joined by ``&&`` where weights began with others, and `tokens` are those
    of all of them. `encoder_command` made the encoder, which may be missing. Where there is a
    `base`, the weights are an adapter for it, and of no use without. `format` is the version of the
    text format that they read, `metrics` whatever was measured, by name.
    """

    name: str
    format: int
    encoding: Encoding
    variant: str
    shape: Shape
    licence: str
    command: str
    seed: int
    tokens: int
    data: tuple[Data, ...]
    encoder_command: str = ""
    base: Base | None = None
    metrics: dict[str, float] = field(factory=dict)
    files: dict[str, str] = field(factory=dict)

    def has_seen(self, dataset: str, coder: str) -> bool:
        """Return whether a coder of a data set is among those that the weights learned from."""
        digest = person_digest(dataset, coder)
        return any(digest in each.seen for each in self.data)

    def knows(self, exercise: str) -> bool:
        """Return whether the weights learned from work on an exercise of that name."""
        return any(exercise in each.exercises for each in self.data)

    def left_out(self, dataset: str, coder: str) -> bool:
        """Return whether the weights learned from a data set, but not from this coder of it."""
        return any(each.name == dataset for each in self.data) and not self.has_seen(dataset, coder)


def describe_shipped() -> dict[str, Any]:
    """Return what the shipped weights are and whether they can be asked here, as a JSON object."""
    lacks = missing_packages()
    try:
        name = read_card(SHIPPED).name
    except WeightsError as error:
        name = None
        lacks.append(Missing(str(error), REINSTALL))
    return {
        "available": not lacks,
        "reason": words_of(lacks),
        "name": name,
        "missing": [asdict(each) for each in lacks],
    }


def shipped_know(path: Path | None) -> bool:
    """Return whether a program is for an exercise that the shipped weights know.

    Its folder says which. Of others they have nothing to propose that mends them.
    """
    assignment = assignment_of(path)
    try:
        return assignment is not None and read_card(SHIPPED).knows(assignment.id)
    except WeightsError:
        return False


def read_card(folder: Path) -> Card:
    """Return the card of a folder with weights.

    Raises:
        WeightsError: there is none, or it cannot be read.
    """
    try:
        told: Any = json.loads((folder / CARD).read_text("utf-8"))
        return cattrs.structure(told, Card)
    except FileNotFoundError as error:
        raise WeightsError(f"{folder} has no {CARD}: it is no folder with weights") from error
    except Exception as error:  # JSON of another shape
        raise WeightsError(f"{folder / CARD} cannot be read: {error}") from error


def read_population(folder: Path) -> Population:
    """Return the coders whom the encoder of weights learned to know, on the whole.

    Raises:
        WeightsError: there are none, or they cannot be read.
    """
    path = folder / POPULATION
    try:
        return population_from_json(json.loads(path.read_text("utf-8")))
    except FileNotFoundError as error:
        raise WeightsError(f"{folder} has no {POPULATION}: its weights have no encoder") from error
    except Exception as error:  # JSON of another shape
        raise WeightsError(f"{path} cannot be read: {error}") from error
