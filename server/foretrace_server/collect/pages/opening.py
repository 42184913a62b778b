"""Opening somebody's work: for a purpose in a few words, noted before anything is shown."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping

from foretrace_server.collect.keeper import Keeper
from foretrace_server.collect.looks import Look, What
from foretrace_server.collect.pages.asking import FormError

MOST_PURPOSE_CHARACTERS = 200
_FEWEST_PURPOSE_CHARACTERS = 5


def purpose_in(form: Mapping[str, str]) -> str:
    """Return the purpose that stands in a form.

    Raises:
        FormError: there is none, or it is no line of text.
    """
    purpose = " ".join(form.get("purpose", "").split())
    if not _FEWEST_PURPOSE_CHARACTERS <= len(purpose) <= MOST_PURPOSE_CHARACTERS:
        raise FormError(
            "say in a few words what you open it for: "
            f"{_FEWEST_PURPOSE_CHARACTERS} to {MOST_PURPOSE_CHARACTERS} characters"
        )
    if not purpose.isprintable():
        raise FormError("the purpose has characters without a sign; write it in plain words")
    return purpose


def noted(
    keeper: Keeper, subjects: Iterable[str], what: What, purpose: str, about: str | None = None
) -> None:
    """Note that students are looked at; it is on the disk then. It blocks.

    Raises:
        BusyError: too much is to be written.
        WithdrawnError: all of them withdrew.
        OSError: it cannot be noted.
        sqlite3.Error: it cannot be noted.
    """
    now_us = time.time_ns() // 1000
    looks = [Look(now_us, subject, what, purpose, about) for subject in subjects]
    keeper.look(looks).result()
