"""Asking: whether a person may be recorded, for editors that do not ask by themselves."""

from __future__ import annotations

import asyncio
import re
import time
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import JsonRpcInternalError

from foretrace_server import consenting
from foretrace_telemetry.clock import system_clock
from foretrace_telemetry.consent import Action, Content, allowed_contents
from foretrace_telemetry.events import Edited
from foretrace_telemetry.language import t

if TYPE_CHECKING:
    from foretrace_server.app import ForetraceServer

# From the least to the most: some editors take the first where somebody only presses Enter.
_ANSWERS: dict[str, Content | None] = {
    "Don't record": None,
    "Record without text": Content.METADATA,
    "Record with text": Content.FULL,
}
# Where the question takes the keyboard, what somebody was typing must not become the answer.
_PAUSE_SECONDS = 2.0
_LOOK_SECONDS = 0.2
# Something may write into a document on and on: then the next start asks.
_PATIENCE_SECONDS = 600.0
_OTHERWISE = "`foretrace consent grant` in a terminal allows recording, and nothing else does"


class Asking:
    """The question, asked at the start where nobody decided, and whenever a client wants it."""

    def __init__(self, server: ForetraceServer) -> None:
        self._server = server
        self._open: set[asyncio.Task[None]] = set()

    def begin(self, in_a_pause: bool = False) -> None:
        """Ask, at once or when nothing was written for a while and still nobody has decided.

        An earlier question may still be open, for some editors lose them. Nobody waits for the
        answer: there may never be one, and an editor that waits for a command could not ask
        meanwhile.
        """
        question = asyncio.create_task(self._ask(in_a_pause))
        self._open.add(question)
        question.add_done_callback(self._open.discard)

    async def _ask(self, in_a_pause: bool) -> None:
        if in_a_pause and not (await self._pause_came() and self._is_undecided()):
            return
        policy = self._server.recording.gate.machine.policy
        if not policy.may_record:
            self._say(str(policy.recording_words))
            return
        notice = await asyncio.to_thread(consenting.notice)
        allowed = (None, *allowed_contents(policy))
        answers = {t(answer): content for answer, content in _ANSWERS.items() if content in allowed}
        question = question_of(notice["text"])
        answer = await self._server.ask(question, list(answers), t(_OTHERWISE))
        if answer in answers:
            await self._decide(answers[answer])

    async def _pause_came(self) -> bool:
        """Wait until nothing was written for a while; False where patience ended first."""
        end = time.monotonic() + _PATIENCE_SECONDS
        await asyncio.sleep(_PAUSE_SECONDS)
        while self._wrote_lately():
            if time.monotonic() >= end:
                return False
            await asyncio.sleep(_LOOK_SECONDS)
        return True

    def _is_undecided(self) -> bool:
        """Return whether nobody has decided by now, in a terminal or another editor, say."""
        gate = self._server.recording.gate
        gate.look_again()
        return gate.consent.undecided

    def _wrote_lately(self) -> bool:
        _, now_us = system_clock()
        since_us = now_us - _PAUSE_SECONDS * 1e6
        recent = self._server.recording.recent
        return any(isinstance(e.body, Edited) and e.monotonic_us > since_us for e in recent)

    async def _decide(self, content: Content | None) -> None:
        """Write down what was answered, and say what holds from now on."""
        gate = self._server.recording.gate
        terms: dict[str, Any] = {}
        if content is not None:
            action, terms = Action.GRANT, {"content": content.value}
        else:
            action = Action.DECLINE if gate.consent.content is None else Action.WITHDRAW
        try:
            holds = await asyncio.to_thread(
                consenting.decide, action.value, terms, self._server.editor
            )
        except JsonRpcInternalError as error:
            self._server.warn_once(error.message)
            return
        gate.look_again()
        self._say(_told(holds))

    def _say(self, words: str) -> None:
        self._server.window_show_message(
            types.ShowMessageParams(types.MessageType.Info, f"Foretrace: {words}")
        )


def question_of(notice: str) -> str:
    """Return the words of the notice for a prompt: no empty line, and no line broken or indented.

    Editors break lines themselves, and some show so few that each counts.
    """
    unbroken = re.sub(r"\n +", " ", notice.strip())
    return re.sub(r"^(\S.*?) {2,}", r"\1: ", unbroken, flags=re.MULTILINE).replace("\n\n", "\n")


def _told(holds: dict[str, Any]) -> str:
    """Return in words what holds after an answer."""
    if holds["content"] is None:
        return t("nothing is recorded; `foretrace consent grant` allows it")
    end = datetime.fromisoformat(holds["expires_at"]).astimezone(timezone.utc)
    until = f"{end:%Y-%m-%d}"
    if holds["content"] == Content.FULL.value:
        return t(
            "recording with text until {until}; `foretrace consent withdraw` stops it at once",
            until=until,
        )
    return t(
        "recording without text until {until}; `foretrace consent withdraw` stops it at once",
        until=until,
    )
