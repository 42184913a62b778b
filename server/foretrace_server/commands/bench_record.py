"""`foretrace bench record`: how fast and how small editing is recorded, and whether exactly."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from foretrace_server.bench import record as record_bench
from foretrace_server.bench.line import LineError
from foretrace_server.commands.output import MissingError, json_option, print_json


@click.command("record")
@click.option(
    "--data",
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder with editing traces or recordings of VS Code.",
)
@click.option("--limit", type=click.IntRange(1), help="The most edits; by default all.")
@click.option("--seed", type=int, default=7, show_default=True)
@click.option(
    "--resume",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Keep a row for each history here, and go on where a run was stopped.",
)
@json_option
@click.pass_context
def command(
    context: click.Context,
    data: Path,
    limit: int | None,
    seed: int,
    resume: Path | None,
    as_json: bool,
) -> None:
    """Record real editing: how fast, how small, and whether replay is exact.

    Exit code 1 if it is not.
    """
    run = record_bench.Run(data, limit, seed, resume)
    try:
        figures = record_bench.measure(run, lambda line: click.echo(line, err=True))
    except (OSError, ValueError, LineError) as error:
        raise MissingError(str(error)) from error
    if as_json:
        print_json(figures)
    else:
        _show(figures)
    context.exit(0 if figures["replay_exact"] else 1)


def _show(figures: dict[str, Any]) -> None:
    for name in figures["skipped"]:
        click.echo(f"not a history, skipped: {name}", err=True)
    width = max(len(trace["name"]) for trace in figures["traces"])
    for trace in figures["traces"]:
        verdict = "exact" if trace["replay_exact"] else "NOT EXACT"
        click.echo(
            f"{trace['name']:{width}}  {trace['edits']:8,} edits  "
            f"{trace['edits_per_second']:10,.0f} a second  {verdict}"
        )
    click.echo(
        f"\n{figures['n']} histories of {figures['dataset']}, {figures['edits']:,} edits, "
        f"{figures['saves']} saved texts, replay "
        f"{'exact' if figures['replay_exact'] else 'not exact'}\n"
        f"{figures['edits_per_second']:,.0f} edits a second to the committed database "
        f"(synchronous = {figures['synchronous']}), "
        f"{figures['edits_per_cpu_second']:,.0f} a second of the processor's time\n"
        f"{figures['bytes_per_edit']:.0f} bytes an edit\n"
        f"{figures['handler_p50_us']:.0f} µs a change in the handler, "
        f"99th percentile {figures['handler_p99_us']:.0f} µs\n"
        f"{figures['bare_pygls_ratio']:.2f} times what bare pygls takes for the same messages"
    )
