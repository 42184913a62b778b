"""Training: the weights of a network, from sequences of tokens.

A run is told by its plan and its seed. It writes where it stands to a file, and what goes on from
there ends with the same weights as a run that was never stopped.
"""

from __future__ import annotations

import json
import math
import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import torch
from attrs import asdict, frozen
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from foretrace_models.trace_model.network import TraceNetwork

# What is not part of an edit is learned, too, but by so much less: it is most of every sequence.
_OTHER_WEIGHT = 0.2
_LONGEST_STEP = 1.0
_BETAS = (0.9, 0.95)
_WEIGHT_DECAY = 0.1
_BUCKET_TOKENS = 64
# What the optimizer keeps of each weight.
_KEPT = ("step", "exp_avg", "exp_avg_sq")


class ResumeError(ValueError):
    """A file that training was to go on from does not fit; the message says why."""


@frozen
class Example:
    """A sequence of tokens; `edit` says which of them belong to edits."""

    ids: tuple[int, ...]
    edit: tuple[bool, ...]


@frozen
class Plan:
    """How long and how fast to learn: `tokens` in all, `batch_tokens` at once."""

    tokens: int
    batch_tokens: int = 4096
    learning_rate: float = 2e-3
    warm_up_steps: int = 50
    seed: int = 0


@frozen
class Progress:
    """How far training has come; `loss` is the last batch's, in nats a token of edits."""

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
) -> Progress:
    """Train a network in place until the plan's tokens are used up.

    `resume` is a file to go on from, if there is one, and to keep for the next time. `told` is
    called after each step, once that is kept.

    Raises:
        ResumeError: the file was written for other weights, or is none of ours.
    """
    device = network.mean.device
    parameters = {name: p for name, p in network.named_parameters() if p.requires_grad}
    optimizer = torch.optim.AdamW(
        parameters.values(), plan.learning_rate, _BETAS, weight_decay=_WEIGHT_DECAY
    )
    start = Progress(0, 0, math.nan, 0.0)
    if resume is not None and resume.exists():
        start = _restore(resume, parameters, optimizer, plan)
    started = saved = time.monotonic()
    progress = start
    network.train()
    for batch in _from(start.step, _batches(examples, plan)):
        if progress.tokens >= plan.tokens:
            break
        rate = _rate(plan, progress)
        for group in optimizer.param_groups:
            group["lr"] = rate
        ids, edit, real = _padded(batch, device)
        with torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda"):
            losses = network.losses(ids, real)
        is_edit = edit[real]
        weights = torch.where(is_edit, 1.0, _OTHER_WEIGHT)
        loss = (losses * weights).sum() / weights.sum()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(list(parameters.values()), _LONGEST_STEP)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        progress = Progress(
            progress.step + 1,
            progress.tokens + int(real.sum()),
            losses[is_edit].mean().item(),
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
    for epoch in range(10**9):
        chance = random.Random(f"{plan.seed} {epoch}")  # noqa: S311 - no secret
        order = list(examples)
        chance.shuffle(order)
        order.sort(key=lambda example: len(example.ids) // _BUCKET_TOKENS)
        batches = list(in_batches(order, plan.batch_tokens))
        chance.shuffle(batches)
        yield from batches


def in_batches(examples: Iterable[Example], most_tokens: int) -> Iterator[list[Example]]:
    """Yield runs of examples that, padded to the longest, have so many tokens at most."""
    batch: list[Example] = []
    longest = 0
    for example in examples:
        longest = max(longest, len(example.ids))
        if batch and longest * (len(batch) + 1) > most_tokens:
            yield batch
            batch, longest = [], len(example.ids)
        batch.append(example)
    if batch:
        yield batch


def _from(step: int, batches: Iterator[list[Example]]) -> Iterator[list[Example]]:
    for _ in range(step):
        next(batches)
    return batches


def _padded(batch: Sequence[Example], device: torch.device) -> tuple[Tensor, Tensor, Tensor]:
    """Return the tokens of a batch, which of them belong to edits, and which are no padding."""
    longest = max(len(example.ids) for example in batch)
    ids = torch.zeros(len(batch), longest, dtype=torch.long)
    edit = torch.zeros(len(batch), longest, dtype=torch.bool)
    real = torch.zeros(len(batch), longest, dtype=torch.bool)
    for row, example in enumerate(batch):
        width = len(example.ids)
        ids[row, :width] = torch.tensor(example.ids)
        edit[row, :width] = torch.tensor(example.edit)
        real[row, :width] = True
    return ids.to(device), edit.to(device), real.to(device)


def _save(
    path: Path,
    parameters: dict[str, Tensor],
    optimizer: torch.optim.Optimizer,
    plan: Plan,
    progress: Progress,
) -> None:
    """Write where training stands; what was there before stays until all of it is written."""
    tensors = {f"weights.{name}": p.detach().contiguous() for name, p in parameters.items()}
    for name, parameter in parameters.items():
        for what, value in optimizer.state[parameter].items():
            tensors[f"optimizer.{what}.{name}"] = value.contiguous()
    told = {"plan": json.dumps(asdict(plan)), "progress": json.dumps(asdict(progress))}
    beside = path.with_name(path.name + ".part")
    save_file(tensors, beside, told)
    beside.replace(path)


def _restore(
    path: Path, parameters: dict[str, Tensor], optimizer: torch.optim.Optimizer, plan: Plan
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
                optimizer.state[parameter] = {
                    what: tensors[f"optimizer.{what}.{name}"].clone() for what in _KEPT
                }
        return Progress(**json.loads(told["progress"]))
    except (SafetensorError, KeyError, TypeError, RuntimeError) as error:
        raise ResumeError(f"training cannot go on from {path}: {error}") from error
