"""What is recorded of one coder: their traces, and the sessions that these were made of."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import evolve, frozen

from foretrace_models.coder.profile import Profile, merged, profile_of
from foretrace_models.repair.tokens import root_of
from foretrace_telemetry.recorded_traces import RecordedTrace, recorded_traces_of
from foretrace_telemetry.session_writer import newest_erasure
from foretrace_telemetry.store import SessionSummary, Store
from foretrace_telemetry.traces import Trace

# A vector is made of so many traces at most, the latest.
MOST_KNOWN = 8


@frozen
class Work:
    """What is recorded of a coder: so many sessions, and traces, the one worked on last at the end.

    `coder` is None for the person at this machine; others came in by an import. `newest_erasure` is
    the number of the newest one when it was read.
    """

    coder: str | None
    sessions: int
    traces: tuple[RecordedTrace, ...]
    newest_erasure: int

    @property
    def known(self) -> tuple[RecordedTrace, ...]:
        """The traces that a vector is made of."""
        return self.traces[-MOST_KNOWN:]

    def profile(self) -> Profile:
        """Return the profile of all traces."""
        return merged(profile_of(each.trace) for each in self.traces)


def coders_in(sessions: Iterable[SessionSummary]) -> list[str | None]:
    """Return whose sessions there are, each once, in the order of their last; None is one's own."""
    last = {_coder_of(session): number for number, session in enumerate(sessions)}
    return sorted(last, key=lambda coder: last[coder])


def work_of(store: Store, coder: str | None) -> Work:
    """Return what is recorded of a coder.

    Raises:
        NoTracesError: a session was removed meanwhile.
        UnreadableEventError: an event cannot be made of its row.
    """
    erasure = newest_erasure(store.db) if store.db["erasures"].exists() else 0
    names = [each.name for each in store.sessions() if _coder_of(each) == coder]
    found = recorded_traces_of(map(store.events, names), coder or "")
    found = [evolve(each, trace=_with_language(each.trace)) for each in found]
    found.sort(key=lambda each: each.trace.last.wall_us or 0)
    return Work(coder, len(names), tuple(found), erasure)


def _coder_of(session: SessionSummary) -> str | None:
    """Return whose a session is; an imported one that does not say stands for itself."""
    return None if session.source is None else session.subject or session.name


def _with_language(trace: Trace) -> Trace:
    """Return a trace with its language: what was imported without, and parses, is Python."""
    if trace.language or not any(_is_python(state.text) for state in trace.states):
        return trace
    return evolve(trace, language="python")


def _is_python(text: str) -> bool:
    return not root_of(text.encode("utf-8", "surrogatepass")).has_error
