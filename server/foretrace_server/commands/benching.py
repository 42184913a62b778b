"""What the commands that measure have in common."""

from __future__ import annotations

from pathlib import Path

import click

from foretrace_server.bench.fit import Fit

fit_option = click.option(
    "--fit",
    type=click.Choice([each.value for each in Fit]),
    default=Fit.SHIPPED.value,
    show_default=True,
    help="What is shipped, or what is fitted anew with each person of DATA left out.",
)
seed_option = click.option("--seed", type=int, default=7, show_default=True)
resume_option = click.option(
    "--resume",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Keep the rows of the run here, and go on where it was stopped.",
)
