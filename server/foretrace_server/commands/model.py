"""`foretrace model`: bring a language model to this machine, and say what is there."""

from __future__ import annotations

import asyncio
from typing import Any

import click

from foretrace_models.catalogue import DEFAULT_NAME, cards, describe, missing, weights_of
from foretrace_models.fetch import FetchError
from foretrace_models.fetch import fetch as fetch_weights
from foretrace_server.commands.output import MissingError, json_option, print_json
from foretrace_server.worker import Worker, WorkerError
from foretrace_telemetry.home import Home

_INFO_SECONDS = 120.0


@click.group("model")
def command() -> None:
    """The language model that proposes fixes beside the rules."""


@command.command()
@click.argument("name", default=DEFAULT_NAME)
@json_option
def fetch(name: str, as_json: bool) -> None:
    """Bring a model here, once, and have it serve.

    NAME is the default's, that of a causal language model on the Hugging Face hub
    (Qwen/Qwen2.5-Coder-1.5B), or a folder. Only weights as safetensors are taken, and no code.
    """
    home = Home.default()
    try:
        card = fetch_weights(home, name, lambda line: click.echo(line, err=True))
    except FetchError as error:
        raise MissingError(str(error)) from error
    if as_json:
        print_json(_describe(home))
        return
    click.echo(f"{card.name} serves from now on. {card.source}; licence: {card.licence}.")
    for lack in missing(home):
        click.echo(f"Missing: {lack.what}; get it with: {lack.remedy}")


@command.command()
@json_option
@click.pass_context
def info(context: click.Context, as_json: bool) -> None:
    """Say which models are here, which one serves, on what device, and what is missing.

    Exit code 1 if something is missing.
    """
    home = Home.default()
    found = _describe(home)
    found["device"] = asyncio.run(_device()) if found["available"] else None
    if as_json:
        print_json(found)
    else:
        click.echo(f"Models in {home.models}:" if found["models"] else "No model was fetched.")
        for each in found["models"]:
            mark = "*" if each["name"] == found["name"] else " "
            click.echo(f"{mark} {each['name']}  {each['bytes'] / 1e6:,.0f} MB  {each['licence']}")
            click.echo(f"    {each['source']}")
        if found["device"]:
            click.echo(f"It runs on {found['device']}.")
        for lack in found["missing"]:
            click.echo(f"Missing: {lack['what']}; get it with: {lack['remedy']}")
    context.exit(0 if found["available"] else 1)


async def _device() -> str | None:
    """Return on what the model would run, None if its process does not say."""
    worker = Worker("the model's process", "-m", "foretrace_models.model_worker")
    try:
        about = await worker.ask("info", {}, _INFO_SECONDS)
        return f"{about['device']}, in {about['precision']}"
    except WorkerError:
        return None
    finally:
        await worker.end()


def _describe(home: Home) -> dict[str, Any]:
    def size(card: Any) -> int:
        paths = [weights_of(home, card) / file for file in card.files]
        return sum(path.stat().st_size for path in paths if path.exists())

    models = [
        {"name": c.name, "source": c.source, "licence": c.licence, "bytes": size(c)}
        for c in cards(home)
    ]
    return {**describe(home), "folder": str(home.models), "models": models}
