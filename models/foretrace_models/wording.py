"""Wording: says in a few words what a change does, and only what stands in it.

A small model makes things up. What it says is kept only if every word of it that means something
occurs in the change itself, in some form; else nothing is said.
"""

from __future__ import annotations

import re
import time
from typing import Any

from foretrace_models.batching import Task, Text
from foretrace_models.language_model import LanguageModel
from foretrace_models.prompts import wording

_MOST_TOKENS = 24
_FEWEST_WORDS = 2
# So many first letters make two words the same: print and printing, name and names.
_STEM = 4
_COMMON = """
a about add adding an and another any are as at be by change changing check checking code correct
correcting create creating define defining each every fix fixing for from function get getting
handle handling how if in instead into is it its line lines make making method move moving new of on
or program remove removing set setting so some that the them this to update updating use using value
values was way what when where which with write writing you
"""
_SAYING_NOTHING = frozenset(_COMMON.split())
_WORD = re.compile(r"[A-Za-z]+")


def grounded(words: str, change: str) -> bool:
    """Return whether every word that means something stands in a change, in some form."""
    known = {part.lower()[:_STEM] for part in _WORD.findall(change)}
    telling = [part.lower() for part in _WORD.findall(words) if part.lower() not in _SAYING_NOTHING]
    return len(telling) >= _FEWEST_WORDS and all(part[:_STEM] in known for part in telling)


def word(params: dict[str, Any], model: LanguageModel) -> Task:
    """Answer with a few words for a change, empty where the model has none that stand in it."""
    change = params["change"]
    (text,) = yield [
        Text(
            prompt=model.tokenizer.encode(wording(change)),
            most_tokens=_MOST_TOKENS,
            stop=("\n", "."),
            deadline=time.monotonic() + float(params["seconds"]),
        )
    ]
    words = text.words.strip()
    return {"words": words if grounded(words, change) else ""}
