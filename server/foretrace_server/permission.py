"""Permission to run programs: by the machine's policy, the settings, and a person when asked."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from foretrace_server.settings import RunPrograms
from foretrace_telemetry.language import t

if TYPE_CHECKING:
    from foretrace_server.app import ForetraceServer

_ANSWER_SECONDS = 5.0
_QUESTION = (
    "May Foretrace run your programs to check whether a fix works? They run without network and "
    "cannot change files. The answer holds until the editor is closed; the setting "
    "foretrace.runPrograms makes it last."
)
_ALLOW = "Run my programs to check fixes"
_REFUSE = "Do not run them"
_OTHERWISE = "the setting runPrograms says whether programs may be run to check fixes"


class Permission:
    """Whether programs may be run to check fixes."""

    def __init__(self, server: ForetraceServer, answered: Callable[[], None]) -> None:
        """`answered` is called once a person has answered."""
        self._server = server
        self._answered = answered
        self._allowed: bool | None = None
        self._asking: asyncio.Task[None] | None = None

    @property
    def given(self) -> bool:
        """Whether programs may be run."""
        return self.refusal() is None

    def refusal(self) -> tuple[str, str] | None:
        """Return why programs may not be run, as a code and in words; None if they may."""
        settings = self._server.settings
        if (forbidden := self._server.recording.gate.machine.policy.programs_words) is not None:
            return "machine", forbidden
        if not settings.workspace_trusted:
            return "untrusted", t("the workspace is not trusted, so programs are not run")
        if settings.run_programs is RunPrograms.NEVER:
            return "run-never", t("the setting runPrograms is never, so programs are not run")
        if settings.run_programs is RunPrograms.ASK and not self._allowed:
            return "run-ask", t("you have not allowed programs to be run to check fixes")
        return None

    async def ask_once(self) -> None:
        """Ask whether programs may be run, where the settings leave it to asking.

        An answer that takes long is not waited for: it counts from when it comes.
        """
        refusal = self.refusal()
        if refusal is None or refusal[0] != "run-ask" or self._allowed is not None:
            return
        if self._asking is None:
            self._asking = asyncio.create_task(self._ask())
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(asyncio.shield(self._asking), _ANSWER_SECONDS)

    async def _ask(self) -> None:
        allow = t(_ALLOW)
        answer = await self._server.ask(t(_QUESTION), [allow, t(_REFUSE)], t(_OTHERWISE))
        self._allowed = answer == allow
        self._answered()
