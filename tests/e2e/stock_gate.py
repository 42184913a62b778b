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
    rb"(?P<head>function (?P<name>[\w$]+)\((?P<extension>[\w$]+),(?P<proposal>[\w$]+)\)\{)"
    rb"return!0\}(?=function [\w$]+\([\w$]+,[\w$]+\)\{if\(!(?P=name)\()"
)
_STOCK = rb"\g<head>return!!\g<extension>.enabledApiProposals?.includes(\g<proposal>)}"
_FOR_ALL = re.compile(rb"(this\._envEnablesProposedApiForAll=)!0")
_EXPECTED = (4, 1)


def main() -> None:
    """Change the scripts of a folder."""
    changed: dict[Path, bytes] = {}
    gates = for_all = 0
    for path in Path(sys.argv[1]).rglob("*.js"):
        before = path.read_bytes()
        text, found = _MAY_USE.subn(_STOCK, before)
        text, found_for_all = _FOR_ALL.subn(rb"\g<1>!1", text)
        gates, for_all = gates + found, for_all + found_for_all
        if text != before:
            changed[path] = text
    if (gates, for_all) != _EXPECTED:
        sys.exit(f"found {gates} gates and {for_all} switches, and not {_EXPECTED}")
    for path, text in changed.items():
        path.write_bytes(text)


if __name__ == "__main__":
    main()
