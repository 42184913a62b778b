"""Puts back the gate that VS Code has before its proposed API.

code-server opens it to every extension: what works there can be refused by the VS Code that people
have, silently. Run as ``python stock_gate.py FOLDER`` with the folder of VS Code's built scripts.
It changes nothing, and ends with 1, unless it finds exactly the places that are known.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

# The one function that is asked whether an extension may use a proposal, right before the one that
# throws when it may not; in each of the four programs that VS Code is made of.
_MAY_USE = re.compile(
    r"(?P<head>function (?P<name>[\w$]+)\((?P<extension>[\w$]+),(?P<proposal>[\w$]+)\)\{)return!0\}"
    r"(?=function [\w$]+\([\w$]+,[\w$]+\)\{if\(!(?P=name)\()"
)
_STOCK = r"\g<head>return!!\g<extension>.enabledApiProposals?.includes(\g<proposal>)}"
_FOR_ALL = re.compile(r"(this\._envEnablesProposedApiForAll=)!0")
_EXPECTED = (4, 1)


def main() -> int:
    """Change the scripts of a folder; the exit code says whether all was as expected."""
    changed: dict[Path, str] = {}
    gates = for_all = 0
    for path in Path(sys.argv[1]).rglob("*.js"):
        before = path.read_text(encoding="utf-8", errors="surrogateescape")
        text, found = _MAY_USE.subn(_STOCK, before)
        text, found_for_all = _FOR_ALL.subn(r"\g<1>!1", text)
        gates, for_all = gates + found, for_all + found_for_all
        if text != before:
            changed[path] = text
    if (gates, for_all) != _EXPECTED:
        print(f"found {gates} gates and {for_all} switches, and not {_EXPECTED}", file=sys.stderr)
        return 1
    for path, text in changed.items():
        path.write_text(text, encoding="utf-8", errors="surrogateescape")
    return 0


if __name__ == "__main__":
    sys.exit(main())
