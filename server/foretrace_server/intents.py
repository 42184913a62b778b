"""Intents: watches the events go by and says what the person seems to be doing."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

from attrs import evolve

from foretrace_models.changes import change_of
from foretrace_models.intent.activities import Activity
from foretrace_models.intent.own_answers import OwnAnswers, activity_of
from foretrace_models.intent.predicting import WINDOW, Intent, Said, predict
from foretrace_models.intent.symbols import Context
from foretrace_models.learned.card import WeightsError
from foretrace_server import protocol
from foretrace_telemetry.events import (
    Actor,
    Edited,
    Event,
    IntentNoted,
    IntentStage,
    RunFinished,
    TestsFinished,
)
from foretrace_telemetry.home import Home
from foretrace_telemetry.language import t
from foretrace_telemetry.store import NoTracesError, Store, UnreadableEventError

if TYPE_CHECKING:
    from foretrace_server.app import ForetraceServer

log = logging.getLogger(__name__)

_SETTLE_SECONDS = 0.3
_MOST_NOTED = 2000
_WORDING_SECONDS = 3.0
# In these there is a change to put into words.
_WORDED = (Activity.WRITING, Activity.EDITING, Activity.FIXING)


class Intents:
    """Predicts anew when events have settled, and tells the client when the answer changed."""

    def __init__(self, server: ForetraceServer) -> None:
        self._server = server
        self._told: Activity | None = None
        self._failure: tuple[str, int | None, str] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._own_answers = OwnAnswers()
        self._believed: Activity | None = None
        self._said: Said | None = None

    def begin(self) -> None:
        """Begin to watch the events of the session, and read what was answered in earlier ones."""
        self._server.recording.observers.append(self._observe)
        if self._server.recording.gate.content is not None:
            self._keep(asyncio.create_task(self._recall()))

    def forget(self) -> None:
        """Forget what the person said."""
        for task in self._tasks:
            task.cancel()
        self._own_answers, self._said = OwnAnswers(), None

    async def _recall(self) -> None:
        recording = self._server.recording
        noted = await asyncio.to_thread(_recorded, recording.writer.status.session)
        if recording.gate.content is not None:
            self._own_answers.note_all(noted)

    def _keep(self, task: asyncio.Task[None]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def current(self, uri: str) -> dict[str, Any]:
        """Return the intent as of now, as the protocol has it; empty for an unknown document."""
        state = self._server.recording.recorder.get(uri)
        intent = self._predict(uri) if state is not None else Intent()
        return _to_json(uri, state.version if state is not None else None, intent, self._server)

    def _predict(self, uri: str) -> Intent:
        if self._server.policies.forbid_help:
            return Intent()
        state = self._server.recording.recorder[uri]
        failure = self._failure if self._failure and self._failure[0] == uri else None
        context = Context(
            uri,
            state.document.text,
            failed_line=failure[1] if failure else None,
            failure=failure[2] if failure else None,
        )
        events = list(self._server.recording.recent)[-WINDOW:]
        try:
            return predict(events, context, self._own_answers, self._said)
        except WeightsError as error:
            self._server.warn_once(f"what you seem to be doing is not told: {error}")
            return Intent()

    def _observe(self, event: Event) -> None:
        body = event.body
        if isinstance(body, IntentNoted):
            self._answered(body)
            return
        if isinstance(body, RunFinished) and event.uri is not None:
            line = body.line - 1 if body.line else None
            named = body.error_type
            words = t("the {error}", error=named) if named else t("the failed run")
            self._failure = (event.uri, line, words) if body.failed else None
        elif isinstance(body, TestsFinished) and event.uri is not None:
            failed = body.failed
            words = t("1 failing test") if failed == 1 else t("{n} failing tests", n=failed)
            self._failure = (event.uri, None, words) if body.failed else None
        elif isinstance(body, Edited) and self._failure and isinstance(body.inserted, str):
            self._failure = self._moved(event, body)
        if event.uri is not None and self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(_SETTLE_SECONDS, self._settled, event.uri)

    def _answered(self, body: IntentNoted) -> None:
        """Heed what the person says of what was told them last."""
        really = activity_of(body.label)
        if body.stage is IntentStage.PREDICTED or really is None:
            return
        self._own_answers.note(self._believed or really, really)
        if body.stage is IntentStage.CORRECTED:
            self._said, self._told = Said(self._believed, really), really

    def _moved(self, event: Event, body: Edited) -> tuple[str, int | None, str] | None:
        """Keep the failed line in its place as lines come and go above it."""
        assert self._failure is not None
        uri, line, words = self._failure
        state = self._server.recording.recorder.get(uri)
        if event.uri != uri or line is None or state is None:
            return self._failure
        removed = body.removed if isinstance(body.removed, str) else ""
        inserted = body.inserted if isinstance(body.inserted, str) else ""
        at = state.document.position_at(body.offset).line
        if at < line:
            line += inserted.count("\n") - removed.count("\n")
        return uri, max(line, 0), words

    def _settled(self, uri: str) -> None:
        self._timer = None
        if self._server.recording.recorder.get(uri) is None:
            return
        intent = self._predict(uri)
        activity, confidence = intent.activities[0] if intent.activities else (None, None)
        self._believed = intent.believed
        if self._said is not None and self._said.believed is not self._believed:
            self._said = None
        if activity is self._told:
            return
        self._told = activity
        if activity is not None:
            differs = intent.believed is not None and intent.believed is not activity
            believed = intent.believed.value if intent.believed and differs else ""
            self._server.recording.recorder.noted(
                IntentNoted(IntentStage.PREDICTED, activity.value, confidence, believed),
                uri,
                Actor.TOOL,
            )
        self._tell(uri, intent)
        if self._server.model.running and activity in _WORDED:
            self._keep(asyncio.create_task(self._word(uri, intent)))

    def _tell(self, uri: str, intent: Intent) -> None:
        version = self._server.recording.recorder[uri].version
        told = _to_json(uri, version, intent, self._server)
        self._server.protocol.notify(protocol.INTENT_CHANGED, told)

    async def _word(self, uri: str, intent: Intent) -> None:
        """Tell an intent again with a language model's words for the last change, if it has any."""
        state = self._server.recording.recorder[uri]
        version = state.version
        change = change_of(state.document.text, list(self._server.recording.recent), uri)
        if not change:
            return
        answer = await self._server.model.ask("word", {"change": change}, _WORDING_SECONDS)
        state_now = self._server.recording.recorder.get(uri)
        if answer is None or not answer["words"] or state_now is None:
            return
        if state_now.version == version and self._told is intent.activities[0][0]:
            statement = f"{intent.statement.removesuffix('.')}: {answer['words']}."
            self._tell(uri, evolve(intent, statement=statement))


def _recorded(session: str) -> list[IntentNoted]:
    """Return what was noted of intents in other sessions; nothing where that cannot be read."""
    try:
        with closing(Store.read(Home.default())) as store:
            events = store.newest_of(IntentNoted.kind, _MOST_NOTED, but=session)
    except NoTracesError:
        return []
    except (OSError, sqlite3.Error, UnreadableEventError) as error:
        log.warning("what you said of intents before is not used: %s", error)
        return []
    return [event.body for event in events if isinstance(event.body, IntentNoted)]


def _to_json(
    uri: str, version: int | None, intent: Intent, server: ForetraceServer
) -> dict[str, Any]:
    place = None
    if intent.place is not None:
        end = server.recording.recorder[uri].document.line_end(intent.place.end_line)
        place = {
            "uri": intent.place.uri,
            "range": {
                "start": {"line": intent.place.start_line, "character": 0},
                "end": {"line": end.line, "character": end.character},
            },
            "confidence": intent.place.confidence,
        }
    return {
        "textDocument": {"uri": uri},
        "version": version,
        "activities": [
            {"label": activity.value, "confidence": confidence}
            for activity, confidence in intent.activities
        ],
        "statement": intent.statement,
        "place": place,
    }
