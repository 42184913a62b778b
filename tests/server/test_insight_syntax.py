"""What is wrong with the syntax of a program, in a word, without Python's own parser."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foretrace_models.repair.parse import syntax_error
from foretrace_server.collect.insight.syntax import MOST_CHARACTERS, SyntaxKind, syntax_kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("print('a)\n", SyntaxKind.QUOTE),
        ('x = """abc\n', SyntaxKind.QUOTE),
        ("print(a\n", SyntaxKind.BRACKET),
        ("a = [1, 2\nb = 3\n", SyntaxKind.BRACKET),
        ("if x\n  y = 1\n", SyntaxKind.COLON),
        ("for i in range(3)\n    pass", SyntaxKind.COLON),
        ("def f():\nreturn 1\n", SyntaxKind.INDENTATION),
        ("if True:\n\tx = 1\n        y = 2\n", SyntaxKind.INDENTATION),
        ("    x = 1\ny = 2\n", SyntaxKind.INDENTATION),
        ("if a:\n        x = 1\n    y = 2\n", SyntaxKind.INDENTATION),
        ("if a:\n    x = 1\nelse:\n", SyntaxKind.INDENTATION),
        ("x = = 2\n", SyntaxKind.OTHER),
        ("print 'a'\n", SyntaxKind.OTHER),
    ],
)
def test_what_is_wrong_has_a_word(text: str, kind: SyntaxKind) -> None:
    assert syntax_kind(text) is kind


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x = [\n1,\n  2]\n",
        's = """\n  a\nb"""\nif s:  # c\n    pass\n',
        "if a and \\\n  b:\n    pass\n",
        "def f(x): return x\n",
        "d = {1:\n 2}\n",
        "\n\n# x\n  # y\nx = f'{a:3}'\n",
        "match x:\n    case 1:\n        pass\n",
        "x: int = 3\ny = a[1:]\n",
        "if x:\n    # c\n    pass\nelse:\n    pass",
        "s = 'it\\'s ('\n",
    ],
)
def test_what_parses_has_none(text: str) -> None:
    assert syntax_kind(text) is None


@given(st.text(alphabet="()[]{}:'\"\\ \n\tif elsdfx=1#é", max_size=60))
def test_no_text_is_too_odd_to_be_looked_at(text: str) -> None:
    syntax_kind(text)


def test_a_text_that_would_harm_a_parser_is_looked_at_in_peace() -> None:
    assert syntax_kind("(" * MOST_CHARACTERS) is SyntaxKind.BRACKET
    syntax_kind("-" * (MOST_CHARACTERS - 1) + "1")
    assert syntax_kind("(" * (MOST_CHARACTERS + 1)) is None
    assert syntax_kind("x = '\udc80'\n") is None


def test_programs_of_students_are_judged_as_python_judges_them(data: Path) -> None:
    with gzip.open(data / "csedm2019_itap" / "sequences.jsonl.gz", "rt", encoding="utf-8") as file:
        texts = [json.loads(line)["code"] for line in file]
    alike = [(syntax_kind(text) is None) == (syntax_error(text) is None) for text in texts]
    # Versions of Python differ in a few of them.
    assert (len(alike), sum(alike) >= 2550) == (2573, True)
