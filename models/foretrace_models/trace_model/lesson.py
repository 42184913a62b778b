"""Lessons: what a trace model is to learn from, how long, and how large it is to be."""

from __future__ import annotations

from enum import Enum

from attrs import frozen

from foretrace_models.traces.answers import Encoding


class Variant(str, Enum):
    """What is made of a trace before it is learned from."""

    TRACE = "trace"
    LAST = "last"
    SYNTHETIC = "synthetic"


@frozen
class Shape:
    """How large a network of our own is; `longest` is in tokens."""

    width: int = 256
    layers: int = 6
    heads: int = 4
    longest: int = 1024


@frozen
class Plan:
    """How long and how fast to learn: `tokens` in all, `batch_tokens` at once."""

    tokens: int
    batch_tokens: int = 4096
    learning_rate: float = 1e-2
    warm_up_steps: int = 50
    seed: int = 0


@frozen
class Lesson:
    """What to learn from, and where to: folders with traces, less the coders that are `left_out`.

    `base` is the name of a language model that was fetched and is to be adapted, rather than a
    network made. `start` is a folder with weights to begin with, which have a shape, a vocabulary
    and an encoding of their own; `resume` a file to go on from and to keep; `command` what the card
    says made the weights.
    """

    data: tuple[str, ...]
    out: str
    variant: Variant
    encoding: Encoding
    plan: Plan
    shape: Shape
    command: str
    vocabulary_size: int = 2048
    left_out: tuple[str, ...] = ()
    base: str | None = None
    start: str | None = None
    resume: str | None = None


@frozen
class CoderLesson:
    """What to learn to know coders from: folders with traces, and the weights to do it with.

    `out` is for the weights with the encoder, `resume` as in `Lesson`, `command` what the card says
    made the encoder.
    """

    data: tuple[str, ...]
    weights: str
    out: str
    plan: Plan
    command: str
    resume: str | None = None
