"""Makes .venv and installs this project into it, with nothing but Python's standard library.

The Makefile calls it before each target that needs something installed. When nothing has changed
it does nothing. It needs neither pip nor ensurepip, which Debian and Ubuntu leave out of python3.
"""

import argparse
import configparser
import hashlib
import http.client
import json
import os
import shutil
import ssl
import subprocess
import sys
import tempfile
import urllib.request
import venv
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import SplitResult, unquote, urldefrag, urljoin, urlsplit

OLDEST_PYTHON = (3, 10)

# Older interpreters read the file only as far as here: what follows is written for newer ones.
if sys.version_info[:2] < OLDEST_PYTHON:
    print(
        f"Foretrace needs Python {OLDEST_PYTHON[0]}.{OLDEST_PYTHON[1]} or newer, but "
        f"{sys.executable} is Python {sys.version_info[0]}.{sys.version_info[1]}. "
        "Name another one like this: make install PYTHON=python3.12",
        file=sys.stderr,
    )
    sys.exit(2)

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"

# The first that makes editable installs of projects without a setup.py.
OLDEST_PIP = "pip>=21.3"

# For the download where ensurepip is missing.
PIP_VERSION = "26.1"
PIP_WHEEL = f"pip-{PIP_VERSION}-py3-none-any.whl"
PIP_SHA256 = "4e8486d821d814b77319acb7b9e8bf5a4ee7590a643e7cb21029f209be8573c1"

PUBLIC_INDEX = "https://pypi.org/simple"
TORCH_CPU_INDEX = "https://download.pytorch.org/whl/cpu"

# In words for the person who waits, with what each brings over the network.
PARTS = {
    "base": "Foretrace (about 9 MB)",
    "dev": "the development tools (about 65 MB)",
    "vscode": "what the VS Code extension is built with (about 65 MB)",
    "e2e": "Neovim, and what drives VS Code (about 70 MB)",
    "model": "what the model needs besides torch (about 40 MB)",
}
TORCH_BUILDS = {
    "cpu": "the CPU build (about 200 MB)",
    "cuda": "the build of the package index (on Linux for CUDA, up to 3 GB)",
}


class BootstrapError(Exception):
    """Something that stops the installation and that a person can act on."""


def main() -> int:
    """Installs the parts named on the command line; exit code 2 where that is impossible."""
    parser = argparse.ArgumentParser(description="Installs parts of Foretrace into .venv.")
    parser.add_argument("parts", nargs="+", choices=list(PARTS))
    parser.add_argument("--torch", choices=["auto", *TORCH_BUILDS], default="auto")
    options = parser.parse_args()
    try:
        make_environment()
        fingerprint = hashlib.sha256(
            (ROOT / "pyproject.toml").read_bytes() + (ROOT / "constraints.txt").read_bytes()
        ).hexdigest()
        if "model" in options.parts:
            install_torch(options.torch, fingerprint)
        install(["base", *options.parts], fingerprint)
    except BootstrapError as error:
        problem = str(error)
    except OSError as error:
        problem = f"{error.filename or VENV}: {error.strerror}"
    else:
        return 0
    print(f"bootstrap: {problem}", file=sys.stderr)
    return 2


def make_environment() -> None:
    """Makes .venv with pip in it, unless it is there and was made in the same way."""
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    # The path is part of it: an environment that was moved no longer works.
    description = f"Python {version} in {VENV}"
    stamp = VENV / ".made"
    if PYTHON.exists() and read(stamp) == description:
        return
    print(f"making .venv with Python {version} ...", flush=True)
    venv.EnvBuilder(clear=True, symlinks=True).create(VENV)
    ensured = subprocess.run([PYTHON, "-m", "ensurepip"], capture_output=True, check=False)
    if ensured.returncode == 0:
        # Does nothing but for the pip of the first releases of Python 3.10, which is too old.
        pip("install", OLDEST_PIP)
    else:
        install_pip_from_wheel()
    stamp.write_text(description)


def install(parts: list[str], fingerprint: str) -> None:
    """Installs those parts that are missing or were installed from other descriptions."""
    stamps = {part: VENV / f".installed-{part}" for part in parts}
    stale = [part for part, stamp in stamps.items() if read(stamp) != fingerprint]
    if not stale:
        return
    print(f"installing {', '.join(PARTS[part] for part in stale)} ...", flush=True)
    extras = ",".join(part for part in stale if part != "base")
    project = f".[{extras}]" if extras else "."
    pip("install", "--constraint", "constraints.txt", "--editable", project)
    for part in stale:
        stamps[part].write_text(fingerprint)


