"""Plays the demo's session and gathers what came of it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from attrs import define, field
from lsprotocol import types

from foretrace_server.demo.editor import Editor
from foretrace_server.demo.script import Script, Step
from foretrace_telemetry.home import Home
from foretrace_telemetry.replay import Replay, replay
from foretrace_telemetry.store import Store

# The session took the student ten minutes; nobody wants to watch that.
_KEY_SECONDS = 0.008
_STEP_SECONDS = 0.15
_SETTLE_SECONDS = 0.5


@define
class Outcome:
    """What a played session led to."""

    intents: list[str] = field(factory=list)
    fix: types.CodeAction | None = None
    runs_after: str = ""
    text: str = ""
    events: int = 0
    replay: Replay = field(factory=Replay)
    kinds: dict[str, int] = field(factory=dict)
    bytes: int = 0


async def play(
    script: Script, home: Home, workspace: Path, tell: Callable[[str, str], None]
) -> Outcome:
    """Play a session through a server process of its own; `tell` hears of it as it goes.

    `home` is where that server records, under a permission that must be there already.
    """
    outcome = Outcome()
    path = workspace / script.file
    path.touch()
    (workspace / "foretrace.toml").write_text(script.assignment, encoding="utf-8")

    def on_intent(intent: dict[str, Any]) -> None:
        if intent["activities"]:
            best = intent["activities"][0]
            outcome.intents.append(best["label"])
            tell("intent", f"{intent['statement']} ({best['confidence']:.0%})")

    editor = Editor(path, on_intent)
    await editor.start({**os.environ, "FORETRACE_HOME": str(home.path)})
    for step in script.steps:
        await _take(step, editor, outcome, tell)
    await asyncio.sleep(_SETTLE_SECONDS)
    outcome.text = editor.text
    await editor.stop()
    _read_back(home, outcome)
    return outcome


async def _take(
    step: Step, editor: Editor, outcome: Outcome, tell: Callable[[str, str], None]
) -> None:
    if step.action == "say":
        tell("say", step.value)
    elif step.action == "type":
        for character in step.value:
            editor.type(character)
            await asyncio.sleep(_KEY_SECONDS)
        tell("edit", f"types {step.value.strip() or step.value!r}")
    elif step.action == "backspace":
        for _ in range(step.value):
            editor.backspace()
            await asyncio.sleep(_KEY_SECONDS)
        tell("edit", f"deletes {step.value} character" + ("s" if step.value > 1 else ""))
    elif step.action == "at":
        editor.move(*step.value)
        tell("move", "goes to line {}, column {}".format(*step.value))
    elif step.action == "save":
        editor.save()
        tell("save", "saves")
    elif step.action == "run":
        tell("run", f"runs the program: {await editor.run()}")
    elif step.action == "ask":
        await _ask(editor, outcome, tell)
    else:
        raise ValueError(f"the script has an unknown step: {step.action}")
    await asyncio.sleep(_STEP_SECONDS)


async def _ask(editor: Editor, outcome: Outcome, tell: Callable[[str, str], None]) -> None:
    outcome.fix = await editor.ask()
    if outcome.fix is None:
        tell("fix", "no fix was found")
        return
    tell("fix", outcome.fix.title)
    editor.accept(outcome.fix)
    editor.save()
    outcome.runs_after = await editor.run()
    tell("run", f"takes the fix and runs the program: {outcome.runs_after}")


def _read_back(home: Home, outcome: Outcome) -> None:
    store = Store.read(home)
    try:
        (session,) = store.sessions()
        recorded = list(store.events(session.name))
    finally:
        store.close()
    outcome.events = len(recorded)
    outcome.replay = replay(recorded, home.key())
    for each in recorded:
        kind = each.event.body.kind
        outcome.kinds[kind] = outcome.kinds.get(kind, 0) + 1
    outcome.bytes = sum(file.stat().st_size for file in home.path.glob("traces.db*"))
