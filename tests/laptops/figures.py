"""The figures of a lesson."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.laptops.lesson import Lesson, Round


def figures(lesson: Lesson) -> dict[str, Any]:
    """Return all figures of a lesson as one JSON object; times in milliseconds, sizes in bytes."""
    rounds, compared = lesson.rounds, lesson.compared
    arrived = [each for each in rounds if not each.troubled]
    is_whole = not (compared.unequal or lesson.unsent or lesson.refused or lesson.lost)
    return {
        "laptops": lesson.laptops,
        "minutes": lesson.seconds / 60,
        "sessions": compared.sessions,
        "events": compared.events,
        "characters": compared.characters,
        "events_per_second": compared.events / (lesson.seconds + max(0.0, lesson.rest_seconds)),
        "is_equal": is_whole,
        "unequal": compared.unequal,
        "not_sent": lesson.unsent,
        "refused": lesson.refused,
        "lost": lesson.lost,
        "pushes": lesson.pushes,
        "pushes_killed": lesson.kills,
        "pushes_failed": sum(each.troubled for each in rounds),
        "push_quiet": _times([each for each in arrived if each.quiet]),
        "push_disturbed": _times([each for each in arrived if not each.quiet]),
        "requests": lesson.requests,
        "faults": lesson.faults,
        "server_kills": lesson.server_kills,
        "disk_full_seconds": lesson.full_seconds,
        "rest_seconds": lesson.rest_seconds,
        "server_cpu_seconds": lesson.usage.cpu_seconds,
        "server_most_bytes": lesson.usage.most_bytes,
        "course_bytes": lesson.course_bytes,
        "laptops_bytes": lesson.laptops_bytes,
        "laptops_cpu_seconds": lesson.laptops_cpu_seconds,
    }


def table(found: dict[str, Any]) -> str:
    """Return the figures as a table in Markdown."""
    quiet, disturbed = found["push_quiet"], found["push_disturbed"]
    faults = ", ".join(f"{number} {fault}" for fault, number in found["faults"].items())
    rows = [
        ("Laptops, minutes", f"{found['laptops']}, {found['minutes']:.1f}"),
        ("Sessions, events", f"{found['sessions']:,}, {found['events']:,}"),
        ("Unequal", f"{len(found['unequal'])}"),
        (
            "Not sent, refused, lost",
            f"{found['not_sent']}, {found['refused']}, {len(found['lost'])}",
        ),
        ("Events per second", f"{found['events_per_second']:.0f}"),
        (
            "Pushes, killed, failed",
            "{pushes:,}, {pushes_killed:,}, {pushes_failed:,}".format(**found),
        ),
        ("A push, quiet", _words(quiet)),
        ("A push that got through faults", _words(disturbed)),
        ("Requests", f"{found['requests']:,}; {faults}"),
        (
            "Server killed, disk full",
            f"{found['server_kills']} time, {found['disk_full_seconds']:.0f} s",
        ),
        ("All was there after", f"{found['rest_seconds']:.0f} s"),
        (
            "Server",
            f"{found['server_cpu_seconds']:.0f} s of processor time, "
            f"{found['server_most_bytes'] / 2**20:.0f} MiB",
        ),
        ("Bytes an event in the course", f"{found['course_bytes'] / max(1, found['events']):.0f}"),
    ]
    return "\n".join(["| | |", "| --- | --- |", *(f"| {name} | {value} |" for name, value in rows)])


def _times(rounds: Sequence[Round]) -> dict[str, float]:
    took = sorted(each.seconds * 1000 for each in rounds)
    if not took:
        return {"count": 0, "p50_ms": 0.0, "p95_ms": 0.0, "max_ms": 0.0}
    return {
        "count": len(took),
        "p50_ms": took[len(took) // 2],
        "p95_ms": took[min(len(took) - 1, len(took) * 95 // 100)],
        "max_ms": took[-1],
    }


def _words(times: dict[str, float]) -> str:
    return "{count:,}: p50 {p50_ms:.0f} ms, p95 {p95_ms:.0f} ms, max {max_ms:.0f} ms".format(
        **times
    )
