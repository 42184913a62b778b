"""The account of one session: what its events say of work, taken in one after the other.

It can be kept as JSON and gone on with when more of the session comes, so that no event is looked
at twice.
"""

from __future__ import annotations

from collections.abc import Iterable

from attrs import define, evolve, field, frozen

from foretrace_server.collect.insight.merging import merged
from foretrace_server.collect.insight.signs import Mark, Signs
from foretrace_server.collect.insight.standing import Standing
from foretrace_server.collect.insight.syntax import syntax_kind
from foretrace_server.collect.insight.told import (
    NAME_WITHHELD,
    ErrorCount,
    ErrorSource,
    Integrity,
    StuckSignal,
    Work,
)
from foretrace_telemetry.events import (
    Actor,
    AgentAsked,
    Body,
    Closed,
    CompletionAccepted,
    Copied,
    Debugged,
    Diagnosed,
    Edited,
    Erased,
    Event,
    Foreign,
    IntentNoted,
    IntentStage,
    Opened,
    Recorded,
    RunFinished,
    Saved,
    Selected,
    SuggestionMoved,
    SuggestionStage,
    TerminalUsed,
    TestsFinished,
    Viewed,
)
from foretrace_telemetry.exchange.places import SCHEME
from foretrace_telemetry.recorded_traces import exercise_of, path_of, share_passed
from foretrace_telemetry.replay import Replay, take

_STATES = (Opened, Saved, RunFinished, TestsFinished, Foreign)
_DONE = (
    *(Edited, Opened, Saved, Closed, Viewed, Selected, Copied, TerminalUsed, Debugged),
    *(CompletionAccepted, AgentAsked, RunFinished, TestsFinished, Foreign),
)
_WITHHELD = "withheld:"
_PROBLEMS = "problems"
_CORRECT = {"TRUE": 1.0, "FALSE": 0.0}


@define
class Track:
    """What was counted of one document in one session, and what goes on in it."""

    assignment: str
    is_python: bool
    signs: Signs
    first_wall_us: int
    last_wall_us: int
    active_us: int = 0
    is_worked_on: bool = False
    has_keystrokes: bool = False
    edits: int = 0
    runs: int = 0
    failed_runs: int = 0
    tests: int = 0
    best_share: float | None = None
    passed_wall_us: int | None = None
    errors: dict[str, ErrorCount] = field(factory=dict)
    last_state: str = ""
    has_problems: bool = False

    def count_error(self, source: ErrorSource, kind: str, wall_us: int) -> None:
        """Count an error once more."""
        name = f"{source.value} {kind}"
        before = self.errors.get(name, ErrorCount(kind, source, 0, wall_us))
        self.errors[name] = evolve(before, times=before.times + 1, last_wall_us=wall_us)


@frozen
class Accounted:
    """What is kept of a session: how much of it was looked at, and what came of that.

    `through` is the number of the last event that was looked at.
    """

    through: int
    started_wall_us: int
    ended_wall_us: int
    editor: str
    integrity: Integrity
    works: tuple[Work, ...]


