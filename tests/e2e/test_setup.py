"""Setting up: the extension makes its own Python environment, or says what it needs."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.conftest import WORKING, Open
from tests.e2e.vscode import VSCode


@pytest.fixture
def vscode(prepared: VSCode, tmp_path: Path) -> Iterator[VSCode]:
    """A VS Code in which the extension was never started."""
    vscode = prepared.like(tmp_path / "vscode", prepared=False)
    yield vscode
    vscode.stop()


@pytest.fixture
def silent_index() -> Iterator[str]:
    """The address of a package index that takes calls and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}/simple"


def test_without_network_a_message_says_so_and_trying_again_is_one_click(
    vscode: VSCode, opened: Open
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        nobody = f"http://127.0.0.1:{server.getsockname()[1]}/simple"
    vscode.variables = {"PIP_INDEX_URL": nobody}
    editor = opened(WORKING, settled="not running")
    message = editor.notification("the package index could not be reached")
    message.wait_for()
    editor.screenshot("setting-up-offline")
    assert vscode.environments == []
    message.get_by_role("button", name="Try Again").click()
    editor.notification("Setting up Foretrace").wait_for()


def test_setting_up_can_be_cancelled_and_leaves_nothing_behind(
    vscode: VSCode, opened: Open, silent_index: str
) -> None:
    vscode.variables = {"PIP_INDEX_URL": silent_index}
    editor = opened(WORKING, settled="setting up")
    editor.notification("Setting up").get_by_role("button", name="Cancel").click()
    editor.until(lambda: "not running" in editor.status_bar(), "it was cancelled")
    assert vscode.environments == []
    editor.command("Foretrace: Show Menu")
    editor.until(lambda: editor.choices() != [], "the menu")
    editor.screenshot("menu-not-running")


def test_a_python_that_has_foretrace_is_used_as_it_is(vscode: VSCode, opened: Open) -> None:
    vscode.settings(interpreter=sys.executable)
    opened(WORKING, settled="not recording")
    assert vscode.environments == []


def test_what_an_older_version_made_goes_at_the_next_start(
    prepared: VSCode, vscode: VSCode, opened: Open
) -> None:
    vscode.global_storage.parent.mkdir(parents=True)
    vscode.global_storage.symlink_to(prepared.global_storage)
    (present,) = vscode.environments
    (vscode.global_storage / "environments/0.0.1-older/bin").mkdir(parents=True)
    opened(WORKING, settled="not recording")
    assert vscode.environments == [present]


def test_what_is_not_a_python_is_named(vscode: VSCode, opened: Open) -> None:
    vscode.settings(interpreter="/usr/bin/env")
    editor = opened(WORKING, settled="not running")
    editor.notification("names /usr/bin/env, which is no Python").wait_for()
