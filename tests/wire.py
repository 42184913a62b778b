"""The server spoken to in bytes: by thousands of messages, by none, by a client that dies."""

from __future__ import annotations

import json
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO, cast

from foretrace_telemetry.home import Home

if sys.version_info >= (3, 11):
    from typing import Self
else:
    from typing_extensions import Self

_ANSWER_SECONDS = 60.0
_EXIT_SECONDS = 30.0
_CONNECT_SECONDS = 30.0
UTF16 = "utf-16"
# The parameters of `initialize` from a client that tells nothing of itself.
NOBODY: dict[str, Any] = {"processId": None, "rootUri": None, "capabilities": {}}


class Wire:
    """A server process and the line to it. Leaving the context kills what still runs."""

    def __init__(
        self,
        home: Home,
        *options: str,
        interpreter: Sequence[str] = (sys.executable,),
        log: Path | None = None,
    ) -> None:
        """Start a server; `log` is a file for its standard error."""
        self.notifications: list[dict[str, Any]] = []
        self.questions: list[dict[str, Any]] = []
        # What this client says to every question of the server; None leaves all of them open.
        self.reply: dict[str, Any] | None = {"result": None}
        self._numbers = iter(range(1, sys.maxsize))
        self._answers: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        with (log or Path(os.devnull)).open("wb") as errors:
            self.process = subprocess.Popen(
                [*interpreter, "-m", "foretrace_server", "lsp", *options],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                env={**os.environ, "FORETRACE_HOME": str(home.path)},
                # Whoever runs the tests may have left it ignored, and it is handed down.
                preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),
            )
        self._to_server, from_server = self._connect()
        threading.Thread(target=self._read, args=(from_server,), daemon=True).start()

    def _connect(self) -> tuple[BinaryIO, BinaryIO]:
        """Return what leads to the server and what comes from it."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        return cast("BinaryIO", self.process.stdin), cast("BinaryIO", self.process.stdout)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def kill(self) -> None:
        """End the process as a crash or ``kill -9`` does."""
        self.process.kill()
        self.process.wait()

    def hang_up(self) -> None:
        """Close the line to the server, as a client does that goes away without a word."""
        self._to_server.close()

    def wait(self) -> int:
        """Wait for the process to end, and return its exit code."""
        return self.process.wait(_EXIT_SECONDS)

    # Messages.

    def tell(self, method: str, params: Any = None) -> None:
        """Send a notification."""
        self.send({"method": method, "params": params})

    def begin_to_ask(self, method: str, params: Any = None) -> int:
        """Send a request, and do not wait for its answer; return its number."""
        number = next(self._numbers)
        self.send({"id": number, "method": method, "params": params})
        return number

    def ask(self, method: str, params: Any = None) -> Any:
        """Send a request and return its result."""
        answer = self.answer(self.begin_to_ask(method, params))
        assert "error" not in answer, answer["error"]
        return answer["result"]

    def answer(self, number: str | int) -> dict[str, Any]:
        """Wait for the answer to a request, a result or an error."""
        while True:
            answer = self._answers.get(timeout=_ANSWER_SECONDS)
            assert answer is not None, "the server ended"
            if answer["id"] == number:
                return answer

    def begin(self, encoding: str = UTF16, options: Any = None) -> dict[str, Any]:
        """Make the first exchange; return what the server offers."""
        capabilities = {"general": {"positionEncodings": [encoding]}}
        params = {**NOBODY, "capabilities": capabilities, "initializationOptions": options}
        offered: dict[str, Any] = self.ask("initialize", params)["capabilities"]
        assert offered["positionEncoding"] == encoding
        self.tell("initialized", {})
        return offered

    def end(self) -> int:
        """Make the last exchange; return the exit code of the process."""
        self.ask("shutdown")
        self.tell("exit")
        return self.wait()

    # Documents.

    def open(self, uri: str, text: str, language: str = "plaintext") -> None:
        item = {"uri": uri, "languageId": language, "version": 0, "text": text}
        self.tell("textDocument/didOpen", {"textDocument": item})

    def change(self, uri: str, version: int, *changes: dict[str, Any]) -> None:
        document = {"uri": uri, "version": version}
        self.tell(
            "textDocument/didChange", {"textDocument": document, "contentChanges": list(changes)}
        )

    def type(self, uri: str, version: int, text: str, line: int = 0, character: int = 0) -> None:
        """Insert a text at a place."""
        self.change(uri, version, insertion(text, line, character))

    def save(self, uri: str, text: str | None = None) -> None:
        params: dict[str, Any] = {"textDocument": {"uri": uri}}
        self.tell("textDocument/didSave", params if text is None else {**params, "text": text})

    def close(self, uri: str) -> None:
        self.tell("textDocument/didClose", {"textDocument": {"uri": uri}})

    def fixes(self, uri: str) -> list[dict[str, Any]]:
        """Ask explicitly for what mends a document, and return it."""
        return list(self.ask("textDocument/codeAction", explicitly(uri)))

    def status(self) -> dict[str, Any]:
        """Return the server's state; its answer also means that it has read all that was sent."""
        return dict(self.ask("foretrace/status"))

    # Bytes.

    def send(self, message: dict[str, Any] | bytes) -> None:
        """Send a message, or what is to stand in the place of one."""
        body = message
        if not isinstance(body, bytes):
            body = json.dumps({"jsonrpc": "2.0", **body}).encode()
        self._to_server.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self._to_server.flush()

    def _read(self, stream: BinaryIO) -> None:
        while (message := _next_message(stream)) is not None:
            if "method" not in message:
                self._answers.put(message)
            elif "id" in message:
                self.questions.append(message)
                if self.reply is not None:
                    self.send({"id": message["id"], **self.reply})
            else:
                self.notifications.append(message)
        self._answers.put(None)


class TcpWire(Wire):
    """A server process that is spoken to over TCP."""

    def __init__(self, home: Home, *options: str, log: Path | None = None) -> None:
        """Start a server on a free port and connect to it."""
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        super().__init__(home, "--tcp", str(self.port), *options, log=log)

    def _connect(self) -> tuple[BinaryIO, BinaryIO]:
        deadline = time.monotonic() + _CONNECT_SECONDS
        while True:
            try:
                self.socket = socket.create_connection(("127.0.0.1", self.port))
                break
            except ConnectionRefusedError:
                assert time.monotonic() < deadline
                assert self.process.poll() is None, "the server ended"
                time.sleep(0.05)
        return self.socket.makefile("wb"), self.socket.makefile("rb")

    def __exit__(self, *_: object) -> None:
        super().__exit__()
        self.socket.close()


def insertion(text: str, line: int, character: int) -> dict[str, Any]:
    """Return the change that inserts a text at a place."""
    place = {"line": line, "character": character}
    return {"range": {"start": place, "end": place}, "text": text}


def explicitly(uri: str) -> dict[str, Any]:
    """Return the parameters of somebody's own request for code actions."""
    place = {"line": 0, "character": 0}
    return {
        "textDocument": {"uri": uri},
        "range": {"start": place, "end": place},
        "context": {"diagnostics": [], "triggerKind": 1},
    }


def _next_message(stream: BinaryIO) -> dict[str, Any] | None:
    """Return the next message, or None when there is no other."""
    length = 0
    try:
        while (line := stream.readline()) != b"\r\n":
            if not line:
                return None
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        return dict(json.loads(stream.read(length)))
    except OSError:  # the connection broke
        return None
