"""Simulated laptops and their course: all arrives once, whatever fails; what did not is found."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from tests.courses import make_course
from tests.laptops.comparing import compared
from tests.laptops.figures import figures, table
from tests.laptops.lesson import Lesson, hold
from tests.laptops.work import applied, works

from foretrace_telemetry.events import Actor, Body, Edited, Event, Opened, Resynced, Saved
from foretrace_telemetry.home import Home
from foretrace_telemetry.store import SessionInfo, Store

DOCUMENT = "file:///class/1.py"
WRITTEN = (Opened(""), Edited(0, "", "a"), Saved("a digest, which stays on the laptop"))


def test_a_class_loses_and_doubles_nothing_whatever_dies(data: Path, tmp_path: Path) -> None:
    lesson = Lesson(laptops=12, seconds=20.0, killed_share=0.2, faulty_share=0.3)
    for folder in ("course", "laptops"):
        (tmp_path / folder).mkdir()
    hold(lesson, tmp_path / "course", tmp_path / "laptops", data)
    found = figures(lesson)
    assert found["is_equal"], found
    assert found["sessions"] >= lesson.laptops
    assert found["events"] > 100
    assert lesson.kills
    assert lesson.server_kills == 1
    assert found["faults"]
    assert f"| Unequal | {len(found['unequal'])} |" in table(found)


def test_what_laptops_type_leads_to_what_people_wrote(data: Path) -> None:
    typed = list(works(data, laptops=11, changes=300, seed=7))
    assert [sum(len(work.changes) for work in each) for each in typed] == [300] * 11
    for work in (work for each in typed for work in each):
        text = work.start
        for change in work.changes:
            assert text[change.offset :].startswith(change.removed)
            text = applied(text, change)
    # The same seed gives the same work.
    assert typed == list(works(data, laptops=11, changes=300, seed=7))


@pytest.mark.parametrize(
    ("there", "named"),
    [
        ((Opened(""), Edited(0, "", "a"), Saved()), []),
        ((Opened(""), Edited(0, "", "a")), ["3 events on the laptop, 2 in the course"]),
        (
            (Opened(""), Edited(0, "", "b"), Saved()),
            ["event 2 is another one in the course", "the texts differ"],
        ),
        ((), ["3 events on the laptop, 0 in the course", "the texts differ"]),
        (
            (Opened(""), Edited(0, "", "a"), Saved(), Resynced("a", "twice")),
            ["3 events on the laptop, 4 in the course"],
        ),
    ],
)
def test_what_a_course_has_not_as_the_laptop_is_found(
    tmp_path: Path, there: tuple[Body, ...], named: list[str]
) -> None:
    course, _ = make_course(tmp_path / "c", "ada")
    laptop = Home(tmp_path / "laptop")
    record(laptop, "s-1", None, WRITTEN)
    record(course.home, "s-1-ada" if there else "s-2-ada", "ada", there)
    found = compared(course, {"ada": laptop})
    missing = [] if there else ["s-2-ada: no laptop has it"]
    assert found.unequal == [*(f"s-1-ada: {why}" for why in named), *missing]
    assert (found.sessions, found.events, found.characters) == (1, 3, 1)


def record(home: Home, name: str, subject: str | None, bodies: tuple[Body, ...]) -> None:
    with closing(Store.create(home)) as store:
        info = SessionInfo(name, 0, "0.1", subject=subject, source=subject and "collect")
        writer = store.begin_session(info)
        events = [Event(n, n, Actor.USER, body, DOCUMENT, n) for n, body in enumerate(bodies)]
        if events:
            writer.append_whole(events)
