"""A judge of statements: a language model at an address that speaks OpenAI's protocol.

It is sent what was predicted and what was meant, and nothing else.
"""

from __future__ import annotations

import http.client
import json
import os
import urllib.error
import urllib.request
from typing import Any

from attrs import frozen

KEY_VARIABLE = "FORETRACE_JUDGE_KEY"
_SECONDS = 60.0
_QUESTION = (
    "A developer was about to do this:\n{meant}\n\nAn assistant predicted:\n{predicted}\n\n"
    "Is that the same intent, though perhaps in other words or less exactly? Answer yes or no."
)


class JudgeError(ValueError):
    """The judge does not answer, or not with yes or no; the message says what to do."""


@frozen
class Judge:
    """A model at an address such as ``http://localhost:8080/v1``."""

    address: str
    model: str

    def agrees(self, predicted: str, meant: str) -> bool:
        """Return whether a prediction says what was meant.

        Raises:
            JudgeError: there is no answer, or none that can be read.
        """
        said = self._answer(_QUESTION.format(predicted=predicted, meant=meant))
        verdict = said.strip().strip("*\"'`").lower()
        if not verdict.startswith(("yes", "no")):
            raise JudgeError(f"{self.model} said {said[:80]!r}, not yes or no; try another model")
        return verdict.startswith("yes")

    def _answer(self, question: str) -> str:
        asked = {
            "model": self.model,
            "messages": [{"role": "user", "content": question}],
            "temperature": 0,
            "max_tokens": 8,
        }
        headers = {"Content-Type": "application/json"}
        if key := os.environ.get(KEY_VARIABLE):
            headers["Authorization"] = f"Bearer {key}"
        address = f"{self.address.rstrip('/')}/chat/completions"
        try:
            request = urllib.request.Request(address, json.dumps(asked).encode(), headers)  # noqa: S310
            with urllib.request.urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310
                told: Any = json.load(answer)
            return str(told["choices"][0]["message"]["content"])
        except (OSError, http.client.HTTPException, ValueError, LookupError, TypeError) as error:
            raise JudgeError(
                f"{address} does not judge: {error}; --judge names an address that speaks OpenAI's "
                f"protocol, and {KEY_VARIABLE} its key if it wants one"
            ) from error
