"""What a person does in VS Code's window and sees there, by keyboard and eye."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tests.e2e.vscode import INSTALLED

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

SCREENSHOTS = INSTALLED / "screenshots"
# The machine may be busy: nothing here is about speed.
PATIENCE_SECONDS = 60
_LOOK_MS = 100
_SETTLE_MS = 500

# All that VS Code keeps of its state in the browser.
_WRITTEN_DOWN = """async () => {
    const done = (request) => new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
    });
    const found = [];
    for (const { name } of await indexedDB.databases()) {
        const db = await done(indexedDB.open(name));
        for (const store of db.objectStoreNames) {
            found.push(...(await done(db.transaction(store).objectStore(store).getAll())));
        }
        db.close();
    }
    return found.filter((each) => typeof each === "string");
}"""


class Editor:
    """A window with one file open in it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.page.set_default_timeout(PATIENCE_SECONDS * 1000)

    def open(self, address: str) -> None:
        """Go to an address and wait until the file is shown."""
        self.page.goto(address)
        self.page.locator(".monaco-editor .view-lines .view-line").first.wait_for()
        self.page.locator(".monaco-editor .view-lines").first.click()

    def reopen(self) -> None:
        """Open the window anew, with what was open in it."""
        self.page.goto(self.page.url.partition("&payload")[0])

    def keeps(self, words: str) -> bool:
        """Whether VS Code has written something down, to know it when the window is opened again.

        It does every few seconds, if it has nothing else to do.
        """
        return any(words in each.replace("\\", "") for each in self.page.evaluate(_WRITTEN_DOWN))

    def reload(self) -> None:
        """Load the window anew: extensions start again, and what VS Code remembers stays."""
        self.page.reload()
        self.page.locator(".monaco-editor .view-lines .view-line").first.wait_for()
        self.until(lambda: "recording" in self.status_bar(), "the server runs")

    def close(self) -> None:
        """Close the window."""
        self.page.context.close()

    def until(self, condition: Callable[[], bool], what: str) -> None:
        """Wait for a condition; `what` tells of it where it does not come."""
        for _ in range(PATIENCE_SECONDS * 1000 // _LOOK_MS):
            if condition():
                return
            self.page.wait_for_timeout(_LOOK_MS)
        self.screenshot("what-was-there-instead")
        raise TimeoutError(f"not seen within {PATIENCE_SECONDS} s: {what}")

    def until_shown(self, words: str) -> None:
        """Wait until Foretrace says something in the status bar."""
        self.until(lambda: words in self.status_bar(), words)

    def screenshot(self, name: str) -> None:
        """Keep a picture of the window."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.page.wait_for_timeout(_SETTLE_MS)
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png")

    def picture(self, name: str, height: int) -> None:
        """Keep a picture for the documentation: the text, and nothing that stands around it."""
        self.command("View: Close Primary Side Bar")
        before = self.page.viewport_size
        self.page.set_viewport_size({"width": 900, "height": height})
        self.page.mouse.move(500, height - 80)
        self.screenshot(name)
        if before is not None:
            self.page.set_viewport_size(before)

    def picture_of(self, part: Locator, name: str) -> None:
        """Keep a picture for the documentation of a part of the window that is wholly in view."""
        part.screenshot(path=SCREENSHOTS / f"{name}.png")

    # Keys

    def press(self, keys: str) -> None:
        """Press a key, or several at once: ``Control+s``."""
        self.page.keyboard.press(keys)

    def type(self, text: str) -> None:
        """Type as a person does, one key after the other."""
        self.page.keyboard.type(text, delay=20)

    def go_to(self, line: int, column: int) -> None:
        """Move the cursor to a line and column, both counted from 1."""
        self.press("Control+g")
        box = self.page.locator(".quick-input-widget input")
        box.wait_for()
        box.fill(f":{line}:{column}")
        self.press("Enter")
        box.wait_for(state="hidden")

    def save(self) -> None:
        """Save the file and wait until it is."""
        self.press("Control+s")
        self.page.locator(".tab.active.dirty").wait_for(state="detached")

    def command(self, title: str) -> None:
        """Run a command from the palette by its whole title."""
        self.press("F1")
        box = self.page.locator(".quick-input-widget input")
        box.wait_for()
        box.fill(f">{title}")
        row = self.page.locator(".quick-input-list .monaco-list-row.focused")
        row.filter(has_text=title).wait_for()
        self.press("Enter")

    def run(self, command: str) -> None:
        """Run a command in a new terminal."""
        self.command("Terminal: Create New Terminal")
        terminal = self.page.locator(".terminal-wrapper.active")
        terminal.locator(".xterm-screen").wait_for()
        # The mark beside the prompt shows that the shell tells VS Code of its commands.
        terminal.locator(".xterm-decoration").first.wait_for()
        self.type(f"{command}\n")

    def choices(self) -> list[str]:
        """The items of the list that is open."""
        rows = self.page.locator(".quick-input-list .monaco-list-row")
        return [str(text) for text in rows.all_text_contents()]

    def show(self, name: str) -> None:
        """Bring an open file to the front."""
        self.page.locator(".tab").filter(has_text=name).click()
        self.focus()

    def focus(self) -> None:
        """Go back to the text from wherever the keys went before."""
        self.page.locator(".editor-instance .view-lines").first.click()

    def choose(self, label: str) -> None:
        """Choose an item of the list that is open."""
        self.page.locator(".quick-input-list .monaco-list-row").filter(has_text=label).first.click()

    # Eyes

    def text(self) -> str:
        """The lines of the editor that are in view."""
        lines = self.page.locator(".editor-instance .view-lines").first.locator(".view-line")
        found = lines.evaluate_all(
            "all => all.map(line => [parseInt(line.style.top), line.textContent])"
        )
        return "\n".join(text for _, text in sorted(found)).replace("\u00a0", " ")

    def ghost_text(self) -> str:
        """What is shown at the cursor to be accepted with Tab, empty where nothing is."""
        selector = ".ghost-text, .ghost-text-decoration, .ghost-text-decoration-preview"
        parts = self.page.locator(selector).all_text_contents()
        return "".join(parts).replace("\u00a0", " ")

    def status_bar(self) -> str:
        """What Foretrace says in the status bar."""
        items = self.page.locator('.statusbar-item[id^="foretrace.foretrace"]')
        return " | ".join(text.strip() for text in items.all_text_contents())

    def page_text(self, text: str) -> Locator:
        """A heading or paragraph of the page of Markdown that is open."""
        return self.in_page("h1, p").filter(has_text=text)

    def page_row(self, text: str) -> Locator:
        """A row of a table of that page."""
        return self.in_page("tr").filter(has_text=text)

    def in_page(self, selector: str) -> Locator:
        """What is in the page that is open in place of a text."""
        outer = self.page.frame_locator("iframe.webview.ready")
        return outer.frame_locator("iframe#active-frame").locator(selector)

    def notification(self, text: str) -> Locator:
        """A notification that has a text in it."""
        return self.page.locator(".notification-toast").filter(has_text=re.compile(text))

    def close_notifications(self, text: str = "") -> None:
        """Close what asks for attention, once one with this text is there, and wait for its end.

        Another one may come as soon as it is gone.
        """
        named = self.notification(text).first
        named.wait_for()
        self.command("Notifications: Clear All Notifications")
        named.wait_for(state="detached")

    def lens(self, text: str) -> Locator:
        """A link of a line above the code."""
        return self.page.locator(".codelens-decoration a").filter(has_text=text)


def saved(path: Path) -> str:
    """What stands on disk."""
    return path.read_bytes().decode()
