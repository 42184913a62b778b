"""Somebody who types into a server, and whether all of it was kept."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from foretrace_telemetry.home import Home
from tests.stored import replayed
from tests.wire import Wire


class Typist:
    """Types one letter after the other into one document."""

    def __init__(self, server: Wire, uri: str) -> None:
        self.server = server
        self.uri = uri
        self.text = ""
        server.open(uri, "")

    def type(self, count: int = 1) -> None:
        for _ in range(count):
            at = len(self.text)
            self.text += "abcdefghij"[at % 10]
            self.server.type(self.uri, at + 1, self.text[at], character=at)

    def until(self, condition: Callable[[dict[str, Any]], bool], seconds: float = 40) -> None:
        """Wait until the state of recording is as it should be."""
        deadline = time.monotonic() + seconds
        while not condition(recording := self.server.status()["recording"]):
            assert time.monotonic() < deadline, recording
            time.sleep(0.05)

    def until_committed(self) -> None:
        """Wait until everything is committed that was typed so far."""
        before = self.server.status()["recording"]["committed"]
        # The save is one more event, so there is something to wait for.
        self.server.save(self.uri, self.text)
        self.until(lambda now: now["committed"] > before and not now["waiting"])


def assert_kept(home: Home, typist: Typist) -> None:
    """Check that all that was typed into a document replays to it, without a gap."""
    result = replayed(home)
    assert result.problems == []
    assert result.resyncs == 0
    assert result.texts[typist.uri] == typist.text
