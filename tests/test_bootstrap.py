"""The installer of `make`: what it reads of package indexes and of pip's settings."""

from __future__ import annotations

import importlib.util
import threading
from base64 import b64encode
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType

import pytest

PATH = Path(__file__).parent.parent / "scripts" / "bootstrap.py"


@pytest.fixture
def bootstrap() -> ModuleType:
    specification = importlib.util.spec_from_file_location("bootstrap", PATH)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Leave this machine's own settings of pip out."""
    for name in ("PIP_INDEX_URL", "PIP_CERT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))


def test_files_are_found_in_both_forms_of_an_index(bootstrap: ModuleType) -> None:
    html = '<!DOCTYPE html><a name="x"><A HREF="a-1.whl#sha256=0">a</a>\n<a href="../b&amp;c">b</a>'
    assert bootstrap.links(html) == ["a-1.whl#sha256=0", "../b&c"]
    assert bootstrap.links('\n{"files": [{"url": "a-1.whl"}, {"url": "b"}]}') == ["a-1.whl", "b"]
    assert bootstrap.links("") == []


def test_the_environment_outranks_the_file_and_the_file_the_default(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert bootstrap.pip_index().geturl() == "https://pypi.org/simple"
    (tmp_path / "pip.conf").write_text("[global]\nindex-url = https://one.example/100%/\n")
    assert bootstrap.pip_setting("index-url") == "https://one.example/100%/"
    assert bootstrap.pip_index().geturl() == "https://one.example/100%"
    monkeypatch.setenv("PIP_INDEX_URL", "https://two.example/simple/")
    assert bootstrap.pip_index().geturl() == "https://two.example/simple"
    assert bootstrap.pip_setting("cert") == ""


def test_a_build_of_torch_that_was_named_is_taken(bootstrap: ModuleType) -> None:
    assert bootstrap.choose_torch("cuda") == ("cuda", "TORCH=cuda says so")
    assert bootstrap.choose_torch("cpu")[0] == "cpu"


class _Index(BaseHTTPRequestHandler):
    """A package index that asks who is there, and has one file."""

    offer = ""
    file = b""

    def do_GET(self) -> None:
        if self.headers["Authorization"] != "Basic " + b64encode(b"me:pass word").decode():
            self.send_response(401)
            self.end_headers()
            return
        page = f'<a href="../../files/{self.offer}#sha256=0">pip</a>'.encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(page if self.path == "/simple/pip/" else self.file)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[_Index]]:
    """Serve a package index, and have pip configured to use it."""
    handler = type("Handler", (_Index,), {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://me:pass%20word@127.0.0.1:{server.server_port}/simple/"
    monkeypatch.setenv("PIP_INDEX_URL", address)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    yield handler
    server.shutdown()
    server.server_close()


def test_pip_is_fetched_from_the_index_with_its_credentials(
    bootstrap: ModuleType, index: type[_Index]
) -> None:
    index.offer, index.file = bootstrap.PIP_WHEEL, b"a wheel"
    assert bootstrap.fetch_pip() == b"a wheel"


def test_a_wheel_that_is_not_the_one_it_should_be_is_refused(
    bootstrap: ModuleType, index: type[_Index]
) -> None:
    index.offer, index.file = bootstrap.PIP_WHEEL, b"a wheel"
    with pytest.raises(bootstrap.BootstrapError, match=f"instead of {bootstrap.PIP_SHA256}"):
        bootstrap.install_pip_from_wheel()


def test_an_index_without_that_wheel_is_named(bootstrap: ModuleType, index: type[_Index]) -> None:
    index.offer = "pip-1.0-py3-none-any.whl"
    with pytest.raises(bootstrap.BootstrapError, match=r"does not offer pip-.*\.whl"):
        bootstrap.fetch_pip()


def test_without_network_there_is_advice(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with pytest.raises(bootstrap.BootstrapError, match="python3-venv"):
        bootstrap.fetch_pip()
