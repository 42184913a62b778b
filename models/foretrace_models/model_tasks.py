"""What can be asked of a language model: each method is a task."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from foretrace_models.batching import Task, Text
from foretrace_models.language_model import LanguageModel
from foretrace_models.proposing import propose
from foretrace_models.wording import word


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


TASKS: dict[str, Callable[[dict[str, Any], LanguageModel], Task]] = {
    "generate": generate,
    "propose": propose,
    "word": word,
}
