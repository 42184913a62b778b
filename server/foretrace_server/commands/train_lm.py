"""`foretrace train lm`: a trace model, from traces."""

from __future__ import annotations

from pathlib import Path

import click
from attrs import asdict

from foretrace_models.catalogue import DEFAULT_NAME
from foretrace_models.trace_model.calling import CallError, call
from foretrace_models.trace_model.card import read_card
from foretrace_models.trace_model.lesson import Lesson, Plan, Shape, Variant
from foretrace_models.traces.answers import Encoding
from foretrace_models.traces.folds import folds
from foretrace_server.commands.output import MissingError, json_option, print_json
from foretrace_server.commands.training import (
    command_line,
    data_argument,
    folder_type,
    resume_option,
    seed_option,
)
from foretrace_telemetry.readers.trace_sets import read_traces

_LEARNING_RATE = 1e-2
_ADAPTER_LEARNING_RATE = 1e-3


@click.command("lm")
@data_argument
@click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="For the weights.",
)
@click.option(
    "--variant",
    type=click.Choice([variant.value for variant in Variant]),
    default=Variant.TRACE.value,
    show_default=True,
    help="What is made of each trace: nothing, its last state, or a line by line way to that.",
)
@click.option(
    "--encoding",
    type=click.Choice([encoding.value for encoding in Encoding]),
    default=Encoding.LINES.value,
    show_default=True,
    help="How edits are written; weights that are begun with have their own.",
)
@click.option(
    "--fold",
    metavar="NUMBER/COUNT",
    help="Coders to leave out: 1/5 is the first fifth of them; by default none.",
)
@click.option("--tokens", type=click.IntRange(1), default=4_000_000, show_default=True)
@click.option(
    "--learning-rate",
    type=click.FloatRange(0, 1, min_open=True),
    help=f"The highest of the run; by default {_LEARNING_RATE}, "
    f"with --base {_ADAPTER_LEARNING_RATE}.",
)
@click.option("--width", type=click.IntRange(8), default=256, show_default=True)
@click.option("--layers", type=click.IntRange(1), default=6, show_default=True)
@click.option(
    "--base",
    help=f"A language model that was fetched, to adapt rather than to make one: {DEFAULT_NAME}.",
)
@click.option("--start", type=folder_type, help="Weights to begin with, rather than with chance.")
@seed_option
@resume_option
@json_option
def command(
    data: tuple[Path, ...],
    out: Path,
    variant: str,
    encoding: str,
    fold: str | None,
    tokens: int,
    learning_rate: float | None,
    width: int,
    layers: int,
    base: str | None,
    start: Path | None,
    seed: int,
    resume: Path | None,
    as_json: bool,
) -> None:
    """Train a model of our own on the traces in DATA, or with --base an adapter for one.

    DATA are folders with ITAP's sequences, C-Pack, or Exercism's histories. It works on the GPU, if
    there is one that torch knows.
    """
    if base is not None and start is not None:
        raise click.UsageError("--start has a base of its own; give it or --base")
    try:
        is_adapter = base is not None or (start is not None and read_card(start).base is not None)
        lesson = Lesson(
            data=tuple(str(folder.resolve()) for folder in data),
            out=str(out.resolve()),
            variant=Variant(variant),
            encoding=Encoding(encoding),
            plan=_plan(tokens, learning_rate, seed, is_adapter),
            shape=Shape(width=width, layers=layers),
            command=command_line("lm"),
            left_out=_left_out(data, fold),
            base=base,
            start=None if start is None else str(start.resolve()),
            resume=None if resume is None else str(resume.resolve()),
        )
        card = call("learn", asdict(lesson))
    except (OSError, ValueError, CallError) as error:
        raise MissingError(str(error)) from error
    if as_json:
        print_json(card)
    else:
        coders = sum(len(each["seen"]) for each in card["data"])
        traces = sum(each["traces"] for each in card["data"])
        click.echo(f"{card['tokens']:,} tokens of {traces:,} traces by {coders} coders: {out}")


def _plan(tokens: int, learning_rate: float | None, seed: int, is_adapter: bool) -> Plan:
    """Return the plan; an adapter learns from few tokens, so each step has few and few warm up."""
    if not is_adapter:
        return Plan(tokens, learning_rate=learning_rate or _LEARNING_RATE, seed=seed)
    rate = learning_rate or _ADAPTER_LEARNING_RATE
    return Plan(tokens, batch_tokens=1024, learning_rate=rate, warm_up_steps=10, seed=seed)


def _left_out(data: tuple[Path, ...], fold: str | None) -> tuple[str, ...]:
    """Return the coders of a fold.

    Raises:
        ValueError: there is no such fold.
    """
    if fold is None:
        return ()
    number, _, count = fold.partition("/")
    if not (number.isdigit() and count.isdigit() and 1 <= int(number) <= int(count)):
        raise ValueError(f"{fold!r} is no fold; 1/5 is the first of five")
    return tuple(
        coder
        for folder in data
        for coder in sorted(
            folds((trace.coder for trace in read_traces(folder).traces), int(count))[
                int(number) - 1
            ]
        )
    )
