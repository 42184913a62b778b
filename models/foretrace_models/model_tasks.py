"""What can be asked of a language model: each method is a task."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from foretrace_models.batching import Reason, Task, Text
from foretrace_models.language_model import LanguageModel
from foretrace_models.next_edit.rewriting import REWRITE, hunk_of
from foretrace_models.prompts import STOP
from foretrace_models.proposing import propose
from foretrace_models.wording import word

# What a rewritten window may be longer than the old one.
_TOKENS_MORE = 96


def generate(params: dict[str, Any], model: LanguageModel) -> Task:
    """Continue one text."""
    started = time.monotonic()
    encode = model.tokenizer.encode
    (text,) = yield [
        Text(
            prompt=encode(params["prompt"]),
            most_tokens=int(params["max_tokens"]),
            stop=tuple(params.get("stop", ())),
            deadline=started + float(params.get("seconds", "inf")),
            lookup=bool(params.get("lookup", True)),
            reuse=bool(params.get("reuse", True)),
        )
    ]
    assert text.reason is not None
    return {
        "text": text.words,
        "reason": text.reason.value,
        "tokens": len(text.output),
        "prompt_tokens": len(text.prompt),
        "reused_tokens": text.reused_tokens,
        "steps": text.steps,
        "first_seconds": text.first_at - started if text.first_at else None,
        "seconds": time.monotonic() - started,
    }


def rewrite(params: dict[str, Any], model: LanguageModel) -> Task:
    """Write the lines of a window as they will be, until it is clear which of them change.

    An answer is `finished` if the model came to its end by itself.
    """
    started = time.monotonic()
    window = tuple(params["window"])
    encode = model.tokenizer.encode
    prompt = encode(params["prompt"])
    most_tokens = len(encode("\n".join(window))) + _TOKENS_MORE
    words, reason = "", None
    if len(prompt) + most_tokens <= model.context:
        (text,) = yield [
            Text(
                prompt=prompt,
                most_tokens=most_tokens,
                stop=(STOP,),
                deadline=started + float(params["seconds"]),
                enough=lambda words: hunk_of(window, words, False) is not None,
            )
        ]
        words, reason = text.words, text.reason
    return {
        "text": words,
        "finished": reason is Reason.STOP,
        "seconds": time.monotonic() - started,
    }


TASKS: dict[str, Callable[[dict[str, Any], LanguageModel], Task]] = {
    "generate": generate,
    "propose": propose,
    REWRITE: rewrite,
    "word": word,
}
