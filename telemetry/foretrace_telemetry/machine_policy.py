"""The policy of this machine: how much Foretrace may do here at most, for everybody who uses it.

It is a file in a folder that only an administrator can write, and it can only take away. Its place
is fixed: neither the environment nor a setting names another, for whoever can set them could lift
it. Where it cannot be read, or says what nobody knows, the strictest policy that there is holds.
"""

from __future__ import annotations

import os
import re
import stat
import sys
import time
from pathlib import Path
from typing import Any

from attrs import frozen

from foretrace_telemetry.language import t

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

CEILINGS = ("off", "nudge", "hint", "step", "fix")
# What each key may say; the message is a text.
CHOICES = {
    "ceiling": CEILINGS,
    "recording": ("never", "metadata"),
    "sending": ("never",),
    "run_programs": ("never",),
}
MOST_MESSAGE_CHARACTERS = 200
_MESSAGE = "message"
_MOST_BYTES = 64 * 1024
_RECHECK_SECONDS = 0.1
_ADMINISTRATOR = 0


class MachinePolicyError(ValueError):
    """It is no policy; the message says in which line, and why."""


@frozen
class MachinePolicy:
    """What is allowed at most. `trouble` is what is wrong with the file, where something is.

    `ceiling` is the most help, as one of `CEILINGS`; None where no limit is set. `message` is the
    administrator's, for whoever meets the policy.
    """

    ceiling: str | None = None
    may_record: bool = True
    may_record_text: bool = True
    may_send: bool = True
    may_run_programs: bool = True
    message: str = ""
    trouble: str | None = None

    def words(self, what: str) -> str:
        """Return what the policy does, "forbids recording", with why or whom to ask."""
        return t("this machine's policy {what}", what=what) + self.because

    @property
    def because(self) -> str:
        """What follows on words of what it does: what is wrong with it, or the message."""
        if self.trouble is not None:
            return t(", for it cannot be read: {trouble}", trouble=self.trouble)
        return f": {self.message}" if self.message else ""

    @property
    def deeds(self) -> tuple[str, ...]:
        """What it does to anything but help, as `words` takes it."""
        found = (self._to_recording, self._to_sending, self._to_programs)
        return tuple(each for each in found if each is not None)

    @property
    def recording_words(self) -> str | None:
        """What it does to recording, None where it does nothing."""
        return self._words(self._to_recording)

    @property
    def sending_words(self) -> str | None:
        """What it does to sending, None where it does nothing."""
        return self._words(self._to_sending)

    @property
    def programs_words(self) -> str | None:
        """What it does to running programs, None where it does nothing."""
        return self._words(self._to_programs)

    @property
    def unsent_words(self) -> str | None:
        """Why it lets nothing that is recorded go to a course, None where it does."""
        return self.sending_words or (None if self.may_record else self.recording_words)

    @property
    def _to_recording(self) -> str | None:
        if not self.may_record:
            return t("forbids recording")
        return None if self.may_record_text else t("allows recording without text only")

    @property
    def _to_sending(self) -> str | None:
        return None if self.may_send else t("forbids sending anything")

    @property
    def _to_programs(self) -> str | None:
        return None if self.may_run_programs else t("forbids running programs")

    def _words(self, deed: str | None) -> str | None:
        return self.words(deed) if deed is not None else None


_NONE = MachinePolicy()


class WatchedMachinePolicy:
    """The policy as it is now. The file is looked at at most ten times a second."""

    def __init__(self) -> None:
        self._next_check = 0.0
        self._stamp: tuple[int, ...] = ()
        self._policy = _NONE

    @property
    def policy(self) -> MachinePolicy:
        """What holds now; the same object as long as the file stays the same."""
        now = time.monotonic()
        if now >= self._next_check:
            self._next_check = now + _RECHECK_SECONDS
            stamp = _stamp(PATH)
            if stamp != self._stamp:
                self._policy = read_machine_policy()
                self._stamp = stamp
        return self._policy


