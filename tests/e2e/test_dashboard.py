"""The dashboard in a browser: all can use it, it asks nobody else, and hostile work is text."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from foretrace_server.collect.pages.codes import Codes
from foretrace_telemetry.events import Body, Edited, Opened, Origin, RunFinished
from tests.class_of_typists import class_of_typists
from tests.courses import Served, consent_lines, segment, served
from tests.e2e.vscode import INSTALLED, ROOT
from tests.itap_class import class_of_itap

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

SCHEMES = ("light", "dark")
HOSTILE = (
    "</script><script>document.title = 'owned'</script>\u202e{{ 7 * 7 }}<img src=//x.example/y>"
    "\x00\x1b[2J\ufeff𝄞\u2028\U000e0041\r\nsecond\rthird\t" + "long " * 1000
)
_AXE = ROOT / "client-vscode/node_modules/axe-core/axe.min.js"
_SCREENSHOTS = INSTALLED / "screenshots"
_MOST_TABS = 120


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    course, tokens = class_of_typists(tmp_path_factory.mktemp("course") / "c")
    with served(course) as server:
        lines = consent_lines(tmp_path_factory.mktemp("laptop"))
        typed: list[Body] = [Edited(at, "", "🙂", Origin.TYPED) for at in range(2500)]
        for number, bodies in enumerate(
            (
                [
                    Opened(HOSTILE),
                    Edited(0, "", "x", Origin.TYPED),
                    RunFinished(1, error_type="a\u202eb"),
                ],
                [Opened(""), *typed, RunFinished(1, error_type="NameError", line=1)],
            )
        ):
            sent = segment(lines, *bodies, name=f"hostile-{number}")
            assert server.push(tokens["student 0"], sent).status == 200
        yield server


@pytest.fixture
def asked() -> list[str]:
    """What a page asked for that is not the course's."""
    return []


@pytest.fixture
def page(chromium: Browser, running: Served, asked: list[str]) -> Iterator[Page]:
    """A browser that signed in, which reaches nothing but the course."""
    context = chromium.new_context(viewport={"width": 1200, "height": 850})
    opened = context.new_page()
    faults: list[str] = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    base = f"http://127.0.0.1:{running.port}/"

    def only_ours(route: Route) -> None:
        if route.request.url.startswith(base):
            route.continue_()
        else:
            asked.append(route.request.url)
            route.abort()

    context.route("**/*", only_ours)
    opened.goto(f"{base}sign-in?code={Codes(running.course).make()}")
    opened.get_by_role("button", name="Sign in").press("Enter")
    opened.get_by_role("heading", name="The class at a glance").wait_for(timeout=120_000)
    yield opened
    assert asked == []
    assert faults == []
    context.close()


def go(page: Page, path: str) -> None:
    """Go to a page of the dashboard."""
    port = page.url.split("/")[2]
    page.goto(f"http://{port}{path}")


def barriers(page: Page) -> list[str]:
    """Return what axe finds that keeps somebody out."""
    page.evaluate(f"() => {{ {_AXE.read_text(encoding='utf-8')} }}")
    found: dict[str, Any] = page.evaluate("() => axe.run(document, { preload: false })")
    return [
        f"{each['id']}: {node['html']} {node['failureSummary']}"
        for each in found["violations"]
        for node in each["nodes"]
    ]


def looked_at(page: Page, name: str) -> None:
    """Keep a screenshot of a page in light and dark, and see that nobody is kept out."""
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        _SCREENSHOTS.mkdir(exist_ok=True)
        page.screenshot(path=_SCREENSHOTS / f"dashboard-{name}-{scheme}.png", full_page=True)
        assert barriers(page) == [], (name, scheme)