@define
class Account:
    """Takes in the events of one session. All of it is JSON-able, to go on from."""

    session: str
    started_wall_us: int
    editor: str
    idle_limit_us: int
    tracks: dict[str, Track] = field(factory=dict)
    replay: Replay = field(factory=Replay)
    through: int = 0
    ended_wall_us: int = 0
    events: int = 0
    erased_events: int = 0
    gaps: int = 0
    front: str | None = None
    last_us: int = 0
    # What was made of the texts of `replay`; it is made anew where the account was kept.
    _standing: dict[str, Standing] = field(factory=dict, init=False, eq=False)

    def take_all(self, events: Iterable[Recorded]) -> None:
        """Take in the next events of the session."""
        for recorded in events:
            self._take(recorded)

    def accounted(self) -> Accounted:
        """Return what came of it so far."""
        exact = self.replay.exact and None not in self.replay.texts.values()
        integrity = Integrity(
            *(1, self.events, self.erased_events, self.gaps, self.replay.resyncs),
            *(int(exact), float(exact)),
        )
        works: dict[str, Work] = {}
        for track in self.tracks.values():
            if track.is_worked_on:
                work, other = _work_of(track), works.get(track.assignment)
                # Two documents of an assignment are still one session.
                works[track.assignment] = (
                    work if other is None else evolve(merged([other, work]), sessions=1)
                )
        return Accounted(
            self.through,
            self.started_wall_us,
            max(self.ended_wall_us, self.started_wall_us),
            self.editor,
            integrity,
            tuple(works.values()),
        )

    def _take(self, recorded: Recorded) -> None:
        event, body = recorded.event, recorded.event.body
        self.gaps += recorded.sequence != self.through + 1
        take(self.replay, recorded)
        if isinstance(body, Erased):
            self.through = body.last
            self.erased_events += body.last - body.first + 1
            self.front = None  # how long what was forgotten took is forgotten, too
            return
        self.through = recorded.sequence
        self.events += 1
        self.ended_wall_us = max(self.ended_wall_us, event.wall_us)
        mark = Mark(recorded.sequence, event.wall_us)
        if _is_sign_of_person(event):
            self._pass_time(event, mark)
        uri = event.uri or self.front
        if uri is not None:
            self._look_at(self._track_of(uri, event), mark, event, self._standing_of(uri))

    def _standing_of(self, uri: str) -> Standing | None:
        """Return the text of a document as it stands now; None where it is not known."""
        text = self.replay.texts.get(uri)
        standing = self._standing.get(uri)
        if text is None:
            self._standing.pop(uri, None)
            return None
        if standing is None or standing.text is not text:
            standing = self._standing[uri] = Standing(text)
        return standing

    def _pass_time(self, event: Event, mark: Mark) -> None:
        """Count the time since the last sign of the person to what was before them."""
        if self.front is not None:
            track = self.tracks[self.front]
            gap_us = event.monotonic_us - self.last_us
            if 0 <= gap_us <= self.idle_limit_us:
                track.active_us += gap_us
            track.signs.went_on(mark, event.monotonic_us)
        if event.uri is not None:
            self.front = event.uri
            track = self._track_of(event.uri, event)
            track.last_wall_us = max(track.last_wall_us, event.wall_us)
        self.last_us = event.monotonic_us

    def _track_of(self, uri: str, event: Event) -> Track:
        if uri not in self.tracks:
            self.tracks[uri] = Track(
                assignment_of(uri),
                _is_python(uri, self.editor),
                Signs(self.session),
                event.wall_us,
                event.wall_us,
            )
        return self.tracks[uri]

    def _look_at(self, track: Track, mark: Mark, event: Event, standing: Standing | None) -> None:
        body = event.body
        if isinstance(body, Opened):
            track.is_python = body.language_id == "python" or track.is_python
        elif isinstance(body, Edited) and _is_of_person(event):
            track.is_worked_on = track.has_keystrokes = True
            track.edits += 1
        elif isinstance(body, RunFinished):
            self._look_at_run(track, mark, event, body, standing)
        elif isinstance(body, Diagnosed):
            if body.errors and not track.has_problems:
                track.count_error(ErrorSource.EDITOR, _PROBLEMS, event.wall_us)
            track.has_problems = body.errors > 0
        if isinstance(body, _STATES) and standing is not None and not _is_blank(standing.text):
            self._look_at_state(track, mark, event, standing)
        share = _share_passed(body)
        if share is not None:
            self._look_at_result(track, mark, event, share, standing)

    def _look_at_run(
        self,
        track: Track,
        mark: Mark,
        event: Event,
        body: RunFinished,
        standing: Standing | None,
    ) -> None:
        track.is_worked_on = True
        track.runs += 1
        error, around = None, ""
        if body.failed:
            error = body.error_type or f"exit code {body.exit_code}"
            track.failed_runs += 1
            track.count_error(ErrorSource.RUN, error, event.wall_us)
            self._note_failure(track, mark, event, error)
            around = standing.around(body.line) if standing is not None else ""
        track.signs.ran(mark, error, around)

    def _look_at_state(self, track: Track, mark: Mark, event: Event, standing: Standing) -> None:
        is_new = standing.digest != track.last_state
        track.last_state = standing.digest
        if isinstance(event.body, Foreign):
            track.is_worked_on = True
            track.edits += is_new
        if not is_new:
            return
        wrong = syntax_kind(standing.text) if track.is_python else None
        if wrong is not None:
            track.count_error(ErrorSource.TEXT, wrong.value, event.wall_us)
        words = wrong.value if wrong else None
        track.signs.stood(mark, standing.digest, words, track.active_us)

    def _look_at_result(
        self, track: Track, mark: Mark, event: Event, share: float, standing: Standing | None
    ) -> None:
        track.is_worked_on = True
        track.tests += 1
        track.best_share = max(share, track.best_share or 0.0)
        if share == 1 and track.passed_wall_us is None:
            track.passed_wall_us = event.wall_us
        if share < 1:
            self._note_failure(track, mark, event, "tests that fail")
        track.signs.tested(mark, share, standing.digest if standing is not None else None)

    def _note_failure(self, track: Track, mark: Mark, event: Event, error: str) -> None:
        # Without keystrokes nobody knows whether there was a pause.
        if track.has_keystrokes:
            track.signs.failed(mark, error, event.monotonic_us)


def assignment_of(uri: str) -> str:
    """Return the assignment of a document: as another tool told it, else the name of the file."""
    return NAME_WITHHELD if uri.startswith(_WITHHELD) else exercise_of(uri)


def _is_blank(text: str) -> bool:
    return not text or text.isspace()


def _share_passed(body: Body) -> float | None:
    """Return the share of tests that pass; where only whether all do is told, it is 1 or 0."""
    share = share_passed(body)
    if share is None and isinstance(body, Foreign):
        return _CORRECT.get(dict(body.columns).get("Correct", "").upper())
    return share


def _work_of(track: Track) -> Work:
    errors = sorted(track.errors.values(), key=lambda each: (-each.times, each.source, each.kind))
    signals: list[StuckSignal] = sorted(track.signs.signals, key=lambda each: each.first_wall_us)
    return Work(
        track.assignment,
        track.first_wall_us,
        track.last_wall_us,
        track.active_us / 1e6,
        1,
        track.edits,
        track.runs,
        track.failed_runs,
        track.tests,
        track.best_share,
        track.passed_wall_us,
        tuple(errors),
        tuple(signals),
    )


def _is_python(uri: str, editor: str) -> bool:
    """Return whether a document is a Python program, by its name; of others, by the tools."""
    suffix = path_of(uri).suffix.lower()
    return suffix == ".py" or (
        not suffix and uri.startswith(SCHEME) and "python" in editor.casefold()
    )


def _is_of_person(event: Event) -> bool:
    return event.actor not in (Actor.TOOL, Actor.EXTERNAL)


def _is_sign_of_person(event: Event) -> bool:
    """Return whether an event shows that the person was there."""
    body: Body = event.body
    if isinstance(body, SuggestionMoved):
        return body.stage in (SuggestionStage.ACCEPTED, SuggestionStage.DISMISSED)
    if isinstance(body, IntentNoted):
        return body.stage is not IntentStage.PREDICTED
    return isinstance(body, _DONE) and _is_of_person(event)
