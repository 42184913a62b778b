"""What a policy says, in words: to who sets it, and to the person whom it concerns."""

from __future__ import annotations

from datetime import datetime

from foretrace_models.repair.assignment import Level
from foretrace_server.policy.reading import CoursePolicy, Study
from foretrace_server.policy.rules import HelpLimit, Part, Policy, Rule, Span, limits
from foretrace_telemetry.language import t
from foretrace_telemetry.machine_policy import MachinePolicy

_ALLOWS = {
    Level.OFF: "no help",
    Level.NUDGE: "up to a nudge",
    Level.HINT: "up to a hint",
    Level.STEP: "up to a step",
    Level.FIX: "up to the whole fix",
}


def limit_words(found: HelpLimit, now_wall_us: int) -> str:
    """Return what is allowed now: "the course A allows up to a hint until 12:00"."""
    help = t(_ALLOWS[found.limit.ceiling])
    if found.course is None:
        words = t("this machine's policy allows {help}", help=help)
    elif found.assignment is None:
        words = t("the course {course} allows {help}", course=found.course, help=help)
    else:
        words = t(
            "the course {course} allows {help} in the assignment {assignment}",
            course=found.course,
            help=help,
            assignment=found.assignment,
        )
    if found.limit.until_wall_us is not None:
        time = time_words(found.limit.until_wall_us, now_wall_us)
        words = t("{words} until {time}", words=words, time=time)
    return f"{words}{found.because}"


def machine_words(policy: MachinePolicy) -> str | None:
    """Return what the policy of a machine does, and whom to ask; None where it does nothing."""
    deeds = policy.deeds
    if policy.ceiling is not None:
        allows = t("allows {help}", help=t(_ALLOWS[Level(policy.ceiling)]))
        deeds = (allows, *deeds)
    return policy.words(", ".join(deeds)) if deeds else None


def student_words(policy: Policy, now_wall_us: int) -> list[str]:
    """Return what a policy means for a student: now, later, and in a study."""
    now = [limit_words(each, now_wall_us) for each in limits(policy, now_wall_us)]
    later = [
        rule_words(rule, now_wall_us)
        for rule in policy.rules
        if rule.from_wall_us is not None and rule.from_wall_us > now_wall_us
    ]
    part = policy.part
    studied = part is not None and not part.is_over_at(now_wall_us)
    return [
        *(now or [f"the course {policy.course} sets no limit now"]),
        *later,
        *([part_words(part, now_wall_us)] if part is not None and studied else []),
    ]


def rule_words(rule: Rule, now_wall_us: int) -> str:
    """Return what a rule says, and when."""
    about = "all assignments" if rule.assignment is None else f"the assignment {rule.assignment}"
    return f"{about}: {_ALLOWS[rule.ceiling]}{_span_words(rule, now_wall_us)}"


def part_words(part: Part, now_wall_us: int) -> str:
    """Return what a student is told of their part in a study."""
    told = f", of {', '.join(part.told)}" if part.told else ""
    return (
        f"you are in the condition {part.condition}{told} of the study {part.study}"
        f"{_span_words(part, now_wall_us)}"
    )


def policy_words(policy: CoursePolicy, now_wall_us: int) -> list[str]:
    """Return what a policy will mean for a class, a line each."""
    lines = [f"{rule_words(rule, now_wall_us)}." for rule in policy.rules]
    if policy.study is not None:
        lines += _study_words(policy.study, now_wall_us)
    if not lines:
        return ["The course sets no limit: what the assignment files say holds."]
    return [
        *(line[0].upper() + line[1:] for line in lines),
        "Where several of these hold, the strictest does, and so do an assignment file and a "
        "student's own level that are stricter.",
    ]


def time_words(wall_us: int, now_wall_us: int) -> str:
    """Return a moment by the clock of this computer, with its day unless that is today."""
    moment, now = (
        datetime.fromtimestamp(each / 1e6).astimezone() for each in (wall_us, now_wall_us)
    )
    seconds = ":%S" if moment.second else ""
    day = "" if moment.date() == now.date() else "%Y-%m-%d "
    return moment.strftime(f"{day}%H:%M{seconds}")


def _study_words(study: Study, now_wall_us: int) -> list[str]:
    shares = sum(each.share for each in study.conditions)
    return [
        f"study {study.id}{_span_words(study, now_wall_us)}: each student is in one condition.",
        *(
            f"  {each.name}: {_ALLOWS[each.ceiling]}, {each.share / shares:.0%} of the students."
            for each in study.conditions
        ),
        "Students are told the names of all conditions."
        if study.tell_conditions
        else "Students are told the name of their own condition, and of no other.",
    ]


def _span_words(span: Span, now_wall_us: int) -> str:
    words = ""
    if span.from_wall_us is not None:
        words += f" from {time_words(span.from_wall_us, now_wall_us)}"
    if span.until_wall_us is not None:
        words += f" until {time_words(span.until_wall_us, now_wall_us)}"
    return f"{words} (over)" if span.is_over_at(now_wall_us) else words
