"""Training: the weights of a network, from examples.

A run is told by its plan and its seed. It writes where it stands to a file, and what goes on from
there ends with the same weights as a run that was never stopped.
"""

from __future__ import annotations

import itertools
import json
import math
import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

import torch
from attrs import asdict, frozen
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from foretrace_models.trace_model.batches import in_batches, padded
from foretrace_models.trace_model.examples import Example
from foretrace_models.trace_model.lesson import Plan
from foretrace_models.trace_model.network import TraceNetwork
from foretrace_models.trace_model.optimizing import Optimizer

# Prompts are learned, too, but by so much less: they are most of every example.
_PROMPT_WEIGHT = 0.2
_LONGEST_STEP = 1.0
_BUCKET_TOKENS = 64
_OPTIMIZER = "optimizer."


class ResumeError(ValueError):
    """A file that training was to go on from does not fit; the message says why."""


class Acquaintance(Protocol):
    """What makes vectors of coders out of what is known of them."""

    def vectors(self, batch: Sequence[Example], step: int) -> Tensor:
        """Return the vectors of whom some examples are of; their shape is (examples, 64)."""

    def named_parameters(self) -> Iterable[tuple[str, Tensor]]:
        """Return what is to be trained."""


@frozen
class Progress:
    """How far training has come; `loss` is the last batch's, in nats a token of answers."""

    step: int
    tokens: int
    loss: float
    seconds: float


def train(
    network: TraceNetwork,
    examples: Sequence[Example],
    plan: Plan,
    resume: Path | None = None,
    told: Callable[[Progress], object] = lambda _: None,
    save_each_seconds: float = 60.0,
    acquaintance: Acquaintance | None = None,
) -> Progress:
    """Train a network in place until the plan's tokens are used up.

    What of it needs no gradient stays as it is. `resume` is a file to go on from, if there is one,
    and to keep for the next time. `told` is called after each step, once that is kept.
    `acquaintance` says of whom the examples of a batch are, and is trained as well.

    Raises:
        ResumeError: the file was written for other weights, or is none of ours.
    """
    device = network.mean.device
    named = [*network.named_parameters()]
    if acquaintance is not None:
        named += [(f"acquaintance.{name}", p) for name, p in acquaintance.named_parameters()]
    parameters = {name: p for name, p in named if p.requires_grad}
    optimizer = Optimizer(parameters)
    start = Progress(0, 0, math.nan, 0.0)
    if resume is not None and resume.exists():
        start = _restore(resume, parameters, optimizer, plan)
    started = saved = time.monotonic()
    progress = start
    network.train()
    for batch in _from(start.step, _batches(examples, plan)):
        if progress.tokens >= plan.tokens:
            break
        ids, answer, real = padded(batch, device)
        with torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda"):
            vectors = None if acquaintance is None else acquaintance.vectors(batch, progress.step)
            losses = network.losses(ids, real, vectors)
        is_answer = answer[real]
        weights = torch.where(is_answer, 1.0, _PROMPT_WEIGHT)
        loss = (losses * weights).sum() / weights.sum()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(list(parameters.values()), _LONGEST_STEP)
        optimizer.step(_rate(plan, progress))
        progress = Progress(
            progress.step + 1,
            progress.tokens + int(real.sum()),
            losses[is_answer].mean().item(),
            start.seconds + time.monotonic() - started,
        )
        if resume is not None and time.monotonic() - saved >= save_each_seconds:
            _save(resume, parameters, optimizer, plan, progress)
            saved = time.monotonic()
        told(progress)
    if resume is not None:
        _save(resume, parameters, optimizer, plan, progress)
    network.eval()
    return progress


def _rate(plan: Plan, progress: Progress) -> float:
    """Return the learning rate: it rises over the first steps, then falls to nothing."""
    warm = min(1.0, (progress.step + 1) / plan.warm_up_steps)
    return plan.learning_rate * warm * (1 - progress.tokens / plan.tokens)


def _batches(examples: Sequence[Example], plan: Plan) -> Iterator[list[Example]]:
    """Yield batches without end: all examples in an order of chance, then again in another one.

    Examples of about the same length stand together, so that little is padded.
    """
    for epoch in itertools.count():
        chance = random.Random(f"{plan.seed} {epoch}")  # noqa: S311 - no secret
        order = list(examples)
        chance.shuffle(order)
        order.sort(key=lambda example: len(example.ids) // _BUCKET_TOKENS)
        batches = list(in_batches(order, plan.batch_tokens))
        chance.shuffle(batches)
        yield from batches


def _from(step: int, batches: Iterator[list[Example]]) -> Iterator[list[Example]]:
    for _ in range(step):
        next(batches)
    return batches


def _save(
    path: Path,
    parameters: dict[str, Tensor],
    optimizer: Optimizer,
    plan: Plan,
    progress: Progress,
) -> None:
    """Write where training stands; what was there before stays until all of it is written."""
    tensors = {f"weights.{name}": p.detach().contiguous() for name, p in parameters.items()}
    tensors |= {f"{_OPTIMIZER}{name}": value for name, value in optimizer.state().items()}
    told = {"plan": json.dumps(asdict(plan)), "progress": json.dumps(asdict(progress))}
    beside = path.with_name(path.name + ".part")
    save_file(tensors, beside, told)
    beside.replace(path)


def _restore(
    path: Path, parameters: dict[str, Tensor], optimizer: Optimizer, plan: Plan
) -> Progress:
    """Take weights and optimizer to where training stood.

    Raises:
        ResumeError: the file does not fit.
    """
    try:
        with safe_open(path, "pt") as file:
            told = file.metadata()
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        if json.loads(told["plan"]) != asdict(plan):
            raise ResumeError(f"{path} is of another plan of training; name another file")
        with torch.no_grad():
            for name, parameter in parameters.items():
                parameter.copy_(tensors[f"weights.{name}"])
        optimizer.restore(
            {
                name.removeprefix(_OPTIMIZER): value
                for name, value in tensors.items()
                if name.startswith(_OPTIMIZER)
            }
        )
        return Progress(**json.loads(told["progress"]))
    except (SafetensorError, KeyError, TypeError, RuntimeError) as error:
        raise ResumeError(f"training cannot go on from {path}: {error}") from error
