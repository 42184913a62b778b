"""Makes the pictures of VS Code in docs/pictures, from a real one as the tests see it.

Run by hand when the extension looks different, after `make e2e` has installed what it needs:
``.venv/bin/python scripts/vscode_pictures.py``. Each picture is what a test kept while it looked.
"""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SEEN = ROOT / ".e2e/screenshots"
PICTURES = ROOT / "docs/pictures"

# What a picture is called in the documentation, the test that sees it, and what that calls it.
SHOWN = (
    ("vscode", "test_fixes.py::test_a_failing_run_leads_to_its_fix", "journey"),
    ("vscode-hint", "test_fixes.py::test_each_press_shows_the_next_level_of_help", "hint"),
    (
        "vscode-next-edit",
        "test_timing.py::test_the_next_edit_is_offered_where_the_last_one_goes_on",
        "next-edit",
    ),
    (
        "vscode-mine",
        "test_mine.py::test_the_page_is_readable_in_every_theme_and_keeps_its_tab",
        "mine-replay-alone",
    ),
)


def main() -> int:
    """Run the tests, and take over what they saw; return pytest's exit code."""
    tests = [f"tests/e2e/{test}" for _, test, _ in SHOWN]
    done = subprocess.run([sys.executable, "-m", "pytest", "-q", "-m", "e2e", *tests], cwd=ROOT)
    if done.returncode == 0:
        for name, _, seen in SHOWN:
            shutil.copyfile(SEEN / f"{seen}.png", PICTURES / f"{name}.png")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
