"""Prompts: a moment as the text that a model reads before it answers, and back.

A prompt has the task, the edits that led here, each with how long it took, and the program as it
is, with the number of each line where the answer will name lines. Past states are told by the lines
that went and came: from the present text they can be undone, one after the other.
"""

from __future__ import annotations

from foretrace_models.traces.answers import (
    Encoding,
    read_lines,
    read_range,
    write_lines,
    write_range,
)
from foretrace_models.traces.line_edits import (
    LINE_END,
    LineEdit,
    line_edits,
    lines_of,
    undone,
)
from foretrace_models.traces.markers import (
    ANSWER,
    EDIT,
    INTO,
    NOW,
    PAST,
    REGION,
    TASK,
    FormatError,
    escaped,
    unescaped,
)
from foretrace_models.traces.moments import Gap, Moment, PastState, Task

# A model card has the version that its model was trained on; another one is not understood.
VERSION = 1

_WORKS = {True: "+", False: "-", None: "?"}
_READ_WORKS = {mark: works for works, mark in _WORKS.items()}


def write_prompt(moment: Moment, encoding: Encoding = Encoding.LINES) -> str:
    """Return the text of a moment, up to where the answer begins."""
    texts = [*(state.text for state in moment.past), moment.text]
    past = [
        PAST
        + state.gap.value
        + _WORKS[state.works]
        + "".join(map(_write_edit, line_edits(state.text, after)))
        for state, after in zip(moment.past, texts[1:], strict=True)
    ]
    region = "" if moment.region is None else REGION + write_range(moment.region)
    return "".join(
        [
            f"{TASK}{moment.task.language} {escaped(moment.task.name)}",
            *past,
            NOW + _WORKS[moment.works],
            _write_state(moment.text, numbered=encoding is Encoding.LINES),
            region,
            ANSWER,
        ]
    )


def read_prompt(prompt: str, encoding: Encoding = Encoding.LINES) -> Moment:
    """Return the moment that a prompt was written from.

    Raises:
        FormatError: the text is no prompt.
    """
    head, now, state = prompt.partition(NOW)
    state, answer, rest = state.partition(ANSWER)
    state, has_region, region = state.partition(REGION)
    task, *past = head.split(PAST)
    language, space, name = task.removeprefix(TASK).partition(" ")
    if not (task.startswith(TASK) and space and now and answer) or rest:
        raise FormatError("the text is no prompt: its task, its state or its end is missing")
    text = _read_state(state[1:], numbered=encoding is Encoding.LINES)
    return Moment(
        Task(language, unescaped(name)),
        text,
        _read_works(state[:1]),
        _read_past(past, text),
        read_range(region) if has_region else None,
    )


def _write_state(text: str, numbered: bool) -> str:
    lines = lines_of(text)
    if not numbered:
        return write_lines(lines)
    return "".join(f"{LINE_END}{n} {escaped(line)}" for n, line in enumerate(lines, start=1))


def _read_state(text: str, numbered: bool) -> str:
    lines = read_lines(text)
    if not numbered:
        return LINE_END.join(lines)
    split = [line.partition(" ") for line in lines]
    if [number for number, _, _ in split] != [str(n + 1) for n in range(len(lines))]:
        raise FormatError("the lines are not numbered")
    return LINE_END.join(line for _, _, line in split)


def _write_edit(edit: LineEdit) -> str:
    place = str(edit.first + 1)
    return EDIT + place + write_lines(edit.removed) + INTO + write_lines(edit.added)


def _read_edit(text: str) -> LineEdit:
    head, into, added = text.partition(INTO)
    place, end, removed = head.partition(LINE_END)
    if not into:
        raise FormatError("an edit does not say what came")
    return LineEdit(read_range(place).first, read_lines(end + removed), read_lines(added))


def _read_past(steps: list[str], text: str) -> tuple[PastState, ...]:
    """Return the states before a text, from the steps that led to it."""
    states: list[PastState] = []
    for step in reversed(steps):
        told, *edits = step.split(EDIT)
        try:
            gap = Gap(told[:1])
            text = undone(text, map(_read_edit, edits))
        except ValueError as error:
            raise FormatError(f"a past step cannot be undone: {error}") from error
        states.append(PastState(text, _read_works(told[1:]), gap))
    return tuple(reversed(states))


def _read_works(mark: str) -> bool | None:
    if mark not in _READ_WORKS:
        raise FormatError(f"{mark!r} does not say whether a state works")
    return _READ_WORKS[mark]
