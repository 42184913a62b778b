"""The notice: what a person is told before they allow recording, in each language.

A permission keeps its version, its language and its digest. Who changes what it says changes it in
all languages, and its version.
"""

from __future__ import annotations

import hashlib

from attrs import frozen

from foretrace_telemetry.language import ENGLISH

NOTICE_VERSION = 4


@frozen
class Notice:
    """The words of a notice; `text` has places for the folder, the end, and how long it is kept."""

    language: str
    text: str
    kept_for_days: str
    kept_until_forgotten: str

    @property
    def sha256(self) -> str:
        """The digest by which a permission names it."""
        return hashlib.sha256(self.text.encode()).hexdigest()


_NOTICES = (
    Notice(
        ENGLISH,
        """\
Foretrace can record how you edit, on this computer only.

What      edits in files you open here, saves, copies, runs, kinds of terminal commands, cursor
          moves, and what Foretrace suggested: with the text (full), to replay your work, or
          without it (metadata), only when, how much, and how runs ended. Never: password and
          key files, other windows, the clipboard.
Where     in the folder {home}, readable by your account only.
Who       you. Nothing is sent anywhere, unless you allow that and join a course.
How long  this permission ends on {expires}. What was recorded is kept {kept}.
How to stop  `foretrace consent withdraw`, or `foretrace traces pause` for a while;
          `foretrace traces forget` erases what was recorded. Help works without recording.
""",
        "for {days} days",
        "until you forget it",
    ),
    Notice(
        "de",
        """\
Foretrace kann aufzeichnen, wie du programmierst, nur auf diesem Rechner.

Was       Änderungen in Dateien, die du hier öffnest, Speichern, Kopieren, Läufe, Arten von
          Terminalbefehlen, Bewegungen der Schreibmarke und was Foretrace vorschlug: mit dem Text
          (full), um deine Arbeit wiederzugeben, oder ohne ihn (metadata), nur wann, wie viel und
          wie Läufe endeten. Nie: Passwort- und Schlüsseldateien, andere Fenster, die
          Zwischenablage.
Wo        im Ordner {home}, lesbar nur für dein Benutzerkonto.
Wer       du. Nichts wird irgendwohin gesendet, außer du erlaubst es und trittst einem Kurs bei.
Wie lange  diese Erlaubnis endet am {expires}. Aufgezeichnetes wird behalten: {kept}.
So hörst du auf  `foretrace consent withdraw`, oder `foretrace traces pause` für eine Weile;
          `foretrace traces forget` löscht, was aufgezeichnet wurde. Hilfe gibt es auch ohne
          Aufzeichnung.
""",
        "{days} Tage",
        "bis du es vergessen lässt",
    ),
)
NOTICES = {notice.language: notice for notice in _NOTICES}