def install_torch(asked: str, fingerprint: str) -> None:
    """Installs torch by itself, as its CPU build has an index of its own."""
    stamp = VENV / ".installed-torch"
    old_fingerprint, _, old_build = read(stamp).partition(" ")
    if old_fingerprint == fingerprint and asked in ("auto", old_build):
        return
    build, reason = choose_torch(asked)
    print(f"installing torch, {TORCH_BUILDS[build]}, because {reason} ...", flush=True)
    if old_build not in ("", build):
        # Both builds have the same version, so pip would take the old one for good enough.
        stamp.unlink()
        pip("uninstall", "--yes", "torch")
    index = ["--extra-index-url", TORCH_CPU_INDEX] if build == "cpu" else []
    pip("install", "--constraint", "constraints.txt", *index, "torch")
    stamp.write_text(f"{fingerprint} {build}")


def choose_torch(asked: str) -> tuple[str, str]:
    """The build of torch to install, and the reason for it."""
    if asked != "auto":
        return asked, f"TORCH={asked} says so"
    if shutil.which("nvidia-smi"):
        return "cuda", "nvidia-smi was found"
    try:
        with web().open(f"{TORCH_CPU_INDEX}/torch/", timeout=3):
            return "cpu", "nvidia-smi was not found"
    except (OSError, http.client.HTTPException):
        return "cuda", f"{TORCH_CPU_INDEX} cannot be reached"


def install_pip_from_wheel() -> None:
    """Lets pip install itself out of its own wheel, which is what ensurepip does."""
    wheel = fetch_pip()
    found = hashlib.sha256(wheel).hexdigest()
    if found != PIP_SHA256:
        raise BootstrapError(f"{PIP_WHEEL} has the SHA-256 {found} instead of {PIP_SHA256}")
    with tempfile.TemporaryDirectory(dir=VENV) as folder:
        path = Path(folder) / PIP_WHEEL
        path.write_bytes(wheel)
        pip("install", "--no-index", str(path), program=[str(path / "pip")])


def fetch_pip() -> bytes:
    """Downloads the wheel of pip from the package index that pip is configured to use."""
    index = pip_index()
    url = index._replace(netloc=index.netloc.rpartition("@")[2]).geturl() + "/pip/"
    try:
        with web().open(url, timeout=30) as response:
            url, page = response.geturl(), response.read().decode()
        for link in links(page):
            address = urljoin(url, link)
            if urlsplit(address).path.endswith(f"/{PIP_WHEEL}"):
                url = urldefrag(address).url
                with web().open(url, timeout=30) as response:
                    return bytes(response.read())
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise BootstrapError(
            f"cannot read {url}: {error}. This needs the network, or python3-venv "
            "installed (on Debian and Ubuntu: apt install python3-venv)"
        ) from error
    raise BootstrapError(f"{url} does not offer {PIP_WHEEL}")


def links(page: str) -> list[str]:
    """The files that a page of a package index offers, in its JSON or its HTML form."""
    if page.lstrip().startswith("{"):
        return [file["url"] for file in json.loads(page)["files"]]
    found: list[str] = []

    class Anchors(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.extend(value for name, value in attrs if (tag, name) == ("a", "href") and value)

    Anchors().feed(page)
    return found


def pip_index() -> SplitResult:
    """The package index that pip is configured to use."""
    return urlsplit((pip_setting("index-url") or PUBLIC_INDEX).rstrip("/"))


def pip_setting(name: str) -> str:
    """A setting of pip: from the environment, else from the last of pip's files that has it."""
    home = Path.home()
    user = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config")
    files = [Path("/etc/pip.conf"), home / ".pip/pip.conf", user / "pip/pip.conf"]
    if "PIP_CONFIG_FILE" in os.environ:
        files = [Path(os.environ["PIP_CONFIG_FILE"])]
    settings = configparser.RawConfigParser()
    settings.read(files)
    in_files = settings.get("global", name, fallback="")
    return os.environ.get("PIP_" + name.upper().replace("-", "_")) or in_files


def web() -> urllib.request.OpenerDirector:
    """Opens addresses with the certificates and the credentials that pip is configured with."""
    index = pip_index()
    passwords = urllib.request.HTTPPasswordMgrWithPriorAuth()
    if index.username:
        # urllib wants them apart from the address, where pip has them.
        host = f"{index.scheme}://{index.netloc.rpartition('@')[2]}/"
        user, password = unquote(index.username), unquote(index.password or "")
        passwords.add_password(None, host, user, password, is_authenticated=True)
    certificates = ssl.create_default_context(cafile=pip_setting("cert") or None)
    return urllib.request.build_opener(
        urllib.request.HTTPSHandler(context=certificates),
        urllib.request.HTTPBasicAuthHandler(passwords),
    )


def pip(*arguments: str, program: Sequence[str] = ("-m", "pip")) -> None:
    """Runs the pip of .venv, or the given program in its place."""
    quiet = ("--quiet", "--disable-pip-version-check")
    command = [str(PYTHON), *program, *arguments, *quiet]
    if subprocess.run(command, cwd=ROOT, check=False).returncode != 0:
        raise BootstrapError(f"pip {arguments[0]} failed, for the reason that it gives above")


def read(stamp: Path) -> str:
    """The text of a stamp, empty where there is none."""
    return stamp.read_text() if stamp.exists() else ""


if __name__ == "__main__":
    sys.exit(main())
