"""The language in which a process speaks to a person: English, or one that has a catalogue.

A catalogue has English sentences as its keys, like those of the extension for VS Code; gettext's
would have to be compiled. Whatever names a thing for other programs is never translated.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

ENGLISH = "en"

_CATALOGUES = Path(__file__).parent / "catalogues"

_language = ENGLISH
_catalogue: dict[str, str] = {}


def speak(locale: str | None) -> str:
    """Speak the language of a locale, such as ``de-AT``, or else English; return which it is."""
    global _language, _catalogue
    language = re.split(r"[-_.@]", locale or ENGLISH)[0].lower()
    if language != _language:
        _catalogue = read_catalogue(language)
        _language = language if _catalogue else ENGLISH
    return _language


def spoken() -> str:
    """Return the language that is spoken, as its code of ISO 639-1."""
    return _language


def t(sentence: str, /, **values: object) -> str:
    """Return a sentence in the language that is spoken, with values in the place of their names."""
    translated = _catalogue.get(sentence, sentence)
    return translated.format(**values) if values else translated


def read_catalogue(language: str) -> dict[str, str]:
    """Return the sentences of a language; none where there is no catalogue of it."""
    catalogue = _CATALOGUES / f"{language}.json"
    if not language.isalpha() or not catalogue.is_file():
        return {}
    sentences: dict[str, str] = json.loads(catalogue.read_text("utf-8"))
    return sentences