def read_machine_policy() -> MachinePolicy:
    """Return what holds on this machine now: everything is allowed where there is no file."""
    try:
        with PATH.open("rb") as file:
            raw = file.read(_MOST_BYTES + 1)
    except FileNotFoundError:
        return _NONE
    except OSError as error:
        return _strictest(f"{PATH}: {error.strerror or error}")
    try:
        return parse_machine_policy(raw)
    except MachinePolicyError as error:
        return _strictest(f"{PATH}, {error}")


def parse_machine_policy(raw: bytes) -> MachinePolicy:
    """Return what the file says.

    Raises:
        MachinePolicyError: it is not TOML, or says what a policy may not.
    """
    if len(raw) > _MOST_BYTES:
        raise MachinePolicyError(f"it has more than {_MOST_BYTES} bytes, and is hardly a policy")
    try:
        text = raw.decode("utf-8-sig")
        data = tomllib.loads(text)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise MachinePolicyError(f"line {line}: it is not UTF-8") from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise MachinePolicyError(f"it is not valid TOML: {error}") from error
    for key, value in data.items():
        if (wrong := _wrong_with(key, value)) is not None:
            raise MachinePolicyError(f"line {_line_of(key, text)}: {wrong}")
    return MachinePolicy(
        ceiling=data.get("ceiling"),
        may_record=data.get("recording") != "never",
        may_record_text="recording" not in data,
        may_send="sending" not in data,
        may_run_programs="run_programs" not in data,
        message=str(data.get(_MESSAGE, "")).strip().removesuffix("."),
    )


def writable_by_others() -> Path | None:
    """Return the file, or its folder, if others than the administrator can change it; else None.

    Where modes do not tell who may write (Windows), or there is none, it is None, too.
    """
    if sys.platform == "win32":
        return None
    for path in (PATH, PATH.parent):
        try:
            found = path.stat()
        except OSError:
            continue
        if found.st_uid != _ADMINISTRATOR or found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            return path
    return None


def _strictest(trouble: str) -> MachinePolicy:
    return MachinePolicy(
        ceiling=CEILINGS[0],
        may_record=False,
        may_record_text=False,
        may_send=False,
        may_run_programs=False,
        trouble=trouble,
    )


def _wrong_with(key: str, value: Any) -> str | None:
    if key == _MESSAGE:
        is_sentence = isinstance(value, str) and value.isprintable()
        if is_sentence and len(value) <= MOST_MESSAGE_CHARACTERS:
            return None
        return f"{key} must be one line of up to {MOST_MESSAGE_CHARACTERS} characters"
    if key not in CHOICES:
        return f"unknown key {key!r}; there are {', '.join((*CHOICES, _MESSAGE))}"
    if value in CHOICES[key]:
        return None
    choices = " or ".join(f'"{choice}"' for choice in CHOICES[key])
    return f"{key} must be {choices}, not {value!r}"


def _line_of(key: str, text: str) -> int:
    """Return the line, from 1, in which a key of the file stands."""
    named = re.search(rf"^[ \t]*\[*[ \t]*[\"']?{re.escape(key)}\b", text, re.MULTILINE)
    return text.count("\n", 0, named.start()) + 1 if named is not None else 1


def _stamp(path: Path) -> tuple[int, ...]:
    try:
        found = os.stat(path)  # noqa: PTH116 - half the cost of Path.stat
    except OSError as error:
        return (error.errno or 0,)
    # The last one changes with who may read it.
    return found.st_mtime_ns, found.st_size, found.st_ino, found.st_ctime_ns


def _folder() -> Path:
    """Return the folder of the machine's own settings, as the system knows it.

    platformdirs' heeds XDG_CONFIG_DIRS, and with Homebrew's Python is one that its owner can write.
    """
    if sys.platform == "win32":
        import winreg

        folders = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Explorer\Shell Folders"
        try:
            with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, folders) as key:
                return Path(winreg.QueryValueEx(key, "Common AppData")[0])
        except OSError:
            return Path(r"C:\ProgramData")
    if sys.platform == "darwin":
        return Path("/Library/Application Support")
    return Path("/etc")


PATH = _folder() / "foretrace" / "policy.toml"
