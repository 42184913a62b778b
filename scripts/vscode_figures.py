"""Measures the extension in a real VS Code: what a key press waits for it, size, start, memory.

Run by hand on a quiet machine, after `make e2e`: ``.venv/bin/python -m scripts.vscode_figures``.
"""

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright
from tests.e2e.editor import Editor
from tests.e2e.vscode import ROOT, VSCode
from tests.processes import command_of, descendants

from foretrace_server.bench.intervals import middle
from foretrace_telemetry.consent import Content, Scope, grant

VSIX = ROOT / "client-vscode/foretrace.vsix"
PROGRAM = "".join(
    f"def scaled_{number}(values):\n    return [value * {number} for value in values]\n\n\n"
    for number in range(60)
)
LINE = "total = sum(value * 2 for value in values if value)"
KEY_EVERY_MS = 90
BLOCK_KEYS = len(LINE)
DRAWS = 2000

# A key's delay is from when the browser got it until the frame in which the text has changed.
WATCH = """
() => {
  window.delaysMs = [];
  let pressedAt = null;
  addEventListener("keydown", (event) => { pressedAt = event.timeStamp; }, true);
  new MutationObserver(() => {
    if (pressedAt === null) return;
    const at = pressedAt;
    pressedAt = null;
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => window.delaysMs.push(performance.now() - at);
      channel.port2.postMessage(null);
    });
  }).observe(document.querySelector(".editor-instance .view-lines"),
             { childList: true, subtree: true, characterData: true });
}
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--blocks", type=int, default=12, help="blocks of keys for each of the two")
    parser.add_argument("--starts", type=int, default=5, help="windows opened to time the start")
    options = parser.parse_args()
    if not VSIX.exists():
        sys.exit("there is no client-vscode/foretrace.vsix: make e2e")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        with_it, without = VSCode(Path(folder) / "with"), VSCode(Path(folder) / "without")
        with_it.install(VSIX)
        now = datetime.now(timezone.utc)
        grant(with_it.home, [Scope.LOCAL], Content.FULL, "figures", now)
        for vscode in (with_it, without):
            vscode.settings(runPrograms="always")
            vscode.start()
        try:
            print(f"size of the .vsix: {VSIX.stat().st_size / 1e6:.2f} MB")
            print_starts(with_it, browser, options.starts)
            editor, bare = opened(with_it, browser), opened(without, browser)
            print_delays(editor, bare, options.blocks)
            print_memory(with_it)
        finally:
            with_it.stop()
            without.stop()
            browser.close()


def opened(vscode: VSCode, browser: Browser) -> Editor:
    """Open a program of a few hundred lines in a window."""
    file = vscode.workspace / "program.py"
    file.write_text(PROGRAM)
    editor = Editor(browser.new_context(viewport={"width": 1280, "height": 800}).new_page())
    editor.open(vscode.address(file))
    return editor


def print_starts(vscode: VSCode, browser: Browser, starts: int) -> None:
    """Time how long a new window takes to have a server, and the activation of the extension."""
    activations, ready = [], []
    for number in range(starts + 1):
        began = time.monotonic()
        editor = opened(vscode, browser)
        shown = time.monotonic()
        editor.until_shown("Foretrace: recording")
        if number == 0:
            print(f"set up, once: {time.monotonic() - began:.1f} s from opening the window")
        else:
            ready.append(time.monotonic() - shown)
            activations.append(activation_ms(editor))
        editor.close()
    print(f"activation of the extension: median {statistics.median(activations):.0f} ms")
    print(f"text shown until the server runs: median {statistics.median(ready):.1f} s")


def activation_ms(editor: Editor) -> float:
    """Read from VS Code's own list how long the extension's `activate` took, loading included."""
    editor.command("Developer: Show Running Extensions")
    row = editor.page.locator(".runtime-extensions-editor .extension").filter(has_text="Foretrace")
    time_ = row.locator(".activation-time")
    time_.wait_for()
    words = time_.inner_text()
    return float(words.split(":")[-1].removesuffix("ms"))


def print_delays(editor: Editor, bare: Editor, blocks: int) -> None:
    """Type the same in both windows by turns, and compare the delays until a key is shown."""
    chance = random.Random(7)
    for each in (editor, bare):
        each.page.wait_for_timeout(3000)
        each.page.evaluate(WATCH)
        type_block(each)
        each.page.evaluate("() => { window.delaysMs.length = 0; }")
    delays: dict[str, list[list[float]]] = {"on": [], "off": []}
    for number in range(blocks):
        pair = [("on", editor), ("off", bare)]
        for name, each in pair if chance.random() < 0.5 else reversed(pair):
            type_block(each)
            measured = each.page.evaluate("() => window.delaysMs.splice(0)")
            delays[name].append(measured)
        print(f"block {number + 1} of {blocks}", file=sys.stderr)
    for name, measured in delays.items():
        half, most = quantile(measured, 0.5), quantile(measured, 0.95)
        count = sum(map(len, measured))
        print(f"a key until it shows, {name}: n {count}, median {half:.1f} ms, p95 {most:.1f} ms")
    for name, share in (("median", 0.5), ("p95", 0.95)):
        pairs = list(zip(delays["on"], delays["off"], strict=True))
        drawn = [added(chance.choices(pairs, k=blocks), share) for _ in range(DRAWS)]
        low, high = middle(drawn) or (0.0, 0.0)
        figure = f"{added(pairs, share):+.1f} ms (95 % by blocks: {low:+.1f} to {high:+.1f})"
        print(f"added to the {name}: {figure}")


def type_block(editor: Editor) -> None:
    """Type a line at the end, as fast as a quick typist."""
    editor.press("Control+End")
    editor.page.wait_for_timeout(300)
    editor.page.keyboard.type(LINE, delay=KEY_EVERY_MS)
    editor.page.wait_for_timeout(300)
    editor.press("Escape")
    editor.press("Enter")
    editor.page.wait_for_timeout(300)


def print_memory(vscode: VSCode) -> None:
    """Print what the server and the processes that it started hold, shared pages by their share."""
    held_by: dict[str, list[float]] = {"server": [], "worker": [], "sandbox": []}
    for process in descendants(vscode.process):
        command = command_of(process)
        if "foretrace_server lsp" in command:
            held_by["server"].append(held_mb(process))
        elif "foretrace_models.engine" in command:
            held_by["worker"].append(held_mb(process))
        elif "foretrace_models" in command:
            held_by["sandbox"].append(held_mb(process))
    for name, held in held_by.items():
        print(f"memory of the {name}: {sum(held):.0f} MB in {len(held)} processes")


def held_mb(process: int) -> float:
    """Return the proportional set size of a process."""
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    (size,) = (line.split()[1] for line in lines if line.startswith("Pss:"))
    return int(size) * 1024 / 1e6


def quantile(blocks: Sequence[Sequence[float]], share: float) -> float:
    """Return the delay below which a share of those of some blocks lies."""
    ordered = sorted(delay for block in blocks for delay in block)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def added(pairs: Sequence[tuple[Sequence[float], Sequence[float]]], share: float) -> float:
    """Return by how much a quantile is greater in the first blocks of pairs than in the second."""
    on, off = zip(*pairs, strict=True)
    return quantile(on, share) - quantile(off, share)


if __name__ == "__main__":
    main()
