"""The roster: a table of a course's students, as a spreadsheet or a learning platform saves it.

Nothing in it is trusted. No message repeats a cell, for a name can hold what commands a terminal.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Mapping

from attrs import field, frozen

COLUMN = "student"
_DELIMITERS = ",;\t"
_MOST_BYTES = 16 * 2**20
_MOST_CHARACTERS = 200


class RosterError(ValueError):
    """The roster cannot be used; the message says where and why."""


@frozen
class Roster:
    """The students in their order, each once; `repeated` counts lines with one of them again.

    `sections` has the section of each, "" where their cell is empty; nothing where no column was
    named.
    """

    students: tuple[str, ...]
    repeated: int = 0
    sections: Mapping[str, str] = field(factory=dict)


def read_roster(raw: bytes, column: str = COLUMN, section_column: str | None = None) -> Roster:
    """Return the students in a column of a table with a header, and their sections in another.

    Raises:
        RosterError: it is no such table, or a cell of the column says nobody.
    """
    text = _text(raw)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    students: dict[str, str] = {}
    sections: dict[str, str] = {}
    repeated, place, section_place = 0, None, None
    try:
        for cells in lines:
            if not any(cell.strip() for cell in cells):
                continue
            if place is None:
                place = _place(cells, column, "who a student is with --column")
                if section_column is not None:
                    told = "the section of a student with --section-column"
                    section_place = _place(cells, section_column, told)
                continue
            student = _cell(cells, place)
            if not student or not _is_fit(student):
                raise RosterError(
                    f"line {lines.line_num}: the column {column!r} is empty, "
                    f"longer than {_MOST_CHARACTERS} characters, or has characters without a sign"
                )
            repeated += alike(student) in students
            student = students.setdefault(alike(student), student)
            if section_place is not None:
                section = _cell(cells, section_place)
                if not _is_fit(section):
                    raise RosterError(
                        f"line {lines.line_num}: the column {section_column!r} is longer than "
                        f"{_MOST_CHARACTERS} characters, or has characters without a sign"
                    )
                sections.setdefault(student, section)
    except csv.Error as error:
        raise RosterError(f"line {lines.line_num} is not CSV: {error}") from error
    if not students:
        raise RosterError("there is no student in it: it needs a header, and a line for each")
    return Roster(tuple(students.values()), repeated, sections)


def alike(student: str) -> str:
    """Return what is equal for one student however it is written: capitals, spaces, accents."""
    composed = unicodedata.normalize("NFC", " ".join(student.split()))
    return unicodedata.normalize("NFC", composed.casefold())


def _cell(cells: list[str], place: int) -> str:
    return " ".join(cells[place].split()) if place < len(cells) else ""


def _is_fit(cell: str) -> bool:
    return cell.isprintable() and len(cell) <= _MOST_CHARACTERS


def _text(raw: bytes) -> str:
    if len(raw) > _MOST_BYTES:
        raise RosterError(f"it has more than {_MOST_BYTES} bytes, and is hardly a roster")
    encoding = "utf-16" if raw.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) else "utf-8-sig"
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise RosterError("it is neither UTF-8 nor UTF-16; save it anew as CSV in UTF-8") from error


def _delimiter(text: str) -> str:
    """Return what separates the cells: spreadsheets of some languages write semicolons."""
    header = text.lstrip().partition("\n")[0]
    return max(_DELIMITERS, key=header.count)


def _place(header: list[str], column: str, told: str) -> int:
    names = [cell.strip().casefold() for cell in header]
    found = names.count(column.strip().casefold())
    if found != 1:
        problem = "no column" if not found else f"{found} columns"
        raise RosterError(
            f"there is {problem} {column!r} in the header; name the one that says {told}"
        )
    return names.index(column.strip().casefold())
