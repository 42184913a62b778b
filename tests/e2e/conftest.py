"""A real VS Code with the packaged extension, prepared once and copied for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from foretrace_telemetry.home import Home
from tests.e2e.checkout import check_out
from tests.e2e.editor import Editor
from tests.e2e.vscode import INSTALLED, ROOT, VSCode

if TYPE_CHECKING:
    from playwright.sync_api import Browser

VSIX = ROOT / "client-vscode/foretrace.vsix"
WORKING = "def mean(numbers):\n    return sum(numbers) / len(numbers)\n"

# Opens a file with a text in a window, in the VS Code that is given or else the test's own.
Open = Callable[..., Editor]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is in this folder: it is run by `make e2e` only."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("e2e")


@pytest.fixture(scope="session")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout with nothing in it but what git knows."""
    folder = tmp_path_factory.mktemp("checkout")
    check_out(folder)
    return folder


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's browser, without a window."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def open_in(chromium: Browser) -> Open:
    """Opens a file of the workspace of a VS Code that runs."""

    def open_file(vscode: VSCode, text: str, name: str = "program.py") -> Editor:
        file = vscode.workspace / name
        file.write_bytes(text.encode())
        context = chromium.new_context(
            viewport={"width": 1280, "height": 800},
            permissions=["clipboard-read", "clipboard-write"],
        )
        editor = Editor(context.new_page())
        editor.open(vscode.address(file))
        return editor

    return open_file


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory, open_in: Open) -> VSCode:
    """A VS Code in which the extension has made its own Python environment."""
    if not INSTALLED.exists() or not VSIX.exists():
        pytest.fail("these tests are run by `make e2e`, which installs what they need")
    vscode = VSCode(tmp_path_factory.mktemp("prepared"))
    vscode.install(VSIX)
    vscode.start()
    try:
        editor = open_in(vscode, WORKING)
        editor.notification("Setting up Foretrace, once: getting").wait_for()
        editor.screenshot("setting-up")
        editor.until(lambda: "not recording" in editor.status_bar(), "the server runs")
        editor.close()
    finally:
        vscode.stop()
    return vscode


@pytest.fixture
def vscode(prepared: VSCode, tmp_path: Path) -> Iterator[VSCode]:
    """A VS Code of the test's own, ready to be started."""
    vscode = prepared.like(tmp_path / "vscode")
    yield vscode
    vscode.stop()


@pytest.fixture
def home(vscode: VSCode) -> Home:
    """The data folder of the test's VS Code."""
    return vscode.home


@pytest.fixture
def opened(vscode: VSCode, open_in: Open) -> Iterator[Open]:
    """Starts the test's VS Code and opens a file with a text in it, once its server runs."""
    editors: list[Editor] = []

    def open_file(text: str, name: str = "program.py", settled: str = "recording") -> Editor:
        vscode.start()
        editor = open_in(vscode, text, name)
        editors.append(editor)
        editor.until(lambda: settled in editor.status_bar(), "the server runs")
        return editor

    yield open_file
    for editor in editors:
        editor.close()
