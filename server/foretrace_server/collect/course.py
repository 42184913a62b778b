"""A course's folder: a data folder like any other, with a name, a notice and a key of its own.

The key makes pseudonyms of students. With it and the roster the instructor can tell who is who; the
folder holds no name of anybody.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import secrets
from pathlib import Path

from attrs import frozen

from foretrace_server.collect.roster import alike
from foretrace_telemetry.exchange.signing import signing_key
from foretrace_telemetry.home import KEY_BYTES, Home

COURSES = "courses"
# Where the sessions come from that students sent, beside those that somebody imported.
SOURCE = "collect"
NOTICE = """\
The course "{course}" collects how you edit, if you allow it.

What      what Foretrace recorded on your computer while a permission with the scope
          "instructor" held: with content "metadata" when and how much you edited, with
          content "full" the text as well. Nothing from before that permission.
Help      edits that at least five students share, without the text or name of anybody, may
          be offered to all of the course as help.
Who       the instructor of the course sees it. You appear under a pseudonym; the list of
          who is who is with the instructor, apart from what was collected. Opening your work by
          itself is noted, with what for, and `foretrace collect status` tells you.
Where     on the computer of the course, in a folder that its account only can read.
How long  until you leave the course's collection, or the course deletes it.
How to stop  leave, and all that was collected of you is erased. You are told then which
          copies were made before: those cannot be called back.
"""
_DIGITS = 16
_SETTINGS = "course.json"


class CourseError(ValueError):
    """There is no such course, or there is one already; the message says what to do."""


@frozen
class Course:
    """A course, as its folder tells. `notice` is what a student is told before joining."""

    home: Home
    name: str
    notice: str

    @property
    def enrolments(self) -> Path:
        """Who is enrolled, by pseudonym: an SQLite database."""
        return self.home.path / "enrolments.db"

    @property
    def policies(self) -> Path:
        """The policies that were published, as JSON; see `policy.publishing`."""
        return self.home.path / "policies.json"

    def subject_of(self, student: str, key: bytes) -> str:
        """Return the pseudonym of a student, made with the course's key."""
        digest = hmac.new(key, alike(student).encode(), hashlib.sha256).hexdigest()
        # With a letter before it no spreadsheet takes it for a number.
        return f"s{digest[:_DIGITS]}"

    def key(self) -> bytes:
        """Return the key of the pseudonyms.

        Raises:
            OSError: it cannot be read.
        """
        return _key_file(self.home).read_bytes()


def create(name: str, path: Path | None, notice: str | None = None) -> Course:
    """Make the folder of a course, in the data folder where no other one is named.

    Raises:
        CourseError: the name is empty, or something is there already.
        OSError: the folder cannot be made.
    """
    words = " ".join(name.split())
    folder = re.sub(r"[^\w.-]+", "-", words).strip(".-")
    if not words.isprintable() or not folder:
        raise CourseError("a course needs a name with letters or digits in it")
    path = (path or Home.default().path / COURSES / folder).absolute()
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise CourseError(f"{path} is there already; name another folder with --path")
    home = Home(path)
    home.create()
    path.chmod(0o700)
    course = Course(home, words, notice or NOTICE.format(course=words))
    _write_privately(_key_file(home), secrets.token_bytes(KEY_BYTES))
    home.key()
    signing_key(home)
    settings = {"course": course.name, "notice": course.notice}
    # Last, for it makes the folder one of a course.
    _write_privately(path / _SETTINGS, json.dumps(settings, indent=1).encode() + b"\n")
    return course


def find(path: Path | None) -> Course:
    """Return the course in a folder; where none is named, the only one in the data folder.

    Raises:
        CourseError: there is none, or more than one.
        OSError: it cannot be read.
    """
    if path is None:
        found = sorted(Home.default().path.glob(f"{COURSES}/*/{_SETTINGS}"))
        if not found:
            raise CourseError("there is no course here; make one with: foretrace collect init")
        if len(found) > 1:
            names = ", ".join(each.parent.name for each in found)
            raise CourseError(f"there are several courses ({names}); name a folder with --path")
        path = found[0].parent
    path = path.absolute()
    try:
        settings = json.loads((path / _SETTINGS).read_bytes())
        return Course(Home(path), str(settings["course"]), str(settings["notice"]))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise CourseError(
            f"{path} is no folder of a course; make one with: foretrace collect init"
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise CourseError(f"{path / _SETTINGS} cannot be read: {error!r}") from error


def _key_file(home: Home) -> Path:
    return home.path / "pseudonym-key"


def _write_privately(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(descriptor)