def tab_to(page: Page, name: str) -> None:
    """Press Tab until what has a name has the focus."""
    script = """() => {
        const it = document.activeElement;
        return (it.labels?.[0] ?? it).textContent.trim();
    }"""
    for _ in range(_MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate(script) == name:
            return
    raise AssertionError(f"{name} cannot be reached with Tab")


def open_student(page: Page, subject: str, purpose: str = "to help with loops") -> None:
    """Open a student by keyboard."""
    go(page, f"/students/{subject}")
    page.get_by_label("What for").focus()
    page.keyboard.type(purpose)
    page.keyboard.press("Enter")
    page.get_by_text("Opened for:").wait_for()


def subject_of(running: Served, student: str) -> str:
    return running.course.subject_of(student, running.course.key())


def replay(page: Page, events: int) -> None:
    """Replay the session that has so many events."""
    page.locator(f"tr:has(td:text-is('{events:,}')) a").last.click()
    page.locator("#code .line").first.wait_for()
    # The page is there before its script, which puts this away.
    page.locator("#go").wait_for(state="hidden")


def said(page: Page) -> str:
    """Return what a screen reader is told of the step."""
    words = page.locator("#step").get_attribute("aria-valuetext")
    assert words is not None
    return str(words)


def test_every_page_can_be_read_by_everybody(page: Page, running: Served) -> None:
    looked_at(page, "overview")
    for path in ("assignments", "sections", "students", "exports", "help"):
        go(page, f"/{path}")
        looked_at(page, path)
    go(page, "/assignments")
    page.locator("tbody a").first.click()
    looked_at(page, "assignment")
    page.get_by_role("link", name="Who stands where").click()
    looked_at(page, "progress-asked")
    page.get_by_label("What for").fill("to see whom to help in the lab on Friday")
    page.keyboard.press("Enter")
    page.get_by_text("Opened for:").wait_for()
    looked_at(page, "progress")
    go(page, f"/students/{subject_of(running, 'student 5')}")
    looked_at(page, "opening")
    open_student(page, subject_of(running, "student 5"), "to help with search in office hours")
    looked_at(page, "student")
    page.get_by_role("link", name="replay").last.click()
    page.locator("#step").focus()
    page.keyboard.press("End")
    for _ in range(30):
        page.keyboard.press("ArrowLeft")
    looked_at(page, "replay")
    go(page, "/looks")
    looked_at(page, "looks")
    go(page, "/nothing")
    looked_at(page, "nothing")
    go(page, "/")
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("heading", name="Sign in").wait_for()
    looked_at(page, "sign-in")


def test_a_student_is_opened_and_replayed_without_a_mouse(page: Page, running: Served) -> None:
    tab_to(page, "Students")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Students").wait_for()
    subject = subject_of(running, "student 1")
    tab_to(page, subject)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Open").wait_for()
    tab_to(page, "What for, in a few words")
    page.keyboard.type("to help with loops")
    page.keyboard.press("Enter")
    page.get_by_text("Opened for: to help with loops").wait_for()
    page.get_by_role("link", name="replay").last.focus()
    page.keyboard.press("Enter")
    page.locator("#code .line").first.wait_for()
    tab_to(page, "Step")
    page.keyboard.press("End")
    last = said(page)
    assert "tested" in last or "ran" in last or "saved" in last
    page.keyboard.press("Home")
    assert said(page).startswith("Step 1 of ")
    page.keyboard.press("ArrowRight")
    assert "Step 2 of" in said(page)
    assert "typed" in said(page)
    assert page.get_by_role("status").inner_text().split(":")[0].startswith("Step 2 of")
    tab_to(page, "Next error")
    page.keyboard.press("Enter")
    assert "ran: NameError in line 2" in said(page)
    page.reload()
    assert "ran: NameError in line 2" in said(page)


def test_hostile_work_is_text_with_the_script_and_without(page: Page, running: Served) -> None:
    open_student(page, subject_of(running, "student 0"))
    replay(page, 3)
    page.locator("#step").focus()
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    drawn = page.locator("#code").inner_html()
    assert page.title().startswith("Replay")
    assert page.locator("#code script, #code img").count() == 0
    assert "U+202E" in page.locator("#code").inner_text()
    looked_at(page, "hostile")
    address = page.url
    page.goto("about:blank")
    page.goto(address)
    assert page.locator("#code").inner_html() == drawn


def test_thousands_of_steps_are_gone_through_a_window_at_a_time(
    page: Page, running: Served
) -> None:
    open_student(page, subject_of(running, "student 0"))
    replay(page, 2502)
    page.locator("#step").focus()
    page.keyboard.press("End")
    page.wait_for_url("**step=2502")
    assert "Step 2,502 of 2,502" in said(page)
    shown = page.locator("#code").inner_text()
    page.locator("#back").click()
    page.locator("#next").click()
    assert page.locator("#code").inner_text() == shown


def test_a_replay_needs_no_script(page: Page, running: Served) -> None:
    page.route("**/replay.js", lambda route: route.abort())
    open_student(page, subject_of(running, "student 2"))
    page.get_by_role("link", name="replay").last.click()
    page.get_by_role("link", name="Next", exact=True).click()
    assert "Step 2 of" in page.get_by_role("status").inner_text()
    page.get_by_role("link", name="Last").click()
    page.get_by_role("link", name="First").click()
    assert "Step 1 of" in page.get_by_role("status").inner_text()


def test_an_export_is_handed_to_the_browser(page: Page, tmp_path: Path) -> None:
    go(page, "/exports")
    page.get_by_label("What for").fill("a study of loops")
    page.get_by_label("Format").select_option("csv")
    with page.expect_download() as download:
        page.get_by_role("button", name="Make it").click()
    target = tmp_path / download.value.suggested_filename
    shutil.copyfile(download.value.path(), target)
    assert target.name.startswith("programming-1-")
    assert target.stat().st_size > 1000


def test_a_class_of_74_has_all_its_pages(chromium: Browser, tmp_path: Path) -> None:
    data = os.environ.get("FORETRACE_TEST_DATA")
    if not data:
        pytest.skip("FORETRACE_TEST_DATA names no folder with the ITAP log")
    course = class_of_itap(tmp_path / "c", Path(data))
    with served(course) as server:
        context = chromium.new_context(viewport={"width": 1200, "height": 850})
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{server.port}/sign-in?code={Codes(course).make()}")
        page.get_by_role("button", name="Sign in").press("Enter")
        page.get_by_role("heading", name="The class at a glance").wait_for(timeout=120_000)
        for path in ("", "assignments", "sections", "students"):
            go(page, f"/{path}")
            looked_at(page, f"itap-{path or 'overview'}")
        context.close()
