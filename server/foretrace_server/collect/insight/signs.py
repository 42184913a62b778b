"""Signs of being stuck: what to look for in one document of one session, and how often is often.

Each sign is a guess that names its evidence. It is about a person's work, so only what was recorded
counts: where a text or a result is not known, there is no sign. Texts are known by their digests
here, and a look costs no more where much came before.
"""

from __future__ import annotations

from attrs import define, evolve, field, frozen

from foretrace_server.collect.insight.told import StuckKind, StuckSignal

SAME_ERROR_RUNS = 3
NO_PROGRESS_RESULTS = 5
NOT_PARSING_SECONDS = 600
RETURNS = 3
RETURNS_AMONG_STATES = 10
PAUSE_SECONDS = 180
# Who is away for longer than this does something else.
LONGEST_PAUSE_SECONDS = 1800

MEANINGS = {
    StuckKind.SAME_ERROR: f"the same error in {SAME_ERROR_RUNS} runs in a row or more, with the "
    "lines around it unchanged",
    StuckKind.NO_PROGRESS: f"{NO_PROGRESS_RESULTS} results of tests in a row or more, each of "
    "another text and none better",
    StuckKind.NOT_PARSING: f"{NOT_PARSING_SECONDS // 60} minutes of work or more without a state "
    "that parses",
    StuckKind.BACK_AND_FORTH: f"{RETURNS} of {RETURNS_AMONG_STATES} states or more were texts that "
    "had been left before",
    StuckKind.LONG_PAUSE: f"a pause of {PAUSE_SECONDS // 60} minutes or more at an error",
}


@frozen
class Mark:
    """Where something was seen."""

    sequence: int
    wall_us: int


@frozen
class _Streak:
    """Something that goes on: since when, how often by now, and what it is about."""

    first: Mark
    times: int
    about: str
    around: str = ""


