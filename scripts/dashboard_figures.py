"""Times every page of a course's dashboard: the median and the 95th percentile, in milliseconds.

``.venv/bin/python scripts/dashboard_figures.py FOLDER`` serves the course in the folder meanwhile.
It opens the first student that it finds, which is noted as any other look is.
"""

import argparse
import http.client
import json
import re
import subprocess
import sys
import time
from pathlib import Path
from statistics import median, quantiles
from urllib.parse import urlencode

PURPOSE = "to time the pages of the dashboard"
PAGES = ("/", "/assignments", "/sections", "/students", "/exports", "/looks", "/help")
FOUND = {
    "an assignment": ("/assignments", r"/assignments/\w+"),
    "a student, to open": ("/students", r"/students/s\w+"),
}


class Browser:
    """One connection that keeps its cookie and the token of the last form."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
        self._cookie = self._form_token = ""

    def ask(self, path: str, fields: dict[str, str] | None = None) -> tuple[int, str]:
        """Return the status and the text of a page, or of what a form leads to."""
        headers = {"Cookie": self._cookie}
        if fields is None:
            self._connection.request("GET", path, headers=headers)
        else:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = urlencode({"form_token": self._form_token, **fields})
            self._connection.request("POST", path, body, headers)
        response = self._connection.getresponse()
        text = response.read().decode()
        if cookie := response.getheader("Set-Cookie"):
            self._cookie = cookie.partition(";")[0]
        if found := re.search(r'name="form_token" value="([^"]+)"', text):
            self._form_token = found[1]
        return response.status, text

    def timed_ms(self, path: str, times: int) -> list[float]:
        """Return how long a page took, each time."""
        took = []
        for _ in range(times):
            began = time.perf_counter()
            status, _ = self.ask(path)
            took.append((time.perf_counter() - began) * 1e3)
            assert status == 200, (path, status)
        return took


def main() -> int:
    """Serve, sign in, wait for the figures, and time the pages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="the folder of a course")
    parser.add_argument("--times", type=int, default=50, help="how often each page is asked for")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    given = parser.parse_args()
    command = [sys.executable, "-m", "foretrace_server", "collect"]
    course = ["--path", str(given.folder)]
    server = subprocess.Popen(
        [*command, "serve", *course, "--port", "0"], stdout=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout is not None
        browser = Browser(int(server.stdout.readline().rpartition(":")[2]))
        made = subprocess.check_output([*command, "dashboard", *course, "--json"], text=True)
        browser.ask("/sign-in", {"code": json.loads(made)["code"]})
        began = time.perf_counter()
        while browser.ask("/")[0] == 503:
            time.sleep(0.2)
        ready_seconds = round(time.perf_counter() - began, 2)
        figures: dict[str, dict[str, float]] = {}
        for name, path in pages(browser):
            took = browser.timed_ms(path, given.times)
            p95 = quantiles(took, n=20)[-1]
            figures[name] = {"p50_ms": round(median(took), 1), "p95_ms": round(p95, 1)}
    finally:
        server.terminate()
        server.wait()
    if given.json:
        print(json.dumps({"ready_seconds": ready_seconds, "pages": figures}, indent=2))
        return 0
    print(f"the figures were there after {ready_seconds} s")
    print(f"{'page':24} {'p50 ms':>9} {'p95 ms':>9}")
    for name, each in figures.items():
        print(f"{name:24} {each['p50_ms']:9.1f} {each['p95_ms']:9.1f}")
    return 0


def pages(browser: Browser) -> list[tuple[str, str]]:
    """Return each page with its name, those of a student opened before."""
    named = [(path, path) for path in PAGES]
    for name, (listed, pattern) in FOUND.items():
        if found := re.search(pattern, browser.ask(listed)[1]):
            named.append((name, found[0]))
    assignment = dict(named).get("an assignment")
    if assignment is not None:
        browser.ask(assignment + "/students")
        browser.ask(assignment + "/students", {"purpose": PURPOSE})
        progress = browser.ask(assignment + "/students")[1]
        named.append(("who stands where", assignment + "/students"))
        if found := re.search(r"/students/s\w+", progress):
            student = found[0]
            browser.ask(student)
            browser.ask(student, {"purpose": PURPOSE})
            named.append(("a student", student))
            if replay := re.search(rf"{student}/\w+", browser.ask(student)[1]):
                named.append(("a replay", replay[0]))
    return named


if __name__ == "__main__":
    sys.exit(main())
