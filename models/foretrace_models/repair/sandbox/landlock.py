"""The second boundary, where namespaces are refused: Landlock.

The kernel lets the process open just what it was shown, for reading. Unlike with namespaces it
can still learn that other files exist; `seccomp` refuses what Landlock does not watch over, the
network and changes of modes, owners and times among it.

Source: Linux, "Landlock: unprivileged access control".
"""

from __future__ import annotations

import ctypes
import os
import stat
import struct
from collections.abc import Sequence

_SYS_CREATE_RULESET, _SYS_ADD_RULE, _SYS_RESTRICT_SELF = 444, 445, 446
_CREATE_RULESET_VERSION = 1
_RULE_PATH_BENEATH = 1
_PR_SET_NO_NEW_PRIVS = 38

_EXECUTE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 2, 1 << 3
# How many kinds of access each version of Landlock knows; all of them are refused by default.
_KNOWN_ACCESSES = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
# Before version 3 a file could be emptied by opening it for reading with O_TRUNC.
_MINIMUM_VERSION = 3

_libc = ctypes.CDLL(None, use_errno=True)


def version() -> int:
    """Return the kernel's version of Landlock; 0 where it has none."""
    return max(0, int(_libc.syscall(_SYS_CREATE_RULESET, None, 0, _CREATE_RULESET_VERSION)))


def enter(readable: Sequence[str], listable: Sequence[str]) -> None:
    """Let this process read `readable` and what lies in it, list `listable`, and nothing else.

    Raises:
        OSError: the kernel has no Landlock, too old a one, or refuses a step.
    """
    known = version()
    if known < _MINIMUM_VERSION:
        raise OSError(f"Landlock {known} is too old, {_MINIMUM_VERSION} is needed")
    handled = (1 << _KNOWN_ACCESSES[min(known, max(_KNOWN_ACCESSES))]) - 1
    attributes = struct.pack("=Q", handled)
    ruleset = _libc.syscall(_SYS_CREATE_RULESET, attributes, len(attributes), 0)
    _check(ruleset, "landlock_create_ruleset")
    for path in readable:
        _allow(ruleset, path, _EXECUTE | _READ_FILE | _READ_DIR)
    for path in listable:
        _allow(ruleset, path, _READ_DIR)
    _check(_libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "prctl")
    _check(_libc.syscall(_SYS_RESTRICT_SELF, ruleset, 0), "landlock_restrict_self")
    os.close(ruleset)


def _allow(ruleset: int, path: str, access: int) -> None:
    descriptor = os.open(path, os.O_PATH)
    try:
        if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
            access &= ~_READ_DIR
        rule = struct.pack("=Qi", access, descriptor)
        _check(
            _libc.syscall(_SYS_ADD_RULE, ruleset, _RULE_PATH_BENEATH, rule, 0), "landlock_add_rule"
        )
    finally:
        os.close(descriptor)


def _check(result: int, step: str) -> None:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{step}: {os.strerror(number)}")
