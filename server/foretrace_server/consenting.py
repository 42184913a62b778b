"""Consenting: what a person decides about recording in their editor goes to the log of decisions.

The editor shows the notice and asks; that a decision is complete, and what it leads to, is settled
here, so that it means the same in every editor.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timezone
from enum import Enum
from typing import Any, TypeVar

from pygls.exceptions import JsonRpcInternalError, JsonRpcInvalidParams

from foretrace_telemetry import consent
from foretrace_telemetry.consent import Action, Content, ForbiddenError, Scope
from foretrace_telemetry.home import Home
from foretrace_telemetry.language import spoken
from foretrace_telemetry.notices import NOTICE_VERSION

_Choice = TypeVar("_Choice", bound=Enum)


def notice() -> dict[str, Any]:
    """Return the text that a person consents to, its version, and its language."""
    language = spoken()
    text = consent.notice(Home.default(), datetime.now(timezone.utc), language=language)
    return {"version": NOTICE_VERSION, "language": language, "text": text}


def decide(action: Any, terms: Any, editor: str) -> dict[str, Any]:
    """Write a decision down and return what holds from now on.

    `terms` may name `scopes`, and for a grant must name the `content`: nobody is recorded with
    their text because a field was left out.

    Raises:
        JsonRpcInvalidParams: the decision is not one that there is, or not complete, or the policy
            of the machine forbids it.
        JsonRpcInternalError: it cannot be written.
    """
    if not isinstance(terms, dict):
        raise JsonRpcInvalidParams("the terms of a decision must be an object")
    what = _choice(Action, "action", action)
    scopes = _scopes(terms.get("scopes", []))
    home, now = Home.default(), datetime.now(timezone.utc)
    try:
        if what is Action.GRANT:
            content = _choice(Content, "content", terms.get("content"))
            consent.grant(home, scopes, content, editor, now, language=spoken())
        else:
            consent.decide(home, what, editor, now, scopes)
    except ForbiddenError as error:
        raise JsonRpcInvalidParams(str(error)) from error
    except OSError as error:
        raise JsonRpcInternalError(
            f"the decision cannot be written to {home.consent_log}: {error.strerror}; "
            "name another folder with FORETRACE_HOME"
        ) from error
    return consent.to_json(consent.read_consent(home, now))


def _scopes(names: Any) -> Iterable[Scope]:
    if not isinstance(names, list):
        raise JsonRpcInvalidParams("scopes must be a list")
    return [_choice(Scope, "scopes", name) for name in names]


def _choice(kind: type[_Choice], name: str, value: Any) -> _Choice:
    try:
        return kind(value)
    except ValueError:
        choices = ", ".join(choice.value for choice in kind)
        raise JsonRpcInvalidParams(f"{name} must be one of {choices}, not {value!r}") from None
