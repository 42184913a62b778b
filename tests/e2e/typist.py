"""Somebody who does to a text whatever an editor can do, as chance has it."""

from __future__ import annotations

import random
from collections import Counter

from attrs import define, field

from tests.e2e.editor import Editor

_WORDS = [
    "total",
    "größer",
    "值",
    "🙂 ",
    "x = 1",
    "if ok:",
    '"a"',
    "(b)",
    "# note  here",
    " ",
    "\n",
]
_CLIPS = ["width * height\n", "for i in range(3):\n    print(i)\n", "naïve 🎉", "a\nb\nc"]


@define
class Typist:
    """Types, pastes, takes back and moves in an editor; `done` counts what was done by kind."""

    editor: Editor
    chance: random.Random
    done: Counter[str] = field(factory=Counter)

    def go_on(self, actions: int) -> None:
        """Do so many things to the text."""
        kinds = {
            "typed": 40,
            "deleted": 12,
            "moved": 14,
            "undone": 8,
            "redone": 4,
            "pasted": 7,
            "at many places": 5,
            "line moved": 4,
            "commented": 3,
            "indented": 3,
            "formatted": 2,
            "saved": 2,
        }
        for kind in self.chance.choices(list(kinds), list(kinds.values()), k=actions):
            self._do(kind)
            self.done[kind] += 1

    def _do(self, kind: str) -> None:
        match kind:
            case "typed":
                self.editor.type(self.chance.choice(_WORDS))
                # A list of words that is open would take the next Enter for itself.
                self.editor.press("Escape")
            case "deleted":
                self._press("Backspace", "Delete", "Control+Backspace", "Control+Shift+k")
            case "moved":
                self._press("ArrowUp", "ArrowDown", "Home", "End", "Control+End", "Shift+ArrowLeft")
            case "undone":
                for _ in range(self.chance.randint(1, 4)):
                    self.editor.press("Control+z")
            case "redone":
                # After anything else there would be nothing to do again.
                self.editor.press("Control+z")
                self.editor.press("Control+y")
            case "pasted":
                self._paste(self.chance.choice(_CLIPS))
            case "at many places":
                self._press("Shift+Alt+ArrowDown", "Shift+Alt+ArrowUp")
                self.editor.type(self.chance.choice(["z", "# ", "()"]))
                self.editor.press("Escape")
            case "line moved":
                self._press("Alt+ArrowUp", "Alt+ArrowDown", "Control+Shift+Alt+ArrowDown")
            case "commented":
                self.editor.press("Control+/")
            case "indented":
                self._press("Control+]", "Control+[")
            case "formatted":
                self.editor.press("Control+Shift+i")
            case "saved":
                self.editor.press("Control+s")

    def _press(self, *keys: str) -> None:
        self.editor.press(self.chance.choice(keys))

    def _paste(self, text: str) -> None:
        self.editor.page.evaluate("text => navigator.clipboard.writeText(text)", text)
        self.editor.press("Control+v")
