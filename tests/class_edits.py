"""A class for tests: students who all made the same slip, each in words of their own."""

from __future__ import annotations

from foretrace_models.repair.assignment import Assignment, parse_assignment

ID = "greeting"
ASSIGNMENT = """\
[assignment]
id = "greeting"
entry = "greet.py"

[[test]]
call = "greet('Ada')"
expected = "'Dear Ada!'"

[[test]]
call = "greet('Bob')"
expected = "'Dear Bob!'"
"""
# What no two students share.
OWN_WORDS = (
    "zebra",
    "quince",
    "walnut",
    "ibis",
    "lichen",
    "marzipan",
    "obsidian",
    "teasel",
    "umber",
)


def assignment() -> Assignment:
    """Return the assignment that the class works on."""
    return parse_assignment(ASSIGNMENT, "")


def broken(word: str) -> str:
    """Return what a student wrote first: with a name, a text and a comment of their own."""
    return (
        f"# {word} wrote this\n"
        f"def greet({word}_name):\n"
        f"    note = 'not for {word}'\n"
        f"    return 'Dear' + {word}_name + '!'\n"
    )


def mended(word: str) -> str:
    """Return what the same student wrote then."""
    return broken(word).replace("'Dear'", "'Dear '")
