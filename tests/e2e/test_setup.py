"""Setting up: the extension makes its own Python environment, or says what it needs."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import pytest

from tests.e2e.conftest import WORKING, Open
from tests.e2e.vscode import ROOT, VSCode

# An index that there is none of: whoever gets something from it got it from elsewhere.
NOWHERE = "http://index.invalid/simple"
# What the machine's own pip is told to use would answer in place of what is tested.
ON_ITS_OWN = {
    "PIP_CONFIG_FILE": os.devnull,
    "PIP_EXTRA_INDEX_URL": "",
    "PIP_FIND_LINKS": "",
    "PIP_RETRIES": "0",
}


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


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with everything that Foretrace is made of, as somebody carries it to a machine."""
    folder = tmp_path_factory.mktemp("wheels")
    carried = ROOT / "client-vscode/wheels"
    (pip,) = carried.glob("pip-*.whl")
    (foretrace,) = carried.glob("foretrace-*.whl")
    command: list[str | Path] = [
        "python3",
        "-I",
        pip / "pip",
        "download",
        "--quiet",
        "--dest",
        folder,
        foretrace,
    ]
    subprocess.run(command, check=True)
    return folder


class Proxy(ThreadingHTTPServer):
    """An HTTP proxy that answers for an index with what a folder has, and notes what was asked."""

    def __init__(self, wheels: Path) -> None:
        super().__init__(("127.0.0.1", 0), _ProxyRequest)
        self.wheels = wheels
        self.asked: list[str] = []

    @property
    def address(self) -> str:
        """What VS Code is told."""
        return f"http://127.0.0.1:{self.server_address[1]}"


class _ProxyRequest(BaseHTTPRequestHandler):
    server: Proxy

    def do_GET(self) -> None:
        """Answer with a file, or with a page that has a link to each of them."""
        self.server.asked.append(self.path)
        name = urlsplit(self.path).path.rpartition("/")[2]
        if name:
            kind, body = "application/octet-stream", (self.server.wheels / name).read_bytes()
        else:
            names = [path.name for path in self.server.wheels.iterdir()]
            links = "".join(f'<a href="/files/{each}">{each}</a>' for each in names)
            kind, body = "text/html", f"<!DOCTYPE html><html><body>{links}</body></html>".encode()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: what was asked is kept."""


@pytest.fixture
def proxy(wheels: Path) -> Iterator[Proxy]:
    """A proxy that runs."""
    with Proxy(wheels) as proxy:
        Thread(target=proxy.serve_forever).start()
        yield proxy
        proxy.shutdown()


def test_behind_a_proxy_it_is_set_up_through_the_one_that_vscode_is_told(
    vscode: VSCode, opened: Open, proxy: Proxy
) -> None:
    trusted = {"PIP_TRUSTED_HOST": "index.invalid"}
    vscode.variables = {**ON_ITS_OWN, **trusted, "PIP_INDEX_URL": NOWHERE}
    vscode.settings({"http.proxy": proxy.address})
    opened(WORKING, settled="not recording")
    assert f"{NOWHERE}/pygls/" in proxy.asked
    assert len(vscode.environments) == 1


def test_without_network_it_is_set_up_from_a_folder_of_wheels(
    vscode: VSCode, opened: Open, wheels: Path
) -> None:
    vscode.variables = {**ON_ITS_OWN, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheels)}
    opened(WORKING, settled="not recording")
    assert len(vscode.environments) == 1


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


def test_the_doctor_says_why_no_server_runs(vscode: VSCode, opened: Open) -> None:
    vscode.settings(interpreter="/usr/bin/env")
    editor = opened(WORKING, settled="not running")
    editor.close_notifications()
    editor.command("Foretrace: Run Doctor")
    editor.page_text("1 thing to look at").wait_for()
    editor.page_row("names /usr/bin/env, which is no Python").wait_for()
    editor.screenshot("doctor-without-server")
