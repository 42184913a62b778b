"""The page of what is mine, as somebody reads it and goes through it by keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.e2e.editor import Editor
from tests.e2e.vscode import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Frame, Locator

_AXE = ROOT / "client-vscode/node_modules/axe-core/axe.min.js"
_MOST_TABS = 30


class Mine:
    """The page in an editor's window."""

    def __init__(self, editor: Editor) -> None:
        self.editor = editor

    def open(self) -> None:
        """Open it by its command, and wait until it tells something."""
        self.editor.command("Foretrace: Show What You Have About Me")
        self.find("text=Read at").wait_for()

    def find(self, selector: str) -> Locator:
        """What is in the page."""
        return self.editor.in_page(selector)

    def text(self) -> str:
        """Everything that can be read."""
        return str(self.find("main").inner_text())

    def tab_to(self, name: str) -> None:
        """Press Tab until something of a name has the focus."""
        for _ in range(_MOST_TABS):
            if self.focused() == name:
                return
            self.editor.press("Tab")
        raise AssertionError(f"{name} cannot be reached with Tab; the focus is on {self.focused()}")

    def focused(self) -> str:
        """The name of what has the focus, empty where nothing has."""
        script = """() => {
            const it = document.activeElement;
            return it === document.body ? "" : it.getAttribute("aria-label") ?? it.textContent;
        }"""
        return str(self.frame().evaluate(script))

    def selected(self) -> str:
        """The title of the tab that is shown."""
        return str(self.find('[role=tab][aria-selected="true"]').inner_text())

    def code(self) -> str:
        """The text that the replay shows."""
        return "\n".join(self.find(".line code").all_text_contents())

    def shows_change(self) -> bool:
        """Whether there is a line that was changed, in view of who looks at the text."""
        script = """() => {
            const line = document.querySelector(".line.changed")?.getBoundingClientRect();
            const view = document.querySelector(".code").getBoundingClientRect();
            return line !== undefined && line.top >= view.top && line.bottom <= view.bottom;
        }"""
        return bool(self.frame().evaluate(script))

    def policy(self) -> str:
        """What may be loaded and run in the page."""
        meta = self.find("meta[http-equiv=Content-Security-Policy]")
        return meta.get_attribute("content") or ""

    def value_text(self) -> str:
        """What a screen reader says of the scrubber."""
        return self.find("input[type=range]").get_attribute("aria-valuetext") or ""

    def frame(self) -> Frame:
        """The page's own frame."""
        handle = self.find("body").element_handle()
        frame = handle.owner_frame()
        assert frame is not None
        return frame

    def barriers(self) -> list[str]:
        """What axe finds in the page that keeps somebody out, seriously or wholly."""
        frame = self.frame()
        frame.evaluate(f"() => {{ {_AXE.read_text(encoding='utf-8')} }}")
        found: dict[str, Any] = frame.evaluate("() => axe.run(document, { preload: false })")
        return [
            f"{each['id']}: {node['html']} {node['failureSummary']}"
            for each in found["violations"]
            if each["impact"] in ("serious", "critical")
            for node in each["nodes"]
        ]
