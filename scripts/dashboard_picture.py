"""Makes docs/pictures/dashboard.png: the first page of the dashboard of a made-up class.

Run by hand when the dashboard looks different, after `make e2e` has installed what it needs:
``.venv/bin/python scripts/dashboard_picture.py``.
"""

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "docs/pictures/dashboard.png"
WIDTH, HEIGHT = 1100, 1010


def main() -> int:
    """Serve the class, and take the picture."""
    sys.path.insert(0, str(ROOT))
    from playwright.sync_api import sync_playwright
    from tests.class_of_typists import class_of_typists
    from tests.courses import served

    from foretrace_server.collect.pages.codes import Codes

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        course, _ = class_of_typists(Path(folder) / "course")
        with served(course) as server:
            browser = playwright.chromium.launch(
                executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
            )
            page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
            page.goto(f"http://127.0.0.1:{server.port}/sign-in?code={Codes(course).make()}")
            page.get_by_role("button", name="Sign in").press("Enter")
            page.get_by_role("heading", name="The class at a glance").wait_for()
            page.screenshot(path=PICTURE)
            browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
