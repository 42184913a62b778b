"""Who somebody is, taken out of texts that leave the machine.

User names, host names, full names, e-mail addresses and the folder that a home is named after give
way to pseudonyms: letters made with a key, so that equal names stay equal and nobody without the
key can guess back. A pseudonym is as long as the name and keeps its signs: offsets stay right.
"""

from __future__ import annotations

import builtins
import getpass
import hashlib
import hmac
import keyword
import os
import re
import socket
from collections.abc import Iterable, Iterator
from pathlib import Path

from attrs import frozen

# Accounts of nobody in particular, and names that are words of programs: `max` is a function.
_NOBODY = {"root", "user", "admin", "guest", "home", "student", "public", "shared", "default"}
_NOBODY |= {"localhost", "ubuntu", "debian", "runner", "vscode", "codespace", "all users", "test"}
_WORDS = {name.lower() for name in (*keyword.kwlist, *keyword.softkwlist, *dir(builtins))}
_LEAST_CHARACTERS = 3

# No longer than an address can be: without an end, a long line of signs would be gone through once
# for each of them.
_LOCAL_PART = r"[A-Za-z0-9.!#$&'*+/=?^_`{|}~%-]{0,63}[A-Za-z0-9_]"
_DOMAIN = r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,20}[A-Za-z]{2,63}"
_EMAIL = re.compile(rf"(?<![\w@])(?:mailto:)?(?P<name>{_LOCAL_PART}@{_DOMAIN})(?![\w@])")
# /home/ada, /Users/ada, C:\Users\ada, as they stand in paths, in addresses and in strings.
_HOME = re.compile(
    r"(?:(?<![\w.])(?:/home|/Users|/var/home|/export/home)/"
    r"|\b[A-Za-z](?::|%3A)(?:/|\\\\?)(?:Users|Documents and Settings)(?:/|\\\\?))"
    r"(?P<name>[^/\\\s\"'`:;,<>|*?(){}\[\]]+)",
    re.IGNORECASE,
)
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@frozen
class Identity:
    """The names by which a person and their machine are known, and the key of the pseudonyms."""

    names: tuple[str, ...]
    key: bytes

    @classmethod
    def of_this_machine(cls, key: bytes) -> Identity:
        """Return the names that the system knows of who runs this program."""
        names = {Path.home().name, socket.gethostname(), socket.gethostname().partition(".")[0]}
        for source in (getpass.getuser, _full_name):
            try:
                names.add(source())
            except (ImportError, KeyError, OSError):
                continue  # no such account, or a system without a list of them
        names |= {os.environ.get(name, "") for name in ("USER", "USERNAME", "COMPUTERNAME")}
        return cls(tuple(sorted(filter(_is_telling, names))), key)

    def pseudonym(self, name: str) -> str:
        """Return what stands for a name: as many characters, the same signs in the same places."""
        raw = b""
        while len(raw) < len(name):
            seed = f"{len(raw)}:{name.casefold()}".encode("utf-8", "surrogatepass")
            raw += hmac.new(self.key, seed, hashlib.sha256).digest()
        return "".join(
            _LETTERS[byte % len(_LETTERS)] if _hides(character) else character
            for byte, character in zip(raw, name, strict=False)
        )


def scrub_identity(text: str, identity: Identity) -> str:
    """Return a text with pseudonyms in the place of who somebody is; offsets stay as they were."""
    for start, end in find_identity(text, identity):
        text = text[:start] + identity.pseudonym(text[start:end]) + text[end:]
    return text


def find_identity(text: str, identity: Identity) -> list[tuple[int, int]]:
    """Return where names, e-mail addresses and home folders stand, in code points, in order."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(_places(text, identity), key=lambda place: (place[0], -place[1])):
        if not found or start >= found[-1][1]:
            found.append((start, end))
    return found


def _places(text: str, identity: Identity) -> Iterator[tuple[int, int]]:
    for match in _EMAIL.finditer(text):
        yield match.span("name")
    for match in _HOME.finditer(text):
        if match["name"].lower() not in _NOBODY:
            yield match.span("name")
    if identity.names:
        for match in _any_of(identity.names).finditer(text):
            yield match.span()


def _any_of(names: Iterable[str]) -> re.Pattern[str]:
    longest_first = sorted(names, key=len, reverse=True)
    words = "|".join(map(re.escape, longest_first))
    # Part of a longer name in small letters and underscores is that name: `ada_s_list`.
    return re.compile(rf"(?<![^\W_])(?:{words})(?![^\W_])", re.IGNORECASE)


def _is_telling(name: str) -> bool:
    """Return whether a name says who somebody is, and is not a word that programs are full of."""
    lower = name.lower()
    return len(name) >= _LEAST_CHARACTERS and lower not in _NOBODY and lower not in _WORDS


def _hides(character: str) -> bool:
    # A character that takes two units of UTF-16 has no letter of that width to stand for it.
    return character.isalnum() and character <= "\uffff"


def _full_name() -> str:
    import pwd  # not on Windows

    return pwd.getpwuid(os.getuid()).pw_gecos.partition(",")[0]