@define
class Signs:
    """Looks on at one document of one session, and keeps the signs that it saw."""

    session: str
    signals: list[StuckSignal] = field(factory=list)
    _open: dict[str, int] = field(factory=dict)
    _errors: _Streak | None = None
    _results: _Streak | None = None
    _best_share: float = 0.0
    _broken: _Streak | None = None
    _broken_since_us: int = 0
    # The texts that stood, by their digests, and which stood last.
    _states: set[str] = field(factory=set)
    _last_state: str = ""
    _state_marks: list[Mark] = field(factory=list)
    _returns: list[bool] = field(factory=list)
    _error_at: Mark | None = None
    _error_at_us: int = 0
    _error_kind: str = ""

    def ran(self, mark: Mark, error: str | None, around: str) -> None:
        """Take in that the program ran; `error` is None where it did not fail.

        The same error means the same kind of error, and the same lines `around` where it happened,
        as a digest; "" where they are not known.
        """
        if error is None:
            self._errors = None
            self._end(StuckKind.SAME_ERROR)
            return
        streak = self._errors
        if streak is not None and (streak.about, streak.around) == (error, around):
            streak = _Streak(streak.first, streak.times + 1, error, around)
        else:
            self._end(StuckKind.SAME_ERROR)
            streak = _Streak(mark, 1, error, around)
        self._errors = streak
        if streak.times >= SAME_ERROR_RUNS:
            unchanged = ", with the lines around it unchanged" if around else ""
            words = f"{error} in {streak.times} runs in a row{unchanged}"
            self._see(
                StuckKind.SAME_ERROR, words, streak.first, mark, times=streak.times, error=error
            )

    def tested(self, mark: Mark, share: float, digest: str | None) -> None:
        """Take in a result of tests: the share that passed, from 0 to 1, and of which text.

        Once all passed, what comes after is no lack of progress.
        """
        standing = digest if digest is not None else f"{mark.sequence}"
        streak = self._results
        if share == 1 or share > self._best_share or streak is None:
            self._end(StuckKind.NO_PROGRESS)
            # The result that the next ones are held against is none of them.
            self._results = _Streak(mark, 0, standing)
        elif self._best_share < 1 and standing != streak.about:
            first = streak.first if streak.times else mark
            self._results = streak = _Streak(first, streak.times + 1, standing)
            if streak.times >= NO_PROGRESS_RESULTS:
                best = f"{100 * self._best_share:.0f} %"
                words = (
                    f"{streak.times} results of tests in a row, each of another text, and none "
                    f"better than the {best} passed before"
                )
                self._see(StuckKind.NO_PROGRESS, words, first, mark, times=streak.times)
        self._best_share = max(share, self._best_share)

    def stood(self, mark: Mark, digest: str, wrong: str | None, active_us: int) -> None:
        """Take in a state: its text, what is wrong with its syntax, and the work until then."""
        self._look_at_syntax(mark, wrong, active_us)
        self._look_at_returns(mark, digest)

    def failed(self, mark: Mark, error: str, at_us: int) -> None:
        """Take in that the person has an error before them, at a moment of the steady clock."""
        self._error_at, self._error_at_us, self._error_kind = mark, at_us, error

    def went_on(self, mark: Mark, at_us: int) -> None:
        """Take in that the person did something, anywhere, at a moment of the steady clock."""
        if self._error_at is None:
            return
        seconds = (at_us - self._error_at_us) / 1e6
        if PAUSE_SECONDS <= seconds <= LONGEST_PAUSE_SECONDS:
            error = self._error_kind
            words = f"a pause of {_minutes(seconds)} at an error ({error})"
            self._see(StuckKind.LONG_PAUSE, words, self._error_at, mark, None, seconds, error)
            self._end(StuckKind.LONG_PAUSE)
        self._error_at = None

    def _look_at_syntax(self, mark: Mark, wrong: str | None, active_us: int) -> None:
        if wrong is None:
            self._broken = None
            self._end(StuckKind.NOT_PARSING)
            return
        if self._broken is None:
            self._broken, self._broken_since_us = _Streak(mark, 0, wrong), active_us
        seconds = (active_us - self._broken_since_us) / 1e6
        if seconds >= NOT_PARSING_SECONDS:
            words = f"{_minutes(seconds)} of work without a state that parses (lastly: {wrong})"
            self._see(
                *(StuckKind.NOT_PARSING, words, self._broken.first, mark),
                seconds=seconds,
                error=wrong,
            )

    def _look_at_returns(self, mark: Mark, digest: str) -> None:
        if digest == self._last_state:
            return
        self._returns = [*self._returns, digest in self._states][-RETURNS_AMONG_STATES:]
        self._state_marks = [*self._state_marks, mark][-RETURNS_AMONG_STATES:]
        self._states.add(digest)
        self._last_state = digest
        times = sum(self._returns)
        if times >= RETURNS:
            words = (
                f"{times} of {len(self._returns)} states in a row were texts that had been left "
                "before"
            )
            self._see(StuckKind.BACK_AND_FORTH, words, self._state_marks[0], mark, times=times)
        else:
            self._end(StuckKind.BACK_AND_FORTH)

    def _see(
        self,
        kind: StuckKind,
        words: str,
        first: Mark,
        last: Mark,
        times: int | None = None,
        seconds: float | None = None,
        error: str | None = None,
    ) -> None:
        """Keep a sign; one that goes on takes the place of what it was before."""
        signal = StuckSignal(
            *(kind, words, self.session, first.sequence, last.sequence),
            *(first.wall_us, last.wall_us, times, seconds, error),
        )
        place = self._open.get(kind.value)
        if place is None:
            self._open[kind.value] = len(self.signals)
            self.signals.append(signal)
        else:
            began = self.signals[place]
            self.signals[place] = evolve(
                signal, first_sequence=began.first_sequence, first_wall_us=began.first_wall_us
            )

    def _end(self, kind: StuckKind) -> None:
        self._open.pop(kind.value, None)


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.0f} minutes"
