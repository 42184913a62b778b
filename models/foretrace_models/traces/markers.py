"""Markers of the text that a model reads, and how a person's text is kept from looking like one.

Each marker is a control character: one token in every tokenizer that knows bytes, and nothing that
belongs in a program. One that a text has nevertheless is escaped, so no text can say anything in
the name of the format.
"""

from __future__ import annotations

import re

TASK = "\x01"
PAST = "\x02"
EDIT = "\x03"
INTO = "\x04"
NOW = "\x05"
REGION = "\x06"
ANSWER = "\x07"
END = "\x08"
_ESCAPE = "\x10"

# Halves of characters are escaped, too: they cannot be encoded.
_RESERVED = re.compile(f"[{TASK}-{END}{_ESCAPE}\ud800-\udfff]")
_ESCAPED = re.compile(f"{_ESCAPE}([0-9a-f]{{1,4}}){_ESCAPE}")


class FormatError(ValueError):
    """A text is not in the format; models write such texts."""


def escaped(text: str) -> str:
    """Return a person's text without a character that is reserved."""
    return _RESERVED.sub(lambda match: f"{_ESCAPE}{ord(match[0]):x}{_ESCAPE}", text)


def unescaped(text: str) -> str:
    """Return the text that was escaped.

    Raises:
        FormatError: it has a reserved character that does not escape one.
    """
    plain = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
    if _RESERVED.search(_ESCAPED.sub("", text)):
        raise FormatError("a reserved character stands in a text")
    return plain
