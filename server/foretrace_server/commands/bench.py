"""`foretrace bench`: what is shipped, measured."""

from __future__ import annotations

import asyncio
from typing import Any

import click

from foretrace_models.catalogue import describe
from foretrace_server.bench import latency as latency_bench
from foretrace_server.commands import (
    bench_intent,
    bench_next_edit,
    bench_record,
    bench_repair,
    bench_timing,
    bench_trace,
)
from foretrace_server.commands.output import MissingError, json_option, print_json
from foretrace_server.worker import WorkerError
from foretrace_telemetry.home import Home


@click.group("bench")
def command() -> None:
    """Measure what is shipped."""


command.add_command(bench_intent.command)
command.add_command(bench_next_edit.command)
command.add_command(bench_record.command)
command.add_command(bench_repair.command)
command.add_command(bench_trace.command)
command.add_command(bench_timing.command)


@command.command()
@click.option("--model", metavar="NAME", help="One that was fetched, or random:1.5b.")
@click.option("--device", default="auto", show_default=True, help="auto, cpu, cuda or mps.")
@click.option("--threads", type=click.IntRange(1), help="Of the CPU; by default all cores but one.")
@click.option(
    "--concurrency", default="1,8", show_default=True, help="How many requests at once, each."
)
@click.option("--limit", type=click.IntRange(1), default=16, show_default=True, help="Prompts.")
@click.option("--seed", type=int, default=7, show_default=True)
@json_option
def latency(
    model: str | None,
    device: str,
    threads: int | None,
    concurrency: str,
    limit: int,
    seed: int,
    as_json: bool,
) -> None:
    """Measure the language model: how soon it answers, how fast, and whether always the same.

    The prompts are edits begun in short programs of Foretrace's own. With random weights, which
    random:1.5b has in the shape of a larger model, only the times mean anything.
    """
    _require_model(model)
    run = latency_bench.Run(model, device, threads, _counts(concurrency), limit, seed)
    try:
        figures = asyncio.run(latency_bench.measure(run, lambda line: click.echo(line, err=True)))
    except WorkerError as error:
        raise MissingError(str(error)) from error
    if as_json:
        print_json(figures)
    else:
        _show(figures)


def _require_model(model: str | None) -> None:
    found = describe(Home.default())
    lacks = [each for each in found["missing"] if model is None or "package" in each["what"]]
    if lacks:
        raise MissingError("; ".join(f"missing: {m['what']} ({m['remedy']})" for m in lacks))


def _counts(text: str) -> list[int]:
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isdecimal() and int(part) > 0 for part in parts):
        raise click.BadParameter(f"{text!r} is not a list of numbers", param_hint="--concurrency")
    return [int(part) for part in parts]


def _show(figures: dict[str, Any]) -> None:
    click.echo(
        f"{figures['name']} on {figures['device']} in {figures['precision']}, "
        f"{figures['threads']} threads; {figures['n']} prompts, seed {figures['seed']}; "
        f"loaded in {figures['load_seconds']:.1f} s; {figures['memory_bytes'] / 1e6:,.0f} MB"
    )
    head = ("first token, s", "answer, s", "tokens/s", "tokens/step")
    click.echo(f"\n{'':36}" + "".join(f"{column:>16}" for column in head))
    rows = {
        **figures["ways"],
        **{f"{count} at once": row for count, row in figures["concurrency"].items()},
        **{f"fp32, {way}": row for way, row in figures.get("fp32_ways", {}).items()},
    }
    for name, row in rows.items():
        cells = (
            _pair(row["first_token_seconds"]),
            _pair(row["answer_seconds"]),
            f"{row['tokens_per_second']:.1f}",
            f"{row['tokens_per_step']:.2f}",
        )
        click.echo(f"{name:36}" + "".join(f"{cell:>16}" for cell in cells))
    click.echo(f"\nfrom cancel to idle, s: {_pair(figures['cancel_to_idle_seconds'])}")
    for name, words in figures["same_output"].items():
        click.echo(f"same output, {name}: {words}")


def _pair(percentiles: dict[str, float]) -> str:
    return f"{percentiles['p50']:.2f} / {percentiles['p95']:.2f}"
