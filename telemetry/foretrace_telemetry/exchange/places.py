"""Names of documents that were imported: what ProgSnap2 says of the place of an event, in one name.

`imported:main.py?problem=p1` is the file `main.py` of the problem `p1`.
"""

from __future__ import annotations

from urllib.parse import parse_qsl, quote, unquote, urlencode

SCHEME = "imported:"
# The columns of ProgSnap2, and how they are called in a name.
_PARTS = {"AssignmentID": "assignment", "ProblemID": "problem"}
SECTION = "CodeStateSection"
COLUMNS = (SECTION, *_PARTS)


def document_of(row: dict[str, str]) -> str:
    """Return the name of the document that a row of ProgSnap2 concerns."""
    parts = {part: row[column] for column, part in _PARTS.items() if row.get(column)}
    name = SCHEME + quote(row.get(SECTION, ""), safe="/:")
    return f"{name}?{urlencode(parts)}" if parts else name


def columns_of(document: str) -> dict[str, str]:
    """Return the columns of ProgSnap2 that say which document it is."""
    if not document.startswith(SCHEME):
        return {SECTION: document}
    section, _, query = document[len(SCHEME) :].partition("?")
    parts = dict(parse_qsl(query, keep_blank_values=True))
    found = {column: parts[part] for column, part in _PARTS.items() if part in parts}
    return {SECTION: unquote(section), **found} if section else found
