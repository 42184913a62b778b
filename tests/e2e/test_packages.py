"""Packages: what wheel and source distribution hold, and that each works where nothing else is."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tarfile
import zipfile
from email.parser import Parser
from pathlib import Path, PurePosixPath

import pytest

from foretrace_server import __version__
from foretrace_telemetry.home import Home
from tests.e2e.checkout import tracked
from tests.pages import ROOT, fences
from tests.wire import Wire

PACKAGES = {
    "foretrace_server": "server",
    "foretrace_models": "models",
    "foretrace_telemetry": "telemetry",
}
NAME = f"foretrace-{__version__}"
# A year's worth of growth above what they are: who makes them larger should know it.
LARGEST_BYTES = 10 << 20


def environment(folder: Path, *requirements: str | Path) -> Path:
    """Return the interpreter of a new virtual environment with these things in it."""
    run(sys.executable, "-m", "venv", "--without-pip", folder)
    python = folder / "bin/python"
    run(sys.executable, "-m", "pip", "--quiet", "--python", python, "install", *requirements)
    return python


def run(*command: str | Path, home: Home | None = None, cwd: Path | None = None) -> str:
    """Run a command to its good end, and return what it prints."""
    bare = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    if home is not None:
        bare["FORETRACE_HOME"] = str(home.path)
    done = subprocess.run(
        command, env=bare, cwd=cwd, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A data folder that does not exist yet."""
    return Home(tmp_path / "home")


@pytest.fixture(scope="module")
def packages(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with both packages, made from that checkout."""
    folder = tmp_path_factory.mktemp("packages")
    (requirement,) = re.findall(
        r'^requires = \["(.*)"\]$', (ROOT / "pyproject.toml").read_text(), re.M
    )
    python = environment(folder / "builder", requirement)
    run(python, "-m", "hatchling", "build", "--directory", folder / "dist", cwd=checkout)
    return folder / "dist"


def test_the_wheel_holds_the_three_packages_whole_and_nothing_else(packages: Path) -> None:
    wheel = packages / f"{NAME}-py3-none-any.whl"
    assert wheel.stat().st_size < LARGEST_BYTES
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        about = Parser().parsestr(archive.read(f"{NAME}.dist-info/METADATA").decode())
    own = {name for name in names if not name.startswith(f"{NAME}.dist-info/")}
    assert own == {name.partition("/")[2] for name in tracked(*PACKAGES.values())}
    assert {f"{package}/py.typed" for package in PACKAGES} <= own
    assert any(name.endswith("trace_model/shipped/network.safetensors") for name in own)
    assert f"{NAME}.dist-info/licenses/LICENSE" in names
    assert about["License-Expression"] == "Apache-2.0"
    assert about["Requires-Python"] == ">=3.10"
    needed = [each for each in about.get_all("Requires-Dist") or () if "extra ==" not in each]
    assert not any(re.match(r"(torch|transformers|numpy|scikit-learn)\b", each) for each in needed)


def test_the_source_distribution_holds_what_the_wheel_is_made_of_and_no_more(
    packages: Path,
) -> None:
    source = packages / f"{NAME}.tar.gz"
    assert source.stat().st_size < LARGEST_BYTES
    with tarfile.open(source) as archive:
        names = {str(PurePosixPath(*PurePosixPath(name).parts[1:])) for name in archive.getnames()}
    beside = {"pyproject.toml", "README.md", "CHANGELOG.md", "LICENSE", "PKG-INFO", ".gitignore"}
    assert names == tracked(*PACKAGES.values(), "docs") | beside


@pytest.fixture(params=["wheel", "source", "checkout"])
def installed(
    request: pytest.FixtureRequest, packages: Path, checkout: Path, tmp_path: Path
) -> Path:
    """The interpreter of an environment in which Foretrace was installed, and nothing else."""
    what = {
        "wheel": packages / f"{NAME}-py3-none-any.whl",
        "source": packages / f"{NAME}.tar.gz",
        "checkout": checkout,
    }
    return environment(tmp_path / "environment", what[request.param])


def test_what_was_installed_works_without_anything_else(
    installed: Path, home: Home, tmp_path: Path
) -> None:
    foretrace = installed.with_name("foretrace")
    assert run(foretrace, "--version").strip() == f"foretrace, version {__version__}"
    assert "Usage: " in run(installed, "-m", "foretrace_server", "--help")
    assert json.loads(run(foretrace, "doctor", "--json", home=home))
    run(installed, "-c", "from importlib.util import find_spec; assert not find_spec('torch')")
    run(foretrace, "demo", home=home, cwd=tmp_path)
    program = tmp_path / "program.py"
    with Wire(home, interpreter=[str(installed)]) as server:
        server.begin()
        server.open(program.as_uri(), "def f()\n    return 1\n", "python")
        (fix,) = server.fixes(program.as_uri())
        assert fix["title"].startswith("Foretrace: ")
        assert server.end() == 0


def test_the_readme_says_how_to_install_a_checkout() -> None:
    (lines,) = (block for block in fences(ROOT / "README.md", "sh") if "install" in block)
    assert lines == "pipx install .\nforetrace doctor\n"
