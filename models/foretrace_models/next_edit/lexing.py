"""The words of a line in any language, what is a keyword, and where code is not code.

Nothing here parses: what somebody is in the middle of writing rarely does.
"""

from __future__ import annotations

import keyword
import re
from enum import Enum

from attrs import frozen

_TOKEN = re.compile(
    r"""(?P<name>[^\W\d]\w*)|(?P<number>\d\w*(?:\.\w+)?)"""
    r"""|(?P<string>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\\n])*`)|(?P<mark>\S)"""
)
_WORDS = re.compile(r""""(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|\w+""")
_NAME = re.compile(r"[^\W\d]\w*")

_COMMON = frozenset(
    [
        "abstract",
        "as",
        "async",
        "await",
        "auto",
        "bool",
        "boolean",
        "break",
        "case",
        "catch",
        "char",
        "class",
        "const",
        "continue",
        "default",
        "delete",
        "do",
        "double",
        "else",
        "enum",
        "export",
        "extends",
        "false",
        "final",
        "finally",
        "float",
        "for",
        "function",
        "goto",
        "if",
        "implements",
        "import",
        "in",
        "instanceof",
        "int",
        "interface",
        "let",
        "long",
        "namespace",
        "new",
        "null",
        "of",
        "override",
        "package",
        "private",
        "protected",
        "public",
        "readonly",
        "return",
        "short",
        "static",
        "struct",
        "super",
        "switch",
        "template",
        "this",
        "throw",
        "throws",
        "true",
        "try",
        "type",
        "typeof",
        "undefined",
        "unsigned",
        "using",
        "var",
        "void",
        "volatile",
        "while",
        "with",
        "yield",
        "self",
        "cls",
        "None",
        "True",
        "False",
        "string",
        "number",
        "print",
    ]
)
_KEYWORDS = _COMMON | frozenset(keyword.kwlist)

_HASH = frozenset({"python", "ruby", "shellscript", "r", "yaml", "toml", "julia", "perl"})
_SLASHES = frozenset(
    [
        "javascript",
        "typescript",
        "javascriptreact",
        "typescriptreact",
        "java",
        "c",
        "cpp",
        "csharp",
        "go",
        "rust",
        "dart",
        "kotlin",
        "swift",
        "php",
        "scala",
    ]
)
MARKUP = frozenset(
    ["html", "xml", "svelte", "vue", "javascriptreact", "typescriptreact", "handlebars", "php"]
)
_QUIET_HASH = re.compile(
    r'"""(?:\\.|[^\\])*?"""|' + r"'''(?:\\.|[^\\])*?'''|"
    r'"(?:\\.|[^"\\\n])*"|' + r"'(?:\\.|[^'\\\n])*'|#[^\n]*",
    re.DOTALL,
)
_QUIET_SLASHES = re.compile(
    r"//[^\n]*|/\*.*?\*/|" + r'"(?:\\.|[^"\\\n])*"|' + r"'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`",
    re.DOTALL,
)


class Kind(str, Enum):
    """What a token is."""

    NAME = "name"
    NUMBER = "number"
    STRING = "string"
    MARK = "mark"


@frozen
class Token:
    """A token of a line; `start` and `end` are offsets in it, in code points."""

    kind: Kind
    text: str
    start: int
    end: int


def lex(line: str) -> list[Token]:
    """Return the tokens of a line, white space left out."""
    return [
        Token(Kind(found.lastgroup or ""), found.group(), found.start(), found.end())
        for found in _TOKEN.finditer(line)
    ]


def shape(line: str) -> str:
    """Return a line with all its words alike and without white space."""
    return "".join(_WORDS.sub("w", line).split())


def open_brackets(line: str) -> int:
    """Return how many more brackets open in a line than close."""
    opening = line.count("(") + line.count("[") + line.count("{")
    return opening - line.count(")") - line.count("]") - line.count("}")


def names(text: str) -> list[str]:
    """Return the names in a text that are no keywords, in order."""
    return [name for name in _NAME.findall(text) if name not in _KEYWORDS]


def is_name(text: str) -> bool:
    """Return whether a text is one name that is no keyword."""
    return _NAME.fullmatch(text) is not None and text not in _KEYWORDS


def is_code(language: str) -> bool:
    """Return whether a language is one of programs, so that a word is a name rather than prose."""
    return language in _HASH or language in _SLASHES


def looks_like_code(name: str) -> bool:
    """Return whether a word looks like a name even in prose: ``likeThis``, ``this_one``, ``x1``."""
    inner = name[1:]
    return "_" in name or (any(c.isdigit() or c.isupper() for c in inner) and not name.isupper())


def quiet_spans(text: str, language: str) -> list[tuple[int, int]]:
    """Return where strings and comments start and end; none for a language that is not known."""
    if language in _HASH:
        pattern = _QUIET_HASH
    elif language in _SLASHES:
        pattern = _QUIET_SLASHES
    else:
        return []
    return [found.span() for found in pattern.finditer(text)]
