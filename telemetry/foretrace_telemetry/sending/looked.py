"""Who looked: what a course tells a student of when their work was opened, and what for."""

from __future__ import annotations

import cattrs
from attrs import frozen

from foretrace_telemetry.clock import is_moment
from foretrace_telemetry.sending.calling import Line, UnreachableError, printable
from foretrace_telemetry.sending.courses import Course

LOOKS = "/v1/looks"
_TIMEOUT_SECONDS = 5.0
_WORDS = {
    "page": "your page",
    "progress": "your progress in an assignment",
    "replay": "the replay of session {}",
    "export": "an export with your work in it",
}


@frozen
class Look:
    """The work of a student was opened; `session` is the one that was replayed, if one was."""

    looked_wall_us: int
    what: str
    purpose: str
    session: str | None = None

    @property
    def words(self) -> str:
        """What was opened, fit to be printed."""
        return printable(_WORDS.get(self.what, "your work").format(self.session))


def looks_at_me(course: Course) -> tuple[Look, ...]:
    """Return when somebody's work was opened in a course, the newest first. Asks the course.

    Raises:
        UnreachableError: the course did not answer, or not with that.
    """
    answer = Line(course.address, course.token).ask("GET", LOOKS, _TIMEOUT_SECONDS)
    if answer.status != 200:
        raise UnreachableError(f"the course does not say who looked: {answer.reason}")
    try:
        looks = cattrs.structure(answer.value.get("looks"), tuple[Look, ...])
        if not all(is_moment(look.looked_wall_us) for look in looks):
            raise ValueError("a time that no calendar has")
        return looks
    except (cattrs.BaseValidationError, TypeError, ValueError) as error:
        raise UnreachableError(
            "the course does not say who looked in a way that is known"
        ) from error
