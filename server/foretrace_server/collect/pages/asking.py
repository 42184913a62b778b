"""What a page is asked: who asks, with which form, and whether it came from a page of ours."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from urllib.parse import parse_qsl

import anyio
from attrs import frozen
from starlette.requests import ClientDisconnect, Request

from foretrace_server.collect.pages.visits import Visit

FORM_TOKEN = "form_token"  # noqa: S105 - the name of a field
_MOST_BYTES = 16 * 1024
_MOST_FIELDS = 20
_FORM_SECONDS = 20.0
_OURS = ("same-origin", "none")


class FormError(ValueError):
    """A form is not taken; the message says what to do."""


@frozen
class Asked:
    """A request of somebody who signed in; `path` has the parts of the address that have names."""

    visit: Visit
    path: Mapping[str, str]
    query: Mapping[str, str]
    form: Mapping[str, str]


async def read_form(request: Request) -> dict[str, str]:
    """Return the fields of a form.

    Raises:
        FormError: it is none, is too large, or comes from a page that is not ours.
    """
    # Every browser of today says where a form was. What does not is no browser, and has no cookie
    # that somebody else could make use of.
    if request.headers.get("sec-fetch-site", "none") not in _OURS:
        raise FormError("this form came from another site; open the page anew and try again")
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise FormError("this is no form that a browser sends")
    raw = b""
    try:
        with anyio.fail_after(_FORM_SECONDS):
            async for part in request.stream():
                raw += part
                if len(raw) > _MOST_BYTES:
                    raise FormError("this form is too large")
    except (TimeoutError, ClientDisconnect) as error:
        raise FormError("this form did not come whole; try again") from error
    try:
        return dict(parse_qsl(raw.decode("ascii"), True, True, max_num_fields=_MOST_FIELDS))
    except ValueError as error:
        raise FormError("this is no form that a browser sends") from error


def check_form(form: Mapping[str, str], visit: Visit) -> None:
    """See to it that a form stood in a page of this visit.

    Raises:
        FormError: it did not.
    """
    token = form.get(FORM_TOKEN, "").encode("utf-8", "replace")
    if not hmac.compare_digest(token, visit.form_token.encode()):
        raise FormError("this form is from an earlier visit; open the page anew and try again")
