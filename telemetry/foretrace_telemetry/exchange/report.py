"""The integrity report of an export: how whole what left is, and what was taken out of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from attrs import asdict, define, field

REPORT_VERSION = 1

_SUMS = (
    "events",
    "edits",
    "saves_checked",
    "redactions",
    "redacted_characters",
    "erasures",
    "pseudonyms_characters",
)


@define
class SessionReport:
    """How whole a session is: whether it replays exactly and where not, and what was taken out.

    `content` is `full`, `metadata`, `mixed`, or `none` where no text was ever there.
    `pseudonyms_characters` counts what names, addresses and homes gave way to.
    """

    session: str
    subject: str | None = None
    source: str | None = None
    content: str = "none"
    events: int = 0
    edits: int = 0
    exact: bool = True
    problems: list[str] = field(factory=list)
    saves_checked: int = 0
    resyncs: dict[str, int] = field(factory=dict)
    redactions: int = 0
    redacted_characters: int = 0
    erasures: int = 0
    pseudonyms_characters: int = 0


@define
class IntegrityReport:
    """What an export says of itself. `consent` is what held when it was made."""

    format: str
    made_wall_us: int
    foretrace_version: str
    consent: dict[str, Any]
    sessions: list[SessionReport] = field(factory=list)

    @property
    def exact(self) -> bool:
        """Whether every session replays exactly."""
        return all(session.exact for session in self.sessions)

    def to_json(self) -> dict[str, Any]:
        """Return the report as a JSON object, with sums over all sessions."""
        return {
            "report_version": REPORT_VERSION,
            "format": self.format,
            "made_wall_us": self.made_wall_us,
            "foretrace_version": self.foretrace_version,
            "consent": self.consent,
            "exact": self.exact,
            "resyncs": sum(sum(session.resyncs.values()) for session in self.sessions),
            **{name: sum(getattr(session, name) for session in self.sessions) for name in _SUMS},
            "sessions": [asdict(session) for session in self.sessions],
        }


def report_beside(path: Path) -> Path:
    """Return where the report lies of an export that is one file and cannot hold it."""
    return path.with_name(f"{path.name}.integrity.json")
